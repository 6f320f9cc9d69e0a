"""An account's limits: what they are, what is left of them, and changing them."""

from dataclasses import dataclass
from decimal import Decimal

from chatbot.domain.accounts import Account
from chatbot.domain.drafts import Dialogue, LimitDraft
from chatbot.domain.ids import AccountId, ChatId, LimitChangeId, MessageId, PersonId
from chatbot.domain.limit_text import LimitWish, parse_limit
from chatbot.domain.limits import Counted, LimitChange, LimitKind, Limits
from chatbot.domain.protected import RaiseLimit
from chatbot.ports.clock import Clock
from chatbot.ports.limits import ChangedLimit, LimitStore, NewLimit, Standings
from chatbot.services.accounts import Accounts
from chatbot.services.questions import Questions
from chatbot.services.values import Values


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitOverview:
    """What holds for an account, what counts against it, and the raises that wait."""

    account: Account
    limits: Limits
    counted: tuple[Counted, ...]
    waiting: tuple[LimitChange, ...]


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
        """Of the active account, unless one is named. Raises `NotLinked`."""
        own, now = await self._accounts.own(person, account), self._clock.now()
        limits, waiting = await self._store.of(own.id, now=now)
        counted = await self._standings.counted(own.id, now=now)
        return LimitOverview(account=own, limits=limits, counted=counted, waiting=waiting)

    async def say(self, text: str, *, person: PersonId, chat: ChatId) -> LimitAsked | LimitSet | RaiseLimit:
        """`order 10000` changes a limit of the active account; `order` asks for the value. Raises `InputError`."""
        return await self._take(parse_limit(text), await self._accounts.active(person), chat=chat)

    async def ask(
        self, kind: LimitKind, *, person: PersonId, chat: ChatId, account: AccountId
    ) -> LimitAsked | LimitSet | RaiseLimit:
        return await self._take(LimitWish(kind=kind), await self._accounts.own(person, account), chat=chat)

    async def answer(self, dialogue: Dialogue, text: str) -> LimitAsked | LimitSet | RaiseLimit:
        """The value that was asked for. Raises `InputError`; the question then stays open."""
        draft = dialogue.draft
        if not isinstance(draft, LimitDraft):
            raise TypeError("not a limit's dialogue")
        account = await self._accounts.own(dialogue.person, draft.account)
        return await self._take(parse_limit(f"{draft.kind} {draft.currency} {text}"), account, chat=dialogue.chat)

    async def shown(self, asked: LimitAsked, message: MessageId) -> None:
        """Remember which message the question is."""
        await self._questions.shown(asked.dialogue, message)

    async def raise_(self, action: RaiseLimit, *, person: PersonId, chat: ChatId) -> LimitSet:
        """What was confirmed: it holds after the delay, or at once if it is no raise any more. Raises `NotLinked`."""
        account = await self._accounts.own(person, action.account)
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
        currency = await self._currency(wish, account)
        if wish.value is None:
            return await self._ask(wish.kind, currency, account, chat=chat)
        new = await self._new(account, kind=wish.kind, currency=currency, value=wish.value)
        await self._questions.forget(person=account.person, chat=chat)
        lowered = await self._store.lower(new, person=account.person, chat=chat, now=self._clock.now())
        if lowered is not None:
            return LimitSet(account=account, changed=lowered)
        return RaiseLimit(account=account.id, kind=wish.kind, value=wish.value, currency=currency)

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
