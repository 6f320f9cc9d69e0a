"""From what a person said to a quote's card: complete a conversion question by question, quote it, open its ticket."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial

from chatbot.domain import convert_questions as questions
from chatbot.domain import converting
from chatbot.domain.accounts import Account
from chatbot.domain.conversions import Quote
from chatbot.domain.convert_drafts import AmountOf, ConvertDraft, ConvertQuestion, ConvertRequest
from chatbot.domain.convert_refusals import RefusalOf, in_words, refusal_of
from chatbot.domain.convert_text import ConversionUnclear, parse_conversion
from chatbot.domain.currencies import USUAL_COUNTER
from chatbot.domain.drafts import Dialogue
from chatbot.domain.errors import AmbiguousNumber, InputError, NoSession, Refused, Unavailable
from chatbot.domain.ids import ChatId, DialogueId, PersonId, TicketId
from chatbot.domain.intents import Convert, ConvertTerms
from chatbot.domain.market import Market
from chatbot.domain.money import EXACT, ZERO, Amount, decimals_of, divide, grouped, multiply, round_down, round_up
from chatbot.domain.orders import Balances
from chatbot.domain.shortcuts import currency_named
from chatbot.domain.tickets import Ticket
from chatbot.ports.exchange import Priority
from chatbot.services.accounts import Accounts
from chatbot.services.balances import BalanceReader
from chatbot.services.convert_offers import by_worth, mistyped, to_buy, to_sell
from chatbot.services.markets import Markets
from chatbot.services.questions import Questions
from chatbot.services.quoting import PROBE, Quoting, cut, decimals_taken
from chatbot.services.sessions import Sessions
from chatbot.services.tickets import Tickets


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
        tickets: Tickets,
        questions: Questions,
    ) -> None:
        self._quoting = quoting
        self._sessions = sessions
        self._accounts = accounts
        self._balances = balances
        self._markets = markets
        self._tickets = tickets
        self._questions = questions

    async def say(self, text: str, *, person: PersonId, chat: ChatId) -> AskedConversion | Ticket:
        """A whole command line. Raises `InputError` for what cannot be understood, and as `advance` does."""
        listed = await self._markets.listed((await self._accounts.active(person)).venue)
        read = partial(parse_conversion, is_known=lambda code: currency_named(code, listed) is not None)
        return await self._read(read, text, person=person, chat=chat)

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

    async def turn_card(self, ticket: TicketId, *, person: PersonId, chat: ChatId) -> AskedConversion:
        """Close a card that was not confirmed, and ask for the other way round, with its amounts at hand.

        Raises `TicketError`, and `Unavailable` and `KeyRejected` where the balance cannot be read.
        """
        closed = await self._tickets.decline(ticket, person=person, chat=chat)
        intent, _ = _conversion_of(closed)
        who = _Asker(person=person, chat=chat, account=await self._accounts.own(person, closed.account))
        available = _available(await self._balances.read(who.account), intent.buy)
        draft = questions.ask_turned(
            ConvertRequest(sell=intent.buy, buy=intent.sell),
            give=intent.bought.value,
            get=intent.sold.value,
            can_share=available.value > ZERO,
        )
        return await self._ask(draft, who, available=available)

    async def answer(self, dialogue: Dialogue, text: str) -> AskedConversion | Ticket:
        """A typed answer to the open question. Raises `InputError`; the question then stays open."""
        draft = dialogue.draft
        if not isinstance(draft, ConvertDraft):
            raise TypeError("not a conversion's dialogue")
        code_of = await self._names(await self._accounts.active(dialogue.person))
        return await self._read(
            lambda said: questions.answered(draft, said, code_of=code_of),
            text,
            person=dialogue.person,
            chat=dialogue.chat,
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
        question then stays open. What waits for a session is kept as one.
        """
        who = _Asker(person=person, chat=chat, account=account or await self._accounts.active(person))
        if not await self._sessions.states((who.account,)):
            await self._questions.ask(ConvertDraft(request=request, asking=None), person=person, chat=chat)
            practises = self._accounts.has_practice and not who.account.venue.is_live
            raise NoSession(account=who.account.id, practises=practises)
        balances = await self._balances.read(who.account)
        request = questions.coded(request, await self._names(who.account))
        if request.sell is None:
            offered = to_sell(request.buy, await self._held(balances, who))
            return await self._ask(questions.ask_coin(request, ConvertQuestion.SELL, offered), who)
        available = _available(balances, request.sell)
        if request.buy in (None, request.sell):
            return await self._ask_bought(request, request.sell, balances, who)
        if request.amount is None:
            draft = questions.ask_amount(request, can_share=available.value > ZERO)
            return await self._ask(draft, who, available=available)
        return await self._quoted(request, balances, who, previous=previous)

    async def _quoted(
        self, request: ConvertRequest, balances: Balances, who: _Asker, *, previous: Decimal | None
    ) -> AskedConversion | Ticket:
        pair = await self._pair(request, who)
        available = _available(balances, pair.sell)
        try:
            quote = await self._quote(request, pair, available, who)
        except Refused as refusal:
            return await self._ask_instead(request, refusal, pair, balances, who)
        if quote is None:
            draft = questions.ask_amount(request, can_share=False)
            return await self._ask(draft, who, problem="That share is nothing.", available=available)
        unfit = _unfit(request, quote)
        if unfit is not None:
            draft = questions.offer_amount(request, unfit.fitting.value, of=unfit.of)
            problem = questions.outside(request, quote, unfit)
            return await self._ask(draft, who, problem=problem, available=available)
        if quote.sell_amount > available.value:
            draft = questions.offer_amount(request, _usable(available, quote), of=AmountOf.SOLD)
            problem = f"This needs {grouped(quote.sell_amount)} {quote.sell}; you have less than that available."
            return await self._ask(draft, who, problem=problem, available=available)
        return await self._open(request, quote, pair, available, who, previous=previous)

    async def _ask_instead(
        self, request: ConvertRequest, refusal: Refused, pair: _Pair, balances: Balances, who: _Asker
    ) -> AskedConversion:
        """Ask anew for what a quote was refused for, and keep the rest of what was said."""
        problem = f"Instant Trade {in_words(refusal, sell=pair.sell, buy=pair.buy)}"
        if refusal_of(refusal) not in (RefusalOf.PAIR, RefusalOf.UNKNOWN):
            available = _available(balances, pair.sell)
            draft = questions.ask_amount(request, can_share=available.value > ZERO)
            return await self._ask(replace(draft, refused=request), who, problem=problem, available=available)
        listed = await self._markets.listed(who.account.venue)
        typed = mistyped(pair.sell, pair.buy, balances=balances, markets=listed)
        if typed is not None and refusal_of(refusal) is RefusalOf.PAIR:
            problem, draft = typed.problem, questions.ask_meant(request, typed.side, typed.offered)
            if not typed.offered:
                draft = await self._ask_other(typed.side, request, pair, balances, who)
        elif USUAL_COUNTER not in (pair.sell, pair.buy):  # two coins are converted by way of what they are priced in
            draft = questions.ask_counter(request, USUAL_COUNTER)
        else:
            side = ConvertQuestion.BUY if pair.sell == USUAL_COUNTER else ConvertQuestion.SELL
            draft = await self._ask_other(side, request, pair, balances, who)
        return await self._ask(replace(draft, refused=request), who, problem=problem)

    async def _ask_other(
        self, side: ConvertQuestion, request: ConvertRequest, pair: _Pair, balances: Balances, who: _Asker
    ) -> ConvertDraft:
        """Another currency in place of the one that is not taken on a side."""
        held = await self._held(balances, who)
        codes = to_sell(pair.buy, held) if side is ConvertQuestion.SELL else to_buy(pair.sell, held)
        return questions.ask_coin(request, side, [code for code in codes if code not in (pair.sell, pair.buy)])

    async def _held(self, balances: Balances, who: _Asker) -> list[str]:
        """The most valuable first, as far as prices can be read."""
        venue = who.account.venue
        try:
            tickers = await self._markets.tickers(venue=venue)
        except Unavailable:
            tickers = {}
        return by_worth(balances, markets=await self._markets.listed(venue), tickers=tickers)

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
        intent, terms = await self._quoting.card(
            quote,
            pair.market,
            account=who.account,
            person=who.person,
            before=available,
            wanted=request.amount if request.of is AmountOf.BOUGHT else None,
            previous=previous,
        )
        cut = request.of is AmountOf.SOLD and request.amount != quote.sell_amount
        terms = replace(terms, said=request.amount if cut else None)
        await self._questions.forget(person=who.person, chat=who.chat)
        return await self._tickets.open(intent, terms, person=who.person, chat=who.chat, account=who.account)

    async def _quote(self, request: ConvertRequest, pair: _Pair, available: Amount, who: _Asker) -> Quote | None:
        """The quote for what was said; None for a share of so little that it is nothing."""
        amount = request.amount or ZERO
        if request.of is AmountOf.BOUGHT:
            return await self._quote_for(amount, pair, who)
        if request.of is AmountOf.SOLD:
            return await self._quote_given(amount, pair, who)
        decimals = await self._decimals(pair, who)
        share = round_down(divide(multiply(available.value, amount), Decimal(100)), decimals=decimals)
        return await self._ask_quote(share, pair, who) if share > ZERO else None

    async def _quote_given(self, amount: Decimal, pair: _Pair, who: _Asker) -> Quote:
        """The quote for so much, without the decimals that its currency does not take; where nothing is left of it,
        one for more, whose limits tell what the least is.
        """
        listed = await self._markets.listed(who.account.venue)
        taken = await cut(Amount(amount, pair.sell), listed, probe=lambda: self._ask_quote(PROBE, pair, who))
        return await self._ask_quote(taken if taken > ZERO else PROBE, pair, who)

    async def _quote_for(self, wanted: Decimal, pair: _Pair, who: _Asker) -> Quote:
        first = await self._ask_quote(await self._guess(wanted, pair, who), pair, who)
        return await self._quoting.quote_wanted(who.account, wanted, first, market=pair.market)

    async def _guess(self, wanted: Decimal, pair: _Pair, who: _Asker) -> Decimal:
        """About what has to be sold, by the middle of the market; one of it where there is none."""
        if pair.market is None:
            return PROBE
        middle = await self._quoting.middle(pair.market, venue=who.account.venue, priority=Priority.PERSON)
        if middle is None:
            return PROBE
        sells_base = pair.sell == middle.base
        amount = divide(wanted, middle.price) if sells_base else multiply(wanted, middle.price)
        return round_up(amount, decimals=await self._decimals(pair, who))

    async def _decimals(self, pair: _Pair, who: _Asker) -> int:
        listed = await self._markets.listed(who.account.venue)
        return await decimals_taken(pair.sell, listed, probe=lambda: self._ask_quote(PROBE, pair, who))

    async def _ask_quote(self, amount: Decimal, pair: _Pair, who: _Asker) -> Quote:
        return await self._quoting.quote(who.account, sell=pair.sell, buy=pair.buy, amount=amount, market=pair.market)

    async def _pair(self, request: ConvertRequest, who: _Asker) -> _Pair:
        if request.sell is None or request.buy is None:
            raise ValueError("both currencies must be known")
        market = await self._quoting.market(who.account, sell=request.sell, buy=request.buy, priority=Priority.PERSON)
        return _Pair(sell=request.sell, buy=request.buy, market=market)

    async def _names(self, account: Account) -> Callable[[str], str]:
        """From what a currency is called to its code; what no market names is a code already."""
        listed = await self._markets.listed(account.venue)
        return lambda called: currency_named(called, listed) or called

    async def _ask_bought(self, request: ConvertRequest, sell: str, balances: Balances, who: _Asker) -> AskedConversion:
        offered = to_buy(sell, await self._held(balances, who))
        problem = "" if request.buy is None else f"{sell} is what you sell already. Choose another."
        return await self._ask(questions.ask_coin(request, ConvertQuestion.BUY, offered), who, problem=problem)

    async def _read(
        self, read: Callable[[str], ConvertRequest], text: str, *, person: PersonId, chat: ChatId
    ) -> AskedConversion | Ticket:
        """Go on with what was typed; a number or a side that can be meant in two ways is asked back."""
        try:
            request = read(text)
        except AmbiguousNumber as error:
            draft, problem = questions.ask_meaning(read, text, error), error.sentence
        except ConversionUnclear as error:
            draft, problem = questions.ask_which(error), error.sentence
        else:
            return await self.advance(request, person=person, chat=chat)
        who = _Asker(person=person, chat=chat, account=await self._accounts.active(person))
        return await self._ask(draft, who, problem=problem)

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


def _unfit(request: ConvertRequest, quote: Quote) -> converting.Unfit | None:
    """Whether a quote is none to be ordered: outside its limits, or for more than was said, which is too little."""
    if request.of is AmountOf.SOLD and request.amount is not None and quote.sell_amount > request.amount:
        least = Amount(quote.least_sell or quote.sell_amount, quote.sell)
        return converting.Unfit(fitting=least, of=AmountOf.SOLD, is_least=True)
    return converting.outside_limits(quote, of=request.of)


def _available(balances: Balances, currency: str) -> Amount:
    return Amount(balances.of(currency).available, currency)


def _usable(available: Amount, quote: Quote) -> Decimal | None:
    """Everything there is, if the quote's limits take it."""
    usable = round_down(available.value, decimals=decimals_of(quote.sell_amount))
    return usable if usable and EXACT.compare(usable, quote.least_sell) >= 0 else None
