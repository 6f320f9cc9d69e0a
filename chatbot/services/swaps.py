"""From what a person said to a swap's card: completed question by question, held against the offer and the limits."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from chatbot.domain import swap_questions as questions
from chatbot.domain.accounts import Account, Venue
from chatbot.domain.coins import coin_label
from chatbot.domain.drafts import Dialogue, PayoutDraft, SwapDraft, SwapQuestion, SwapRequest
from chatbot.domain.errors import AmbiguousNumber, InputError, Obstacle, Stopped, UnknownCoin
from chatbot.domain.gate import check, most_swappable, swaps_left
from chatbot.domain.ids import ChatId, DialogueId, PersonId, SwapId
from chatbot.domain.intents import CreateSwap, PayoutTerms, SetPayout
from chatbot.domain.money import Amount, round_down
from chatbot.domain.swap_plan import NOWHERE, PricedSwap, Receiver, intent_of, request_of, terms_of
from chatbot.domain.swap_quotes import AmountUnfit, decimals_of, quote
from chatbot.domain.swap_text import coin_and_network, parse_swap
from chatbot.domain.swaps import Coin, FollowedSwap, Rate, SwapStatus
from chatbot.domain.tickets import Ticket
from chatbot.ports.accounts import Accounts as AccountStore
from chatbot.ports.addresses import AddressCheck
from chatbot.ports.clock import Clock
from chatbot.ports.exchange import Priority
from chatbot.ports.limits import Standings
from chatbot.ports.swaps import Swaps, SwapService
from chatbot.services.accounts import Accounts
from chatbot.services.coins import Coins
from chatbot.services.questions import Questions
from chatbot.services.receiving import ExtraIdMissing, Receivers, WrongAddress
from chatbot.services.tickets import Tickets
from chatbot.services.values import Values

_BEFORE_PROCESSING = (
    SwapStatus.INITIAL,
    SwapStatus.UNCONFIRMED_PAYMENT,
    SwapStatus.PAID,
    SwapStatus.PENDING_KYC,
)
_TOO_MUCH = (Obstacle.SWAP_TOO_LARGE, Obstacle.SWAPS_USED_UP)


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedSwap:
    """A question put back to the person. `problem` says what was wrong with the last answer, if anything.

    `stopped` is the limit that the amount ran into. `rate` is the offer, once both coins are settled. `check` is what
    was found out about an address that was refused.
    """

    dialogue: Dialogue
    draft: SwapDraft
    account: Account
    problem: str = ""
    stopped: Stopped | None = None
    rate: Rate | None = None
    check: AddressCheck | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedPayout:
    """A question for the payout address of `followed`, or for the memo of the one in the draft. "None" is an answer."""

    dialogue: Dialogue
    draft: PayoutDraft
    followed: FollowedSwap
    problem: str = ""


class SwapDesk:
    """Takes swaps. Every way of saying one ends in `advance`, which checks all of it anew."""

    def __init__(
        self,
        *,
        swap_services: Mapping[Venue, SwapService],
        coins: Mapping[Venue, Coins],
        accounts: Accounts,
        keys: AccountStore,
        receivers: Receivers,
        swaps: Swaps,
        values: Values,
        standings: Standings,
        tickets: Tickets,
        questions: Questions,
        clock: Clock,
    ) -> None:
        self._services = swap_services
        self._coins = coins
        self._accounts = accounts
        self._keys = keys
        self._receivers = receivers
        self._swaps = swaps
        self._values = values
        self._standings = standings
        self._tickets = tickets
        self._questions = questions
        self._clock = clock

    async def say(self, text: str, *, person: PersonId, chat: ChatId) -> AskedSwap | Ticket:
        """A whole command line. Raises `InputError` for what cannot be understood."""
        return await self._read(parse_swap, text, person=person, chat=chat)

    async def choose(
        self, dialogue: DialogueId, choice: int, *, person: PersonId, chat: ChatId
    ) -> AskedSwap | Ticket | None:
        """A tap on one of the offered answers; None if the question is over."""
        draft = await self._open_draft(dialogue, person=person, chat=chat)
        if draft is None or not 0 <= choice < len(draft.choices):
            return None
        return await self.advance(draft.choices[choice].request, person=person, chat=chat)

    async def turn(self, dialogue: DialogueId, *, person: PersonId, chat: ChatId) -> AskedSwap | Ticket | None:
        """The other way round: amount and addresses are dropped. None if the question is over."""
        draft = await self._open_draft(dialogue, person=person, chat=chat)
        if draft is None:
            return None
        return await self.advance(questions.turned(draft.request), person=person, chat=chat)

    async def answer(self, dialogue: Dialogue, text: str) -> AskedSwap | Ticket:
        """A typed answer to the open question. Raises `InputError`; the question then stays open."""
        draft = dialogue.draft
        if not isinstance(draft, SwapDraft):
            raise TypeError("not a swap's dialogue")
        return await self._read(
            lambda said: questions.answered(draft, said), text, person=dialogue.person, chat=dialogue.chat
        )

    async def again(self, ticket: Ticket) -> AskedSwap | Ticket:
        """A new card for the same swap with the same key, at today's rate. Raises `NoSwapKey`."""
        intent = ticket.intent
        if not isinstance(intent, CreateSwap):
            raise TypeError("not a swap's ticket")
        account = await self._accounts.own_swap(ticket.person, ticket.account)
        return await self.advance(request_of(intent), person=ticket.person, chat=ticket.chat, account=account)

    async def advance(
        self, request: SwapRequest, *, person: PersonId, chat: ChatId, account: Account | None = None
    ) -> AskedSwap | Ticket:
        """Ask for the next missing thing, or open the ticket.

        Raises `NoSwapKey`, `InputError`, `Stopped`, `Unavailable`, `KeyRejected`, `Refused`; an open question then
        stays open.
        """
        who = _Asker(person=person, chat=chat, account=account or await self._accounts.swap_account(person))
        settled = await self._with_coins(request, who)
        if isinstance(settled, AskedSwap):
            return settled
        priced = await self._priced(*settled, who)
        if isinstance(priced, AskedSwap):
            return priced
        weight = await self._weighed(priced, who)
        if isinstance(weight, AskedSwap):
            return weight
        payout = await self._receiver(priced, SwapQuestion.ADDRESS, who)
        if isinstance(payout, AskedSwap):
            return payout
        refund = await self._receiver(priced, SwapQuestion.REFUND, who)
        if isinstance(refund, AskedSwap):
            return refund
        return await self._open(priced, weight, payout, refund, who)

    async def _read(
        self, read: Callable[[str], SwapRequest], text: str, *, person: PersonId, chat: ChatId
    ) -> AskedSwap | Ticket:
        """Go on with what was typed; an amount that can be read in two ways is asked back."""
        try:
            request = read(text)
        except AmbiguousNumber as error:
            account = await self._accounts.swap_account(person)
            who = _Asker(person=person, chat=chat, account=account)
            return await self._ask(questions.ask_meaning(read, text, error), who, problem=error.sentence)
        return await self.advance(request, person=person, chat=chat)

    async def _open_draft(self, dialogue: DialogueId, *, person: PersonId, chat: ChatId) -> SwapDraft | None:
        found = await self._questions.find(dialogue, person=person, chat=chat)
        return found.draft if found is not None and isinstance(found.draft, SwapDraft) else None

    async def _with_coins(self, request: SwapRequest, who: "_Asker") -> "AskedSwap | tuple[SwapRequest, Coin, Coin]":
        """Both coins as they are listed now; or the question for the first that is not clear."""
        coins = self._coins[who.account.venue]
        listed, found = await coins.all(), list[Coin]()
        for asking in (SwapQuestion.DEPOSIT, SwapQuestion.WITHDRAW):
            coin, typed = questions.coin_of(request, asking)
            if coin is None and typed is None:
                usual = [coin for coin in await coins.usual() if coin not in (request.deposit, request.withdraw)]
                return await self._ask(questions.ask_coin(request, asking, usual), who)
            if coin is None or coin not in listed:
                name, network = coin_and_network(coin.code if coin is not None else typed or "")
                try:
                    coin, *others = await coins.find(name, network=network)
                except UnknownCoin as error:
                    nearest = await coins.coded(error.nearest)
                    unsaid = questions.without_coin(request, asking)
                    return await self._ask(questions.ask_coin(unsaid, asking, nearest), who, problem=error.sentence)
                if others:
                    return await self._ask(questions.ask_coin(request, asking, (coin, *others)), who)
                request = questions.with_coin(request, asking, coin, named=bool(network))
            found.append(coin)
        deposit, withdraw = found
        return request, deposit, withdraw

    async def _priced(
        self, request: SwapRequest, deposit: Coin, withdraw: Coin, who: "_Asker"
    ) -> AskedSwap | PricedSwap:
        """Both amounts at today's offer; or the question for one that the offer takes."""
        try:
            rate = await self._offer(deposit, withdraw, who)
        except _NotOffered as error:
            usual = [coin for coin in await self._coins[who.account.venue].usual() if coin != deposit]
            unsaid = replace(request, address=None, extra_id=None)
            draft = questions.ask_coin(unsaid, SwapQuestion.WITHDRAW, usual)
            return await self._ask(draft, who, problem=error.sentence)
        named = withdraw if request.gets else deposit
        if request.amount is None:
            return await self._ask(questions.ask_amount(request, rate, named), who, rate=rate)
        try:
            quoted = quote(request.amount, rate, gets=request.gets, deposit=deposit, withdraw=withdraw)
        except AmountUnfit as error:
            draft = questions.offer_amount(request, error.fitting, named, gets=request.gets)
            return await self._ask(draft, who, problem=error.sentence, rate=rate)
        return PricedSwap(request=request, deposit=deposit, withdraw=withdraw, rate=rate, quoted=quoted)

    async def _offer(self, deposit: Coin, withdraw: Coin, who: "_Asker") -> Rate:
        """What the service offers its person for a pair now. Raises `_NotOffered`."""
        what = f"{coin_label(deposit)} to {coin_label(withdraw)}"
        if deposit.code == withdraw.code:
            raise _NotOffered(f"{coin_label(deposit)} is what you send already. Choose another coin to receive.")
        key = await self._keys.swap_key(who.account.id, of=who.person)
        pair = await self._coins[who.account.venue].pair(deposit, withdraw, key=key)
        if pair is None:
            raise _NotOffered(f"n.exchange does not swap {what}.")
        if pair.is_disabled:
            raise _NotOffered(f"n.exchange does not swap {what} right now.")
        rate = await self._services[who.account.venue].rate(key, pair=pair.name, priority=Priority.PERSON)
        if rate is None or rate.expires_at <= self._clock.now():
            raise _NotOffered(f"n.exchange has no rate for {what} now. Try again in a moment, or choose another coin.")
        return rate

    async def _receiver(self, priced: PricedSwap, asking: SwapQuestion, who: "_Asker") -> AskedSwap | Receiver:
        """Where the result goes, or what comes back if the swap fails; or the question for what is missing or wrong."""
        request, rate = priced.request, priced.rate
        address, extra_id = questions.receiver_of(request, asking)
        is_refund = asking is SwapQuestion.REFUND
        if is_refund and address == "":
            return NOWHERE
        coin = priced.deposit if is_refund else priced.withdraw
        used = await self._receivers.used(coin, person=who.person)
        asked = questions.ask_refund(request, used) if is_refund else questions.ask_address(request, used)
        if not address:
            return await self._ask(asked, who, rate=rate)
        try:
            return await self._receivers.admit(address, extra_id, coin=coin, person=who.person)
        except WrongAddress as error:
            return await self._ask(asked, who, problem=error.sentence, rate=rate, check=error.check)
        except ExtraIdMissing as error:
            return await self._ask(questions.ask_extra_id(request, asking), who, problem=error.sentence, rate=rate)

    async def _weighed(self, priced: PricedSwap, who: "_Asker") -> "AskedSwap | _Weight":
        """What the swap is worth; where a limit stands in the way of it, the question for another amount, with the
        largest to choose. No address says anything about that. Raises `Stopped` for what is in the way of any amount.
        """
        account, now = who.account, self._clock.now()
        intent = intent_of(priced, payout=NOWHERE, refund=NOWHERE, account=account.id)
        standing = await self._standings.of(account.id, who.person, currency=priced.deposit.symbol, now=now)
        value = await self._values.of_swap(priced.sent, priced.received, is_live=account.venue.is_live)
        weight = _Weight(value=value, left=swaps_left(standing))
        try:
            check(intent, terms_of(priced, payout=NOWHERE, refund=NOWHERE, value=value, left=weight.left), standing)
        except Stopped as reason:
            if reason.obstacle not in _TOO_MUCH:
                raise
            most = most_swappable(priced.sent.value, value, standing)
            fitting = round_down(most, decimals=decimals_of(priced.deposit))
            draft = questions.offer_amount(priced.request, fitting, priced.deposit, gets=False)
            return await self._ask(draft, who, stopped=reason, rate=priced.rate)
        return weight

    async def _open(
        self, priced: PricedSwap, weight: "_Weight", payout: Receiver, refund: Receiver, who: "_Asker"
    ) -> Ticket:
        intent = intent_of(priced, payout=payout, refund=refund, account=who.account.id)
        terms = terms_of(priced, payout=payout, refund=refund, value=weight.value, left=weight.left)
        await self._questions.forget(person=who.person, chat=who.chat)
        return await self._tickets.open(
            intent, terms, person=who.person, chat=who.chat, account=who.account, expires_at=priced.rate.expires_at
        )

    async def ask_payout(self, swap: SwapId, *, person: PersonId, chat: ChatId) -> AskedPayout:
        """Ask where the result of a swap goes that was made without an address.

        Raises `InputError` if it has one or is too far, and as `advance` does.
        """
        followed, _ = await self._payable(swap, person=person)
        return await self._ask_payout(PayoutDraft(swap=swap), followed, person=person, chat=chat)

    async def answer_payout(self, dialogue: Dialogue, text: str) -> AskedPayout | Ticket:
        """The address, then its memo where one is needed. Raises as `ask_payout`; the question then stays open."""
        draft, person, chat = dialogue.draft, dialogue.person, dialogue.chat
        if not isinstance(draft, PayoutDraft):
            raise TypeError("not the question for a payout address")
        followed, account = await self._payable(draft.swap, person=person)
        address, extra_id = questions.payout_answered(draft, text)
        try:
            payout = await self._receivers.admit(address, extra_id, coin=followed.withdraw, person=person)
        except WrongAddress as error:
            again = PayoutDraft(swap=draft.swap)
            return await self._ask_payout(again, followed, person=person, chat=chat, problem=error.explained)
        except ExtraIdMissing as error:
            open_memo = PayoutDraft(swap=draft.swap, address=address)
            return await self._ask_payout(open_memo, followed, person=person, chat=chat, problem=error.sentence)
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

    async def _payable(self, swap: SwapId, *, person: PersonId) -> tuple[FollowedSwap, Account]:
        """A person's swap as the service tells of it now, if its payout address can still be set; and its account."""
        followed = await self._swaps.get(swap)
        if followed is None or followed.person != person:
            raise InputError("This swap is not looked after any more. See /swaps.")
        account = await self._accounts.own_swap(person, followed.account)
        key = await self._keys.swap_key(account.id, of=person)
        service, reference = self._services[account.venue], followed.swap.reference
        read = await service.swap(key, reference=reference, priority=Priority.PERSON)
        if read.withdraw_address:
            raise InputError("This swap has its payout address, which can be set only once.")
        if read.status not in _BEFORE_PROCESSING:
            raise InputError("It is too late to set a payout address: the service processes this swap already.")
        return replace(followed, swap=read), account

    async def _ask_payout(
        self, draft: PayoutDraft, followed: FollowedSwap, *, person: PersonId, chat: ChatId, problem: str = ""
    ) -> AskedPayout:
        dialogue = await self._questions.ask(draft, person=person, chat=chat)
        return AskedPayout(dialogue=dialogue, draft=draft, followed=followed, problem=problem)

    async def _ask(
        self,
        draft: SwapDraft,
        who: "_Asker",
        *,
        problem: str = "",
        stopped: Stopped | None = None,
        rate: Rate | None = None,
        check: AddressCheck | None = None,
    ) -> AskedSwap:
        dialogue = await self._questions.ask(draft, person=who.person, chat=who.chat)
        return AskedSwap(
            dialogue=dialogue,
            draft=draft,
            account=who.account,
            problem=problem,
            stopped=stopped,
            rate=rate,
            check=check,
        )


class _NotOffered(InputError):
    """The service does not swap one coin into the other, or not now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asker:
    """Who swaps, where, with which key."""

    person: PersonId
    chat: ChatId
    account: Account


@dataclass(frozen=True, slots=True, kw_only=True)
class _Weight:
    """What a swap is worth in the currency limits are given in, None if nothing tells; and what the day leaves."""

    value: Decimal | None
    left: Amount
