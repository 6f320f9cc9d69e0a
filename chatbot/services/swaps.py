"""From what a person said to a swap's card: completed question by question, held against the offer and the limits."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial

from chatbot.domain import swap_questions as questions
from chatbot.domain.accounts import Account, Venue
from chatbot.domain.drafts import Dialogue, PayoutDraft, SwapDraft, SwapQuestion, SwapRequest
from chatbot.domain.errors import AmbiguousNumber, ChatbotError, NoSwapKey, Obstacle, Stopped, UnknownCoin
from chatbot.domain.gate import check, most_swappable, swaps_left
from chatbot.domain.ids import ChatId, DialogueId, PersonId, SwapId
from chatbot.domain.intents import CreateSwap, SwapTerms
from chatbot.domain.money import round_down
from chatbot.domain.swap_plan import NOWHERE, PricedSwap, Receiver, intent_of, request_of, terms_of
from chatbot.domain.swap_quotes import AmountUnfit, coin_decimals, quote
from chatbot.domain.swap_text import (
    NO_STATE_MONEY,
    EitherAmount,
    coin_and_network,
    is_state_money,
    parse_swap,
    unknown_network,
)
from chatbot.domain.swaps import Coin, Rate
from chatbot.domain.tickets import Ticket
from chatbot.ports.accounts import Accounts as AccountStore
from chatbot.ports.addresses import AddressCheck
from chatbot.ports.clock import Clock
from chatbot.ports.limits import Standings
from chatbot.ports.swaps import Swaps, SwapService
from chatbot.services.accounts import Accounts
from chatbot.services.coins import Coins
from chatbot.services.questions import Questions
from chatbot.services.receiving import ExtraIdMissing, MemoUnclear, Receivers, WrongAddress
from chatbot.services.swap_offers import Asker, NotOffered, SwapOffers, Weight
from chatbot.services.swap_payouts import AskedPayout, Payouts
from chatbot.services.tickets import Tickets
from chatbot.services.values import Values

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
        self._coins = coins
        self._offers = SwapOffers(
            swap_services=swap_services, coins=coins, keys=keys, values=values, standings=standings, clock=clock
        )
        self._payouts = Payouts(
            swap_services=swap_services,
            accounts=accounts,
            keys=keys,
            receivers=receivers,
            swaps=swaps,
            standings=standings,
            tickets=tickets,
            questions=questions,
            clock=clock,
        )
        self._accounts = accounts
        self._receivers = receivers
        self._tickets = tickets
        self._questions = questions

    async def say(self, text: str, *, person: PersonId, chat: ChatId) -> AskedSwap | Ticket:
        """A whole command line. Raises `InputError` for what cannot be understood."""
        return await self._read(parse_swap, text, person=person, chat=chat)

    async def lists(self, coin: str, *, person: PersonId) -> bool:
        """Whether a coin that is called so can be swapped with this person's key; False where nobody can tell."""
        try:
            account = await self._accounts.swap_account(person)
            return bool(await self._coins[account.venue].find(coin))
        except ChatbotError:
            return False

    async def choose(
        self, dialogue: DialogueId, choice: int, *, person: PersonId, chat: ChatId
    ) -> AskedSwap | AskedPayout | Ticket | None:
        """A tap on one of the offered answers; None if the question is over."""
        found = await self._questions.find(dialogue, person=person, chat=chat)
        draft = None if found is None else found.draft
        if found is None or not isinstance(draft, SwapDraft | PayoutDraft) or not 0 <= choice < len(draft.choices):
            return None
        if isinstance(draft, SwapDraft):
            return await self.advance(draft.choices[choice].request, person=person, chat=chat)
        return await self._payouts.choose(found, draft, draft.choices[choice])

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
        who = Asker(person=person, chat=chat, account=account or await self._accounts.swap_account(person))
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
        """Go on with what was typed; an amount that can be meant in two ways is asked back. Without a key, what was
        typed waits for one.
        """
        try:
            request = read(text)
        except AmbiguousNumber as error:
            sentence = f"“{error.typed}” can mean two amounts. Which one?"
            return await self._ask_back(questions.ask_meaning(read, text, error), sentence, person=person, chat=chat)
        except EitherAmount as error:
            return await self._ask_back(questions.ask_side(error), error.sentence, person=person, chat=chat)
        try:
            return await self.advance(request, person=person, chat=chat)
        except NoSwapKey:
            await self._questions.ask(SwapDraft(request=request, asking=None), person=person, chat=chat)
            raise

    async def _ask_back(self, draft: SwapDraft, sentence: str, *, person: PersonId, chat: ChatId) -> AskedSwap:
        try:
            account = await self._accounts.swap_account(person)
        except NoSwapKey:
            await self._questions.ask(draft, person=person, chat=chat)
            raise
        return await self._ask(draft, Asker(person=person, chat=chat, account=account), problem=sentence)

    async def _open_draft(self, dialogue: DialogueId, *, person: PersonId, chat: ChatId) -> SwapDraft | None:
        found = await self._questions.find(dialogue, person=person, chat=chat)
        return found.draft if found is not None and isinstance(found.draft, SwapDraft) else None

    async def _with_coins(self, request: SwapRequest, who: Asker) -> AskedSwap | tuple[SwapRequest, Coin, Coin]:
        """Both coins as they are listed now; or the question for the first that is not clear."""
        listed, found = await self._coins[who.account.venue].all(), list[Coin]()
        for asking in (SwapQuestion.DEPOSIT, SwapQuestion.WITHDRAW):
            coin, typed = questions.coin_of(request, asking)
            if coin is None and typed is None:
                return await self._ask(await self._offer_usual(request, asking, who), who)
            if coin is None or coin not in listed:
                meant = await self._meant(request, asking, coin.code if coin is not None else typed or "", who)
                if isinstance(meant, AskedSwap):
                    return meant
                request, coin = meant
            found.append(coin)
        deposit, withdraw = found
        return request, deposit, withdraw

    async def _meant(
        self, request: SwapRequest, asking: SwapQuestion, typed: str, who: Asker
    ) -> AskedSwap | tuple[SwapRequest, Coin]:
        """The coin that was typed for a side; or the question which one it is."""
        coins = self._coins[who.account.venue]
        name, network = coin_and_network(typed)
        try:
            coin, *others = await coins.find(name, network=network or "")
        except UnknownCoin as error:
            unsaid = questions.without_coin(request, asking)
            nearest = questions.ask_coin(unsaid, asking, await coins.coded(error.nearest))
            if is_state_money(name) or not nearest.choices:
                nearest = await self._offer_usual(unsaid, asking, who)
            sentence = NO_STATE_MONEY if is_state_money(name) else error.sentence
            return await self._ask(nearest, who, problem=sentence)
        if network is None:
            problem = unknown_network(typed, (coin, *others))
            return await self._ask(questions.ask_network(request, asking, name, (coin, *others)), who, problem=problem)
        if others:
            return await self._ask(questions.ask_coin(request, asking, (coin, *others)), who)
        return questions.with_coin(request, asking, coin, named=bool(network)), coin

    async def _offer_usual(self, request: SwapRequest, asking: SwapQuestion, who: Asker) -> SwapDraft:
        """The coins that people swap most, but the one of the other side; to send, those that have a price."""
        coins = self._coins[who.account.venue]
        other = SwapQuestion.WITHDRAW if asking is SwapQuestion.DEPOSIT else SwapQuestion.DEPOSIT
        coin, typed = questions.coin_of(request, other)
        taken: tuple[Coin, ...] = () if coin is None else (coin,)
        if typed is not None:
            name, network = coin_and_network(typed)
            with suppress(UnknownCoin):
                taken = await coins.find(name, network=network or "")
        left = [each for each in await coins.usual() if len(taken) != 1 or each not in taken]
        if asking is SwapQuestion.DEPOSIT:
            left = [each for each in left if await self._offers.can_weigh(each, who)]
        return questions.ask_coin(request, asking, left)

    async def _priced(self, request: SwapRequest, deposit: Coin, withdraw: Coin, who: Asker) -> AskedSwap | PricedSwap:
        """Both amounts at today's offer; or the question for one that the offer takes, and one's limits leave."""
        try:
            rate = await self._offers.rate(deposit, withdraw, who)
        except NotOffered as error:
            unsaid = questions.with_receiver(request, SwapQuestion.ADDRESS, None, None)
            draft = await self._offer_usual(replace(unsaid, withdraw=None), SwapQuestion.WITHDRAW, who)
            return await self._ask(draft, who, problem=error.sentence)
        named = withdraw if request.gets else deposit
        within_limits = partial(
            self._offers.within_limits, who=who, request=request, deposit=deposit, withdraw=withdraw, rate=rate
        )
        if request.amount is None:
            usual = questions.usual_amounts(request, rate, named)
            offered = [size for size in usual if await within_limits(size) == size]
            return await self._ask(questions.ask_amount(request, named, offered), who, rate=rate)
        try:
            quoted = quote(request.amount, rate, gets=request.gets, deposit=deposit, withdraw=withdraw)
        except AmountUnfit as error:
            fitting = await within_limits(error.fitting) if error.fitting else None
            draft = questions.offer_amount(request, fitting, named, gets=request.gets)
            return await self._ask(draft, who, problem=error.sentence, rate=rate)
        return PricedSwap(request=request, deposit=deposit, withdraw=withdraw, rate=rate, quoted=quoted)

    async def _receiver(self, priced: PricedSwap, asking: SwapQuestion, who: Asker) -> AskedSwap | Receiver:
        """Where the result goes, or what comes back if the swap fails; or the question for what is missing or wrong."""
        request = priced.request
        is_refund = asking is SwapQuestion.REFUND
        coin = priced.deposit if is_refund else priced.withdraw
        address, extra_id = questions.receiver_of(request, asking)
        typed = questions.receiver_text_of(request, asking)
        if is_refund and address == "" and not typed:
            return NOWHERE
        used = await self._receivers.used(coin, person=who.person, is_live=who.account.venue.is_live)
        asked = questions.ask_refund(request, used) if is_refund else questions.ask_address(request, used)
        if not address and not typed:
            return await self._ask(asked, who, rate=priced.rate)
        try:
            if typed:
                address, extra_id = self._receivers.read(typed, coin=coin)
            return await self._receivers.admit(address or "", extra_id, coin=coin, person=who.person)
        except WrongAddress as error:
            return await self._ask(asked, who, problem=error.sentence, rate=priced.rate, check=error.check)
        except MemoUnclear as error:
            draft = questions.ask_memo_meant(request, asking, address=error.address, memo=error.memo)
            if not error.is_possible:
                draft = questions.ask_without_memo(request, asking, address=error.address)
            return await self._ask(draft, who, problem=error.sentence, rate=priced.rate)
        except ExtraIdMissing as error:
            draft = questions.ask_extra_id(request, asking, address or "")
            return await self._ask(draft, who, problem=error.sentence, rate=priced.rate)

    async def _weighed(self, priced: PricedSwap, who: Asker) -> AskedSwap | Weight:
        """What the swap is worth; where a limit stands in the way of it, the question for another amount, with the
        largest to choose. No address says anything about that. Raises `Stopped` for what is in the way of any amount.
        """
        weight = await self._offers.weigh(priced, who)
        intent = intent_of(priced, payout=NOWHERE, refund=NOWHERE, account=who.account.id)
        terms = self._terms(priced, weight, NOWHERE, NOWHERE)
        try:
            check(intent, terms, weight.standing)
        except Stopped as reason:
            if reason.obstacle is Obstacle.NOT_VALUED:
                return await self._ask_other_deposit(priced, who)
            if reason.obstacle not in _TOO_MUCH:
                raise
            most = most_swappable(priced.sent.value, weight.value, weight.standing)
            fitting = round_down(most, decimals=coin_decimals(priced.deposit))
            draft = questions.offer_amount(priced.request, fitting, priced.deposit, gets=False)
            return await self._ask(draft, who, stopped=reason, rate=priced.rate)
        return weight

    async def _ask_other_deposit(self, priced: PricedSwap, who: Asker) -> AskedSwap:
        """A coin without a price of its own: its rate alone says nothing about what is given away."""
        problem = (
            f"No market and no offer says what {priced.deposit.symbol} is worth, so no limit can be checked for it."
        )
        unsaid = questions.with_receiver(priced.request, SwapQuestion.REFUND, None, None)
        unsaid = replace(unsaid, deposit=None, amount=priced.request.amount if priced.request.gets else None)
        return await self._ask(await self._offer_usual(unsaid, SwapQuestion.DEPOSIT, who), who, problem=problem)

    def _terms(self, priced: PricedSwap, weight: Weight, payout: Receiver, refund: Receiver) -> SwapTerms:
        left = swaps_left(weight.standing)
        return terms_of(priced, payout=payout, refund=refund, value=weight.value, loss=weight.loss, left=left)

    async def _open(self, priced: PricedSwap, weight: Weight, payout: Receiver, refund: Receiver, who: Asker) -> Ticket:
        intent = intent_of(priced, payout=payout, refund=refund, account=who.account.id)
        terms = self._terms(priced, weight, payout, refund)
        await self._questions.forget(person=who.person, chat=who.chat)
        return await self._tickets.open(
            intent, terms, person=who.person, chat=who.chat, account=who.account, expires_at=priced.rate.expires_at
        )

    async def ask_payout(self, swap: SwapId, *, person: PersonId, chat: ChatId) -> AskedPayout:
        """As `Payouts.ask`."""
        return await self._payouts.ask(swap, person=person, chat=chat)

    async def answer_payout(self, dialogue: Dialogue, text: str) -> AskedPayout | Ticket:
        """As `Payouts.answer`."""
        return await self._payouts.answer(dialogue, text)

    async def _ask(
        self,
        draft: SwapDraft,
        who: Asker,
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
