"""The payout address of a swap that was made without one: asked for, checked, put on a card."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from chatbot.domain import swap_questions as questions
from chatbot.domain.accounts import Account, Venue
from chatbot.domain.drafts import Dialogue, PayoutChoice, PayoutDraft
from chatbot.domain.errors import InputError, Obstacle, Stopped
from chatbot.domain.gate import check
from chatbot.domain.ids import ChatId, PersonId, SwapId
from chatbot.domain.intents import PayoutTerms, SetPayout
from chatbot.domain.money import Amount
from chatbot.domain.swap_life import BEFORE_PROCESSING
from chatbot.domain.swap_plan import Receiver
from chatbot.domain.swaps import FollowedSwap
from chatbot.domain.tickets import Ticket
from chatbot.ports.accounts import Accounts as AccountStore
from chatbot.ports.clock import Clock
from chatbot.ports.exchange import Priority
from chatbot.ports.limits import Standings
from chatbot.ports.swaps import Swaps, SwapService
from chatbot.services.accounts import Accounts
from chatbot.services.questions import Questions
from chatbot.services.receiving import ExtraIdMissing, MemoUnclear, Receivers, WrongAddress
from chatbot.services.tickets import Tickets


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedPayout:
    """A question for the payout address of `followed`, or for the memo of the one in the draft."""

    dialogue: Dialogue
    draft: PayoutDraft
    followed: FollowedSwap
    problem: str = ""


class Payouts:
    def __init__(
        self,
        *,
        swap_services: Mapping[Venue, SwapService],
        accounts: Accounts,
        keys: AccountStore,
        receivers: Receivers,
        swaps: Swaps,
        standings: Standings,
        tickets: Tickets,
        questions: Questions,
        clock: Clock,
    ) -> None:
        self._services = swap_services
        self._accounts = accounts
        self._keys = keys
        self._receivers = receivers
        self._swaps = swaps
        self._standings = standings
        self._tickets = tickets
        self._questions = questions
        self._clock = clock

    async def ask(self, swap: SwapId, *, person: PersonId, chat: ChatId) -> AskedPayout:
        """Ask where the result of a swap goes that was made without an address.

        Raises `InputError` if it has one or is too far, `NoSwapKey`, and what reads raise.
        """
        followed, _ = await self._without_payout(swap, person=person)
        return await self._put(PayoutDraft(swap=swap), followed, person=person, chat=chat)

    async def answer(self, dialogue: Dialogue, text: str) -> AskedPayout | Ticket:
        """The address, then its memo where one is needed. Raises as `ask`; the question then stays open."""
        draft = dialogue.draft
        if not isinstance(draft, PayoutDraft):
            raise TypeError("not the question for a payout address")
        followed, account = await self._without_payout(draft.swap, person=dialogue.person)
        try:
            address, extra_id = self._receivers.read(questions.payout_answered(draft, text), coin=followed.withdraw)
        except WrongAddress as error:
            return await self._ask_again(dialogue, PayoutDraft(swap=draft.swap), followed, error.explained)
        except MemoUnclear as error:
            asked = questions.ask_payout_memo(draft, address=error.address, memo=error.memo)
            if not error.is_possible:
                asked = questions.ask_payout_without_memo(draft, address=error.address)
            return await self._ask_again(dialogue, asked, followed, error.sentence)
        return await self._admit(dialogue, draft, address, extra_id, followed=followed, account=account)

    async def choose(self, dialogue: Dialogue, draft: PayoutDraft, choice: PayoutChoice) -> AskedPayout | Ticket:
        """A tap on one of the offered answers. Raises as `ask`."""
        followed, account = await self._without_payout(draft.swap, person=dialogue.person)
        return await self._admit(dialogue, draft, choice.address, choice.extra_id, followed=followed, account=account)

    async def _admit(
        self,
        dialogue: Dialogue,
        draft: PayoutDraft,
        address: str,
        extra_id: str | None,
        *,
        followed: FollowedSwap,
        account: Account,
    ) -> AskedPayout | Ticket:
        try:
            payout = await self._receivers.admit(address, extra_id, coin=followed.withdraw, person=dialogue.person)
        except WrongAddress as error:
            return await self._ask_again(dialogue, PayoutDraft(swap=draft.swap), followed, error.explained)
        except ExtraIdMissing as error:
            asked = questions.ask_payout_memo(draft, address=address)
            return await self._ask_again(dialogue, asked, followed, error.sentence)
        return await self._open(dialogue, payout, followed, account)

    async def _open(self, dialogue: Dialogue, payout: Receiver, followed: FollowedSwap, account: Account) -> Ticket:
        person, chat = dialogue.person, dialogue.chat
        intent = SetPayout(
            account=account.id,
            reference=followed.swap.reference,
            withdraw=followed.withdraw,
            address=payout.address,
            extra_id=payout.extra_id,
        )
        received = Amount(followed.swap.withdraw_amount, followed.withdraw.symbol)
        terms = PayoutTerms(withdraw=received, warnings=payout.warnings)
        now = self._clock.now()
        check(intent, terms, await self._standings.of(account.id, person, currency=received.currency, now=now))
        await self._questions.forget(person=person, chat=chat)
        return await self._tickets.open(intent, terms, person=person, chat=chat, account=account)

    async def _without_payout(self, swap: SwapId, *, person: PersonId) -> tuple[FollowedSwap, Account]:
        """A person's swap as the service tells of it now, if its payout address can still be set; and its account."""
        followed = await self._swaps.get(swap)
        if followed is None or followed.person != person:
            raise InputError("This swap is not looked after any more. See /swaps.")
        if any(_sets_payout_of(each, followed) for each in await self._tickets.unsettled_of(person)):
            raise Stopped(Obstacle.PAYOUT_UNSETTLED)
        account = await self._accounts.own_swap(person, followed.account)
        key = await self._keys.swap_key(account.id, of=person)
        service, reference = self._services[account.venue], followed.swap.reference
        read = await service.swap(key, reference=reference, priority=Priority.PERSON)
        if read.withdraw_address:
            raise InputError("This swap has its payout address, which can be set only once.")
        if read.status not in BEFORE_PROCESSING:
            raise InputError("It is too late to set a payout address: the service processes this swap already.")
        return replace(followed, swap=read), account

    async def _ask_again(
        self, dialogue: Dialogue, draft: PayoutDraft, followed: FollowedSwap, problem: str
    ) -> AskedPayout:
        return await self._put(draft, followed, person=dialogue.person, chat=dialogue.chat, problem=problem)

    async def _put(
        self, draft: PayoutDraft, followed: FollowedSwap, *, person: PersonId, chat: ChatId, problem: str = ""
    ) -> AskedPayout:
        dialogue = await self._questions.ask(draft, person=person, chat=chat)
        return AskedPayout(dialogue=dialogue, draft=draft, followed=followed, problem=problem)


def _sets_payout_of(ticket: Ticket, followed: FollowedSwap) -> bool:
    return isinstance(ticket.intent, SetPayout) and ticket.intent.reference == followed.swap.reference
