"""From what a person said to a card: complete an order question by question, size it, open its ticket."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from chatbot.domain import order_questions as questions
from chatbot.domain.accounts import DEFAULT_ACCOUNT_NAME, Account, Venue
from chatbot.domain.drafts import Dialogue, OrderDraft, OrderRequest, Quantity, QuantityKind, Question
from chatbot.domain.errors import AmbiguousNumber, InputError, UnknownMarket
from chatbot.domain.gate import check, orders_left
from chatbot.domain.ids import ChatId, DialogueId, MarketCode, PersonId
from chatbot.domain.intents import OrderTerms, PlaceOrder
from chatbot.domain.market import Market, Ticker
from chatbot.domain.onward import brought, second_order
from chatbot.domain.order_text import parse_order
from chatbot.domain.orders import OrderType, Side
from chatbot.domain.sizing import OrderUnfit, Situation, size_order
from chatbot.domain.tickets import Ticket
from chatbot.ports.clock import Clock
from chatbot.ports.exchange import Exchange, Priority
from chatbot.ports.limits import Standings
from chatbot.ports.tickets import Tickets as TicketStore
from chatbot.services.accounts import Accounts
from chatbot.services.balances import BalanceReader
from chatbot.services.markets import Markets, Quote
from chatbot.services.questions import Questions
from chatbot.services.tickets import Tickets
from chatbot.services.values import Values

_OFFERED_MARKETS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question put back to the person. `problem` says what was wrong with the last answer, if anything.

    `facts` are what to decide by, as far as known: the market's prices, or these and the balances.
    """

    dialogue: Dialogue
    draft: OrderDraft
    account: Account
    problem: str = ""
    facts: Situation | Quote | None = None


class OrderDesk:
    """Takes orders. Every way of saying one ends in `advance`."""

    def __init__(
        self,
        *,
        exchanges: Mapping[Venue, Exchange],
        accounts: Accounts,
        balances: BalanceReader,
        markets: Markets,
        values: Values,
        standings: Standings,
        tickets: Tickets,
        store: TicketStore,
        questions: Questions,
        clock: Clock,
    ) -> None:
        self._exchanges = exchanges
        self._accounts = accounts
        self._balances = balances
        self._markets = markets
        self._values = values
        self._standings = standings
        self._tickets = tickets
        self._store = store
        self._questions = questions
        self._clock = clock

    async def say(self, text: str, *, side: Side, person: PersonId, chat: ChatId) -> Asked | Ticket:
        """A whole command line. Raises `InputError` for what cannot be understood."""
        try:
            request = parse_order(text, side=side)
        except AmbiguousNumber as error:
            who = _Asker(person=person, chat=chat, account=await self._accounts.active(person))
            return await self._ask(questions.ask_meaning(text, error, side=side), who, problem=error.sentence)
        return await self.advance(request, person=person, chat=chat, guided=False)

    async def choose(
        self, dialogue: DialogueId, choice: int, *, person: PersonId, chat: ChatId
    ) -> Asked | Ticket | None:
        """A tap on one of the offered answers; None if the question is over."""
        found = await self._questions.find(dialogue, person=person, chat=chat)
        if found is None or not isinstance(found.draft, OrderDraft) or not 0 <= choice < len(found.draft.choices):
            return None
        request = found.draft.choices[choice].request
        return await self.advance(request, person=person, chat=chat, guided=found.draft.asking is not None)

    async def answer(self, dialogue: Dialogue, text: str) -> Asked | Ticket:
        """A typed answer to the open question. Raises `InputError`; the question then stays open."""
        draft, person, chat = dialogue.draft, dialogue.person, dialogue.chat
        if not isinstance(draft, OrderDraft):
            raise TypeError("not an order's dialogue")
        market = await self._settled_market(draft, person)
        try:
            request = questions.answered(draft, text, market=market)
        except AmbiguousNumber as error:
            which = questions.offer_meanings(draft, text, error, market=market)
            who = _Asker(person=person, chat=chat, account=await self._accounts.active(person))
            return await self._ask(which, who, problem=error.sentence)
        return await self.advance(request, person=person, chat=chat, guided=True)

    async def again(self, ticket: Ticket) -> Asked | Ticket:
        """A new card for the same order in the same account, with today's terms. Raises `NotLinked`."""
        if not isinstance(ticket.intent, PlaceOrder):
            raise InputError("Only an order can be repeated.")
        intent = ticket.intent
        request = OrderRequest(
            side=intent.side,
            symbol=intent.market,
            quantity=Quantity(kind=QuantityKind.VOLUME, value=intent.volume),
            type=intent.type,
            price=intent.price,
            post_only=intent.post_only,
            onward=ticket.terms.onward if isinstance(ticket.terms, OrderTerms) else "",
        )
        return await self._in_account_of(ticket, request)

    async def second(self, ticket: Ticket) -> Asked | Ticket:
        """The card of a second order, for what this first one brought. Raises `InputError`, `NotLinked`."""
        spent = brought(ticket)
        if spent is None or not isinstance(ticket.terms, OrderTerms):
            raise InputError("No second order follows this one.")
        markets = await self._markets.listed(ticket.venue)
        return await self._in_account_of(ticket, second_order(spent, ticket.terms.onward, markets))

    async def _in_account_of(self, ticket: Ticket, request: OrderRequest) -> Asked | Ticket:
        account = await self._accounts.own(ticket.person, ticket.account)
        return await self.advance(request, person=ticket.person, chat=ticket.chat, guided=False, account=account)

    async def advance(
        self, request: OrderRequest, *, person: PersonId, chat: ChatId, guided: bool, account: Account | None = None
    ) -> Asked | Ticket:
        """Ask for the next missing thing, or open the ticket. `guided` orders are asked market or limit, too.

        Raises `NotLinked`, `Stopped`, `Unavailable`, `KeyRejected`, `Refused`; an open question then stays open.
        """
        who = _Asker(person=person, chat=chat, account=account or await self._accounts.active(person))
        try:
            market, request = await self._resolve(request, who.account)
        except UnknownMarket as error:
            nearest = await self._named(error.nearest, who.account)
            return await self._ask(questions.ask_market(request, nearest), who, problem=error.sentence)
        if market is None:
            return await self._ask(questions.ask_market(request, await self._offered(request, who)), who)
        ticker = await self._markets.ticker(market.code, venue=who.account.venue)
        if ticker is None:
            raise InputError(f"{market.pair} has no prices right now, so it cannot be traded here.")
        if request.quantity is None:
            situation = await self._situation(request, market, ticker, who.account)
            return await self._ask(questions.ask_quantity(request, situation), who, facts=situation)
        quote = Quote(market=market, ticker=ticker)
        if request.type is None and guided:
            return await self._ask(questions.ask_type(request), who, facts=quote)
        if request.type is OrderType.LIMIT and request.price is None:
            return await self._ask(questions.ask_price(request, market, ticker), who, facts=quote)
        return await self._open(request, market, ticker, who)

    async def _open(self, request: OrderRequest, market: Market, ticker: Ticker, who: "_Asker") -> Asked | Ticket:
        situation = await self._situation(request, market, ticker, who.account)
        try:
            sized = size_order(request, situation)
        except OrderUnfit as error:
            draft = questions.offer_correction(request, error)
            return await self._ask(draft, who, problem=error.sentence, facts=situation)
        intent = PlaceOrder(
            account=who.account.id,
            account_name=DEFAULT_ACCOUNT_NAME,
            market=market.code,
            base=market.base,
            counter=market.counter,
            side=request.side,
            type=OrderType.MARKET if sized.price is None else OrderType.LIMIT,
            volume=sized.volume,
            price=sized.price,
            post_only=request.post_only,
        )
        terms = await self._admitted(intent, replace(sized.terms, onward=request.onward), market, who)
        await self._questions.forget(person=who.person, chat=who.chat)
        return await self._tickets.open(intent, terms, person=who.person, chat=who.chat, account=who.account)

    async def _admitted(self, intent: PlaceOrder, terms: OrderTerms, market: Market, who: "_Asker") -> OrderTerms:
        """The terms with the order's value and what the day leaves. Raises `Stopped` if its tap would be of no use."""
        account = who.account
        value = await self._values.of_order(
            terms, side=intent.side, volume=intent.volume, market=market, venue=account.venue
        )
        now = self._clock.now()
        standing = await self._standings.of(account.id, who.person, currency=intent.counter, now=now)
        valued = replace(terms, value=value, left=orders_left(standing))
        check(intent, valued, standing)
        return valued

    async def _settled_market(self, draft: OrderDraft, person: PersonId) -> Market | None:
        """The market whose amount is asked for; None while that is not the question."""
        if draft.asking is not Question.QUANTITY or draft.request.symbol is None:
            return None
        account = await self._accounts.active(person)
        return await self._markets.find(draft.request.symbol, venue=account.venue)

    async def _resolve(self, request: OrderRequest, account: Account) -> tuple[Market | None, OrderRequest]:
        """The market meant, and the request with its amount read in the right currency."""
        if request.symbol is None:
            return None, request
        markets = await self._markets.listed(account.venue)
        try:
            market = await self._markets.find(request.symbol, venue=account.venue)
        except UnknownMarket:
            if _is_counter(request, markets):
                return None, _as_total(request)
            raise
        return market, _in_currency_of(market, request)

    async def _situation(self, request: OrderRequest, market: Market, ticker: Ticker, account: Account) -> Situation:
        balances = await self._balances.read(account)
        book = None
        if request.price is None:
            book = await self._exchanges[account.venue].order_book(market.code, priority=Priority.PERSON)
        return Situation(
            market=market,
            ticker=ticker,
            book=book,
            base=balances.of(market.base),
            counter=balances.of(market.counter),
        )

    async def _offered(self, request: OrderRequest, who: "_Asker") -> tuple[Market, ...]:
        """Markets used, then starred, then lively ones; where an amount names a counter currency, only its markets."""
        venue = who.account.venue
        codes: list[str] = list(await self._store.recent_markets(who.person, limit=_OFFERED_MARKETS))
        starred = await self._markets.favourites(who.chat, venue=venue)
        lively = await self._markets.liveliest(venue=venue, count=2 * _OFFERED_MARKETS)
        codes += [quote.market.code for quote in (*starred, *lively)]
        known = await self._named(tuple(dict.fromkeys(codes)), who.account)
        return tuple(market for market in known if request.total_currency in (None, market.counter))[:_OFFERED_MARKETS]

    async def _named(self, codes: tuple[str, ...], account: Account) -> tuple[Market, ...]:
        """The listed markets among some codes, in their order."""
        listed = {market.code: market for market in await self._markets.listed(account.venue)}
        return tuple(listed[MarketCode(code)] for code in codes if code in listed)

    async def _ask(
        self, draft: OrderDraft, who: "_Asker", *, problem: str = "", facts: Situation | Quote | None = None
    ) -> Asked:
        dialogue = await self._questions.ask(draft, person=who.person, chat=who.chat)
        return Asked(dialogue=dialogue, draft=draft, account=who.account, problem=problem, facts=facts)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asker:
    """Who is ordering, where, with which account."""

    person: PersonId
    chat: ChatId
    account: Account


def _is_counter(request: OrderRequest, markets: tuple[Market, ...]) -> bool:
    """`/buy 100 USDT`: an amount of a currency that markets are priced in, no market yet."""
    return (
        request.quantity is not None
        and request.quantity.kind is QuantityKind.VOLUME
        and any(market.counter == request.symbol for market in markets)
    )


def _as_total(request: OrderRequest) -> OrderRequest:
    quantity = request.quantity
    if quantity is None:
        raise ValueError("only an amount can be in a currency")
    total = Quantity(kind=QuantityKind.TOTAL, value=quantity.value)
    return replace(request, symbol=None, quantity=total, total_currency=request.symbol)


def _in_currency_of(market: Market, request: OrderRequest) -> OrderRequest:
    """Check `100 USDT of BTC` against the market: USDT must be its counter currency (or its base: then a volume)."""
    unit, quantity = request.total_currency, request.quantity
    if unit is None or quantity is None or unit == market.counter:
        return request
    if unit == market.base:
        volume = Quantity(kind=QuantityKind.VOLUME, value=quantity.value)
        return replace(request, quantity=volume, total_currency=None)
    raise InputError(f"{market.pair} is priced in {market.counter}, not in {unit}. Say the amount in {market.counter}.")
