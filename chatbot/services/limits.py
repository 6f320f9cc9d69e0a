"""An account's limits: what they are, what is left of them, and changing them."""

from dataclasses import dataclass
from decimal import Decimal

from chatbot.domain.accounts import Account, Venue
from chatbot.domain.drafts import Dialogue, LimitDraft
from chatbot.domain.errors import InputError, NoSwapKey, NotLinked
from chatbot.domain.ids import AccountId, ChatId, LimitChangeId, MessageId, PersonId
from chatbot.domain.limit_text import LimitWish, parse_limit
from chatbot.domain.limits import Counted, LimitChange, LimitKind, Limits, kinds_at
from chatbot.domain.protected import RaiseLimit
from chatbot.ports.clock import Clock
from chatbot.ports.limits import ChangedLimit, LimitStore, NewLimit, Standings
from chatbot.services.accounts import Accounts
from chatbot.services.questions import Questions
from chatbot.services.values import Values


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitOverview:
    """What holds for an account, what counts against it, and the raises that wait.

    `other` is the account whose limits can be shown instead: of one that trades the one that swaps, and the other way
    round. None if there is none.
    """

    account: Account
    limits: Limits
    counted: tuple[Counted, ...]
    waiting: tuple[LimitChange, ...]
    other: Account | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitAsked:
    """Which value? `holds` is the present one, None for a currency without a limit of its own."""

    dialogue: Dialogue
    account: Account
    kind: LimitKind
    currency: str
    holds: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitSet:
    """A change that was written down: it holds already, or from its `effective_at` on."""

    account: Account
    changed: ChangedLimit


class LimitDesk:
    """Lowering is done at once. What would raise a limit is handed back, to be done once it was confirmed."""

    def __init__(
        self,
        *,
        store: LimitStore,
        standings: Standings,
        accounts: Accounts,
        values: Values,
        questions: Questions,
        clock: Clock,
    ) -> None:
        self._store = store
        self._standings = standings
        self._accounts = accounts
        self._values = values
        self._questions = questions
        self._clock = clock

    async def overview(self, person: PersonId, account: AccountId | None = None) -> LimitOverview:
        """Of the active account, unless one is named; of the one that swaps where there is no other. Raises
        `NotLinked`.
        """
        active, swaps = await self._both(person)
        own = active or swaps if account is None else await self._own(person, account)
        if own is None:
            raise NotLinked
        now = self._clock.now()
        limits, waiting = await self._store.of(own.id, now=now)
        counted = await self._standings.counted(own.id, now=now)
        other = active if own.venue.swaps else swaps
        return LimitOverview(account=own, limits=limits, counted=counted, waiting=waiting, other=other)

    async def say(self, text: str, *, person: PersonId, chat: ChatId) -> LimitAsked | LimitSet | RaiseLimit:
        """`order 10000` changes a limit of the active account, `swap 2000` of the one that swaps; `order` asks for the
        value. Raises `InputError`, `NotLinked` and `NoSwapKey`.
        """
        wish = parse_limit(text)
        trades = wish.kind in kinds_at(Venue.ANDX)
        account = await (self._accounts.active(person) if trades else self._accounts.swap_account(person))
        return await self._take(wish, account, chat=chat)

    async def ask(
        self, kind: LimitKind, *, person: PersonId, chat: ChatId, account: AccountId
    ) -> LimitAsked | LimitSet | RaiseLimit:
        return await self._take(LimitWish(kind=kind), await self._own(person, account), chat=chat)

    async def answer(self, dialogue: Dialogue, text: str) -> LimitAsked | LimitSet | RaiseLimit:
        """The value that was asked for. Raises `InputError`; the question then stays open."""
        draft = dialogue.draft
        if not isinstance(draft, LimitDraft):
            raise TypeError("not a limit's dialogue")
        account = await self._own(dialogue.person, draft.account)
        return await self._take(parse_limit(f"{draft.kind} {draft.currency} {text}"), account, chat=dialogue.chat)

    async def shown(self, asked: LimitAsked, message: MessageId) -> None:
        """Remember which message the question is."""
        await self._questions.shown(asked.dialogue, message)

    async def raise_(self, action: RaiseLimit, *, person: PersonId, chat: ChatId) -> LimitSet:
        """What was confirmed: it holds after the delay, or at once if it is no raise any more. Raises `NotLinked`."""
        account = await self._own(person, action.account)
        _check_has(account, action.kind)
        new = await self._new(account, kind=action.kind, currency=action.currency, value=action.value)
        changed = await self._store.set(new, person=person, chat=chat, now=self._clock.now())
        return LimitSet(account=account, changed=changed)

    async def keep(self, change: LimitChangeId, *, person: PersonId, chat: ChatId) -> LimitChange | None:
        """Drop a raise that waits; None if there is none (any more)."""
        return await self._store.keep(change, person=person, chat=chat, now=self._clock.now())

    async def still_holds(self, change: LimitChangeId) -> tuple[LimitChange, str] | None:
        """A change that is in force, with its account's label; None if it is not (any more)."""
        return await self._store.still_holds(change, now=self._clock.now())

    async def _take(self, wish: LimitWish, account: Account, *, chat: ChatId) -> LimitAsked | LimitSet | RaiseLimit:
        _check_has(account, wish.kind)
        currency = await self._currency(wish, account)
        if wish.value is None:
            return await self._ask(wish.kind, currency, account, chat=chat)
        new = await self._new(account, kind=wish.kind, currency=currency, value=wish.value)
        await self._questions.forget(person=account.person, chat=chat)
        lowered = await self._store.lower(new, person=account.person, chat=chat, now=self._clock.now())
        if lowered is not None:
            return LimitSet(account=account, changed=lowered)
        return RaiseLimit(account=account.id, kind=wish.kind, value=wish.value, currency=currency)

    async def _own(self, person: PersonId, account: AccountId) -> Account:
        """An account of a person's, wherever it is. Raises `NotLinked`."""
        linked, _ = await self._accounts.of(person)
        for each in linked:
            if each.id == account and each.venue in self._accounts.venues:
                return each
        raise NotLinked

    async def _both(self, person: PersonId) -> tuple[Account | None, Account | None]:
        """The account a person trades with, and the one that swaps, as far as they are linked."""
        found: list[Account | None] = []
        for look in (self._accounts.active, self._accounts.swap_account):
            try:
                found.append(await look(person))
            except (NotLinked, NoSwapKey):
                found.append(None)
        return found[0], found[1]

    async def _ask(self, kind: LimitKind, currency: str, account: Account, *, chat: ChatId) -> LimitAsked:
        draft = LimitDraft(account=account.id, kind=kind, currency=currency)
        limits, _ = await self._store.of(account.id, now=self._clock.now())
        dialogue = await self._questions.ask(draft, person=account.person, chat=chat)
        holds = limits.of(kind, currency)
        return LimitAsked(dialogue=dialogue, account=account, kind=kind, currency=currency, holds=holds)

    async def _new(self, account: Account, *, kind: LimitKind, currency: str, value: Decimal) -> NewLimit:
        is_valued = not currency or await self._values.can_value(currency, venue=account.venue)
        return NewLimit(account=account, kind=kind, value=value, currency=currency, is_valued=is_valued)

    async def _currency(self, wish: LimitWish, account: Account) -> str:
        if not wish.currency:
            return ""
        return await self._values.currency(wish.currency, account)


def _check_has(account: Account, kind: LimitKind) -> None:
    if kind not in kinds_at(account.venue):
        raise InputError(f"{account.label} has no such limit. /limits shows those it has.")
