"""From what a person said to a quote's card: complete a conversion question by question, quote it, open its ticket."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal

from chatbot.domain import convert_questions as questions
from chatbot.domain import converting
from chatbot.domain.accounts import Account
from chatbot.domain.conversions import Quote
from chatbot.domain.convert_drafts import AmountOf, ConvertDraft, ConvertQuestion, ConvertRequest
from chatbot.domain.convert_text import parse_conversion
from chatbot.domain.drafts import Dialogue
from chatbot.domain.errors import AmbiguousNumber, InputError, NoSession, Refused
from chatbot.domain.gate import check, orders_left
from chatbot.domain.ids import ChatId, DialogueId, PersonId, TicketId
from chatbot.domain.intents import Convert, ConvertTerms
from chatbot.domain.market import Market
from chatbot.domain.money import EXACT, ZERO, Amount, divide, multiply, round_down, round_up
from chatbot.domain.orders import Balances
from chatbot.domain.tickets import Ticket
from chatbot.ports.clock import Clock
from chatbot.ports.exchange import Priority
from chatbot.ports.limits import Standings
from chatbot.services.accounts import Accounts
from chatbot.services.balances import BalanceReader
from chatbot.services.markets import Markets
from chatbot.services.questions import Questions
from chatbot.services.quoting import Quoting
from chatbot.services.sessions import Sessions
from chatbot.services.tickets import Tickets
from chatbot.services.values import Values

_OFFERED = 6
_USUAL = ("USDT", "BTC", "ETH")
_MOST_QUOTES = 4
"""How many quotes are asked for an amount to be got: what is nearest by then is shown."""
_PROBE = Decimal(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedConversion:
    """A question put back to the person. `problem` says what was wrong with the last answer, if anything.

    `available` is what there is of the currency sold, as far as it was read.
    """

    dialogue: Dialogue
    draft: ConvertDraft
    account: Account
    problem: str = ""
    available: Amount | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asker:
    person: PersonId
    chat: ChatId
    account: Account


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pair:
    """What is to be sold and bought, with the market that compares them, if there is one."""

    sell: str
    buy: str
    market: Market | None


class ConvertDesk:
    """Takes conversions. Every way of saying one ends in `advance`."""

    def __init__(
        self,
        *,
        quoting: Quoting,
        sessions: Sessions,
        accounts: Accounts,
        balances: BalanceReader,
        markets: Markets,
        values: Values,
        standings: Standings,
        tickets: Tickets,
        questions: Questions,
        clock: Clock,
    ) -> None:
        self._quoting = quoting
        self._sessions = sessions
        self._accounts = accounts
        self._balances = balances
        self._markets = markets
        self._values = values
        self._standings = standings
        self._tickets = tickets
        self._questions = questions
        self._clock = clock

    async def say(self, text: str, *, person: PersonId, chat: ChatId) -> AskedConversion | Ticket:
        """A whole command line. Raises `InputError` for what cannot be understood, and as `advance` does."""
        return await self._read(parse_conversion, text, person=person, chat=chat)

    async def choose(
        self, dialogue: DialogueId, choice: int, *, person: PersonId, chat: ChatId
    ) -> AskedConversion | Ticket | None:
        """A tap on one of the offered answers; None if the question is over."""
        draft = await self._open_draft(dialogue, person=person, chat=chat)
        if draft is None or not 0 <= choice < len(draft.choices):
            return None
        return await self.advance(draft.choices[choice].request, person=person, chat=chat)

    async def turn(self, dialogue: DialogueId, *, person: PersonId, chat: ChatId) -> AskedConversion | Ticket | None:
        """The same question the other way round; None if it is over."""
        draft = await self._open_draft(dialogue, person=person, chat=chat)
        return None if draft is None else await self.advance(questions.turned(draft.request), person=person, chat=chat)

    async def turn_card(self, ticket: TicketId, *, person: PersonId, chat: ChatId) -> AskedConversion | Ticket:
        """Close a card that was not confirmed, and ask for the other way round. Raises `TicketError`."""
        closed = await self._tickets.decline(ticket, person=person, chat=chat)
        intent, _ = _conversion_of(closed)
        request = ConvertRequest(sell=intent.buy, buy=intent.sell)
        account = await self._accounts.own(person, closed.account)
        return await self.advance(request, person=person, chat=chat, account=account)

    async def answer(self, dialogue: Dialogue, text: str) -> AskedConversion | Ticket:
        """A typed answer to the open question. Raises `InputError`; the question then stays open."""
        draft = dialogue.draft
        if not isinstance(draft, ConvertDraft):
            raise TypeError("not a conversion's dialogue")
        return await self._read(
            lambda said: questions.answered(draft, said), text, person=dialogue.person, chat=dialogue.chat
        )

    async def again(self, ticket: Ticket) -> AskedConversion | Ticket:
        """A new quote for the same, in the same account; it remembers the price that moved. Raises `NotLinked`."""
        intent, terms = _conversion_of(ticket)
        account = await self._accounts.own(ticket.person, ticket.account)
        return await self.advance(
            converting.request_of(intent, terms),
            person=ticket.person,
            chat=ticket.chat,
            account=account,
            previous=Decimal(intent.price_text),
        )

    async def advance(
        self,
        request: ConvertRequest,
        *,
        person: PersonId,
        chat: ChatId,
        account: Account | None = None,
        previous: Decimal | None = None,
    ) -> AskedConversion | Ticket:
        """Ask for the next missing thing, or open the ticket.

        Raises `NotLinked`, `NoSession`, `SessionExpired`, `Stopped`, `Unavailable`, `KeyRejected`, `Refused`; an open
        question then stays open.
        """
        who = _Asker(person=person, chat=chat, account=account or await self._accounts.active(person))
        if not await self._sessions.states((who.account,)):
            raise NoSession
        balances = await self._balances.read(who.account)
        request = await self._coded(request, who)
        if request.sell is None:
            held = [code for code in _held(balances) if code != request.buy]
            return await self._ask(questions.ask_coin(request, ConvertQuestion.SELL, held[:_OFFERED]), who)
        available = Amount(balances.of(request.sell).available, request.sell)
        if request.buy in (None, request.sell):
            return await self._ask_bought(request, balances, who)
        if request.amount is None:
            draft = questions.ask_amount(request, can_share=available.value > ZERO)
            return await self._ask(draft, who, available=available)
        return await self._quoted(request, available, who, previous=previous)

    async def _quoted(
        self, request: ConvertRequest, available: Amount, who: _Asker, *, previous: Decimal | None
    ) -> AskedConversion | Ticket:
        pair = await self._pair(request, who)
        try:
            quote = await self._quote(request, pair, available, who)
        except Refused as refusal:
            problem = f"ANDX gives no quote for {pair.sell} to {pair.buy}: {refusal.reason or 'no reason given'}."
            unsaid = replace(request, buy=None)
            draft = replace(questions.ask_coin(unsaid, ConvertQuestion.BUY, ()), refused=request)
            return await self._ask(draft, who, problem=problem)
        if quote is None:
            draft = questions.ask_amount(request, can_share=False)
            return await self._ask(draft, who, problem="That share is nothing.", available=available)
        unfit = converting.outside_limits(quote, of=request.of)
        if unfit is not None:
            draft = questions.offer_amount(request, unfit.fitting.value, of=unfit.of)
            return await self._ask(draft, who, problem=unfit.sentence, available=available)
        if quote.sell_amount > available.value:
            draft = questions.offer_amount(request, _usable(available, quote), of=AmountOf.SOLD)
            problem = f"This needs {quote.sell_text} {quote.sell}; the API reports less than that as available."
            return await self._ask(draft, who, problem=problem, available=available)
        return await self._open(request, quote, pair, available, who, previous=previous)

    async def _open(
        self,
        request: ConvertRequest,
        quote: Quote,
        pair: _Pair,
        available: Amount,
        who: _Asker,
        *,
        previous: Decimal | None,
    ) -> Ticket:
        """Raises `Stopped` if a tap would be of no use."""
        standing = await self._standings.of(who.account.id, who.person, currency=quote.sell, now=self._clock.now())
        terms = converting.terms_of(
            quote,
            await self._quoting.middle(who.account, pair.market, priority=Priority.PERSON),
            base=converting.base_of(quote, pair.market),
            before=available,
            wanted=request.amount if request.of is AmountOf.BOUGHT else None,
            value=await self._worth(quote, who),
            left=orders_left(standing),
            previous=previous,
        )
        intent = converting.intent_of(quote, account=who.account.id)
        check(intent, terms, standing)
        await self._questions.forget(person=who.person, chat=who.chat)
        return await self._tickets.open(intent, terms, person=who.person, chat=who.chat, account=who.account)

    async def _worth(self, quote: Quote, who: _Asker) -> Decimal | None:
        """By its own price or that of what comes back, whichever is more: a poor quote does not make it count for less.

        Raises `Stopped` for strange prices.
        """
        sides = (Amount(quote.sell_amount, quote.sell), Amount(quote.buy_amount, quote.buy))
        worths = [await self._values.of(side, venue=who.account.venue) for side in sides]
        return max((worth for worth in worths if worth is not None), default=None)

    async def _quote(self, request: ConvertRequest, pair: _Pair, available: Amount, who: _Asker) -> Quote | None:
        """The quote for what was said; None for a share of so little that it is nothing."""
        amount = request.amount or ZERO
        if request.of is AmountOf.BOUGHT:
            return await self._quote_for(amount, pair, who)
        if request.of is AmountOf.SHARE:
            decimals = await self._decimals(pair, who)
            amount = round_down(divide(multiply(available.value, amount), Decimal(100)), decimals=decimals)
        return await self._ask_quote(amount, pair, who) if amount > ZERO else None

    async def _quote_for(self, wanted: Decimal, pair: _Pair, who: _Asker) -> Quote:
        """The quote that gives what is wanted for the least, or comes nearest to that after a few quotes: the exchange
        is asked by what is sold only (api: I1).
        """
        quote = await self._ask_quote(await self._guess(wanted, pair, who), pair, who)
        base = converting.base_of(quote, pair.market)
        exactly, best = False, None
        for _ in range(_MOST_QUOTES - 1):
            amount = converting.sell_for(wanted, quote, base=base, exactly=exactly)
            if quote.sell_amount == amount and best is not None:
                break
            quote = await self._ask_quote(amount, pair, who)
            if quote.buy_amount >= wanted:
                return quote
            exactly, best = True, quote
        return quote

    async def _guess(self, wanted: Decimal, pair: _Pair, who: _Asker) -> Decimal:
        """About what has to be sold, by the middle of the market; one of it where there is none."""
        middle = await self._quoting.middle(who.account, pair.market, priority=Priority.PERSON)
        if middle is None:
            return _PROBE
        sells_base = pair.sell == middle.base
        amount = divide(wanted, middle.price) if sells_base else multiply(wanted, middle.price)
        return round_up(amount, decimals=await self._decimals(pair, who))

    async def _decimals(self, pair: _Pair, who: _Asker) -> int:
        """How many decimals an amount of the currency sold may have; a quote tells where no market does."""
        if pair.market is None:
            return converting.decimals_of((await self._ask_quote(_PROBE, pair, who)).sell_text)
        sells_base = pair.market.base == pair.sell
        return pair.market.base_decimals if sells_base else pair.market.counter_decimals

    async def _ask_quote(self, amount: Decimal, pair: _Pair, who: _Asker) -> Quote:
        return await self._quoting.quote(who.account, sell=pair.sell, buy=pair.buy, amount=amount)

    async def _pair(self, request: ConvertRequest, who: _Asker) -> _Pair:
        if request.sell is None or request.buy is None:
            raise ValueError("both currencies must be known")
        market = await self._quoting.market(who.account, sell=request.sell, buy=request.buy, priority=Priority.PERSON)
        return _Pair(sell=request.sell, buy=request.buy, market=market)

    async def _coded(self, request: ConvertRequest, who: _Asker) -> ConvertRequest:
        """The request with the codes of currencies that were called by their names."""
        listed = await self._markets.listed(who.account.venue)
        codes = {market.base_name.upper(): market.base for market in listed}
        codes |= {code: code for market in listed for code in (market.base, market.counter)}
        sell, buy = (code if code is None else codes.get(code, code) for code in (request.sell, request.buy))
        return replace(request, sell=sell, buy=buy)

    async def _ask_bought(self, request: ConvertRequest, balances: Balances, who: _Asker) -> AskedConversion:
        offered = [code for code in dict.fromkeys((*_USUAL, *_held(balances))) if code != request.sell]
        problem = "" if request.buy is None else f"{request.sell} is what you sell already. Choose another."
        draft = questions.ask_coin(request, ConvertQuestion.BUY, offered[:_OFFERED])
        return await self._ask(draft, who, problem=problem)

    async def _read(
        self, read: Callable[[str], ConvertRequest], text: str, *, person: PersonId, chat: ChatId
    ) -> AskedConversion | Ticket:
        """Go on with what was typed; a number that can be read in two ways is asked back."""
        try:
            request = read(text)
        except AmbiguousNumber as error:
            who = _Asker(person=person, chat=chat, account=await self._accounts.active(person))
            return await self._ask(questions.ask_meaning(read, text, error), who, problem=error.sentence)
        return await self.advance(request, person=person, chat=chat)

    async def _open_draft(self, dialogue: DialogueId, *, person: PersonId, chat: ChatId) -> ConvertDraft | None:
        found = await self._questions.find(dialogue, person=person, chat=chat)
        return found.draft if found is not None and isinstance(found.draft, ConvertDraft) else None

    async def _ask(
        self, draft: ConvertDraft, who: _Asker, *, problem: str = "", available: Amount | None = None
    ) -> AskedConversion:
        dialogue = await self._questions.ask(draft, person=who.person, chat=who.chat)
        return AskedConversion(
            dialogue=dialogue, draft=draft, account=who.account, problem=problem, available=available
        )


def _conversion_of(ticket: Ticket) -> tuple[Convert, ConvertTerms]:
    if not isinstance(ticket.intent, Convert) or not isinstance(ticket.terms, ConvertTerms):
        raise InputError("Only a conversion can be quoted anew.")
    return ticket.intent, ticket.terms


def _held(balances: Balances) -> list[str]:
    return sorted(code for code, balance in balances.by_currency.items() if balance.available > ZERO)


def _usable(available: Amount, quote: Quote) -> Decimal | None:
    """Everything there is, if the quote's limits take it."""
    usable = round_down(available.value, decimals=converting.decimals_of(quote.sell_text))
    return usable if usable and EXACT.compare(usable, quote.least_sell) >= 0 else None
