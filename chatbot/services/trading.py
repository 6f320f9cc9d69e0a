"""From what a person said to a card: complete an order question by question, size it, open its ticket."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from chatbot.domain.accounts import DEFAULT_ACCOUNT_NAME, Account, Venue
from chatbot.domain.drafts import (
    DIALOGUE_LIFETIME,
    Choice,
    Dialogue,
    OrderDraft,
    OrderRequest,
    Quantity,
    QuantityKind,
    Question,
)
from chatbot.domain.errors import InputError, UnknownMarket
from chatbot.domain.ids import ChatId, DialogueId, MessageId, PersonId
from chatbot.domain.intents import PlaceOrder
from chatbot.domain.market import Market, Ticker
from chatbot.domain.money import parse_decimal
from chatbot.domain.order_text import parse_order
from chatbot.domain.orders import OrderType, Side
from chatbot.domain.sizing import OrderUnfit, Situation, price_presets, share_of_most, size_order
from chatbot.domain.tickets import Ticket
from chatbot.ports.clock import Clock, Entropy
from chatbot.ports.dialogues import Dialogues
from chatbot.ports.exchange import Exchange, Priority
from chatbot.ports.tickets import Tickets as TicketStore
from chatbot.services.accounts import Accounts
from chatbot.services.balances import BalanceReader
from chatbot.services.markets import Markets
from chatbot.services.tickets import Tickets

_SHARES = (25, 50, 75, 100)
_OFFERED_MARKETS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question put back to the person. `problem` says what was wrong with the last answer, if anything.

    `market`, `ticker` and `available` are facts to decide by, where they are known.
    """

    dialogue: Dialogue
    draft: OrderDraft
    account: Account
    problem: str = ""
    market: Market | None = None
    ticker: Ticker | None = None
    situation: Situation | None = None


class OrderDesk:
    """Takes orders. Every way of saying one ends in `advance`."""

    def __init__(
        self,
        *,
        exchanges: Mapping[Venue, Exchange],
        accounts: Accounts,
        balances: BalanceReader,
        markets: Markets,
        tickets: Tickets,
        store: TicketStore,
        dialogues: Dialogues,
        clock: Clock,
        entropy: Entropy,
    ) -> None:
        self._exchanges = exchanges
        self._accounts = accounts
        self._balances = balances
        self._markets = markets
        self._tickets = tickets
        self._store = store
        self._dialogues = dialogues
        self._clock = clock
        self._entropy = entropy

    async def say(self, text: str, *, side: Side, person: PersonId, chat: ChatId) -> Asked | Ticket:
        """A whole command line. Raises `InputError` for what cannot be understood."""
        return await self.advance(parse_order(text, side=side), person=person, chat=chat, guided=False)

    async def choose(
        self, dialogue: DialogueId, choice: int, *, person: PersonId, chat: ChatId
    ) -> Asked | Ticket | None:
        """A tap on one of the offered answers; None if the question is over."""
        found = await self._dialogues.get(dialogue, person=person, now=self._clock.now())
        if found is None or found.chat != chat or not isinstance(found.draft, OrderDraft):
            return None
        if not 0 <= choice < len(found.draft.choices):
            return None
        request = found.draft.choices[choice].request
        return await self.advance(request, person=person, chat=chat, guided=found.draft.asking is not None)

    async def answer(self, dialogue: Dialogue, text: str) -> Asked | Ticket:
        """A typed answer to the open question. Raises `InputError`; the question then stays open."""
        if not isinstance(dialogue.draft, OrderDraft):
            raise TypeError("not an order's dialogue")
        request = answered(dialogue.draft, text)
        return await self.advance(request, person=dialogue.person, chat=dialogue.chat, guided=True)

    async def shown(self, asked: Asked, message: MessageId) -> None:
        """Remember which message the question is."""
        await self._dialogues.put(replace(asked.dialogue, message=message))

    async def drop(self, *, person: PersonId, chat: ChatId) -> None:
        """Forget the open question."""
        await self._dialogues.close(chat, person=person)

    async def again(self, ticket: Ticket) -> Asked | Ticket:
        """A new card for the same order, with today's terms."""
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
        )
        return await self.advance(request, person=ticket.person, chat=ticket.chat, guided=False)

    async def advance(self, request: OrderRequest, *, person: PersonId, chat: ChatId, guided: bool) -> Asked | Ticket:
        """Ask for the next missing thing, or open the ticket. `guided` orders are asked market or limit, too.

        Raises `NotLinked`, `Unavailable`, `KeyRejected`, `Refused`.
        """
        account = await self._accounts.active(person)
        step = _Step(desk=self, person=person, chat=chat, account=account)
        try:
            market, request = await self._resolve(request, account)
        except UnknownMarket as error:
            return await step.ask_market(request, problem=str(error), nearest=error.nearest)
        if market is None:
            return await step.ask_market(request)
        ticker = await self._markets.ticker(market.code, venue=account.venue)
        if ticker is None:
            raise InputError(f"{market.pair} has no prices right now, so it cannot be traded here.")
        if request.quantity is None:
            situation = await self._situation(request, market, ticker, account)
            return await step.ask_quantity(request, situation)
        if request.type is None and guided:
            return await step.ask_type(request, market, ticker)
        if request.type is OrderType.LIMIT and request.price is None:
            return await step.ask_price(request, market, ticker)
        return await self._open(request, market, ticker, step)

    async def _open(self, request: OrderRequest, market: Market, ticker: Ticker, step: "_Step") -> Asked | Ticket:
        situation = await self._situation(request, market, ticker, step.account)
        try:
            sized = size_order(request, situation)
        except OrderUnfit as error:
            return await step.offer_correction(request, error, situation)
        await self._dialogues.close(step.chat, person=step.person)
        intent = PlaceOrder(
            account=step.account.id,
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
        return await self._tickets.open(intent, sized.terms, person=step.person, chat=step.chat, account=step.account)

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

    async def offered_markets(self, person: PersonId, account: Account) -> tuple[str, ...]:
        """Markets used, then starred, then lively ones."""
        codes: list[str] = list(await self._store.recent_markets(person, limit=_OFFERED_MARKETS))
        starred = await self._markets.favourites(person, venue=account.venue)
        lively = await self._markets.liveliest(venue=account.venue, count=_OFFERED_MARKETS)
        codes += [quote.market.code for quote in (*starred, *lively)]
        listed = {market.code for market in await self._markets.listed(account.venue)}
        return tuple(code for code in dict.fromkeys(codes) if code in listed)[:_OFFERED_MARKETS]

    async def keep(self, draft: OrderDraft, *, person: PersonId, chat: ChatId) -> Dialogue:
        """Store a question; it replaces the one that was open here."""
        dialogue = Dialogue(
            id=DialogueId(self._entropy.token()),
            person=person,
            chat=chat,
            message=None,
            draft=draft,
            expires_at=self._clock.now() + DIALOGUE_LIFETIME,
        )
        await self._dialogues.put(dialogue)
        return dialogue


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """One question to one person: builds its choices and keeps it."""

    desk: OrderDesk
    person: PersonId
    chat: ChatId
    account: Account

    async def ask_market(self, request: OrderRequest, *, problem: str = "", nearest: tuple[str, ...] = ()) -> Asked:
        codes = nearest or await self.desk.offered_markets(self.person, self.account)
        choices = tuple(Choice(label=code, request=replace(request, symbol=code)) for code in codes)
        return await self._ask(replace(request, symbol=None), Question.MARKET, choices, problem=problem)

    async def ask_quantity(self, request: OrderRequest, situation: Situation) -> Asked:
        choices = quantity_choices(request, situation)
        return await self._ask(request, Question.QUANTITY, choices, situation=situation)

    async def ask_type(self, request: OrderRequest, market: Market, ticker: Ticker) -> Asked:
        choices = (
            Choice(label="At the market", request=replace(request, type=OrderType.MARKET)),
            Choice(label="Limit price…", request=replace(request, type=OrderType.LIMIT)),
        )
        return await self._ask(request, Question.TYPE, choices, market=market, ticker=ticker)

    async def ask_price(self, request: OrderRequest, market: Market, ticker: Ticker) -> Asked:
        presets = price_presets(request.side, market=market, ticker=ticker)
        choices = tuple(
            Choice(label=f"{name} {price:,f}", request=replace(request, price=price)) for name, price in presets
        )
        return await self._ask(request, Question.PRICE, choices, market=market, ticker=ticker)

    async def offer_correction(self, request: OrderRequest, error: OrderUnfit, situation: Situation) -> Asked:
        choices = () if error.corrected is None else (Choice(label=error.label, request=error.corrected),)
        return await self._ask(request, None, choices, problem=error.sentence, situation=situation)

    async def _ask(
        self,
        request: OrderRequest,
        question: Question | None,
        choices: tuple[Choice, ...],
        *,
        problem: str = "",
        market: Market | None = None,
        ticker: Ticker | None = None,
        situation: Situation | None = None,
    ) -> Asked:
        draft = OrderDraft(request=request, asking=question, choices=choices)
        dialogue = await self.desk.keep(draft, person=self.person, chat=self.chat)
        return Asked(
            dialogue=dialogue,
            draft=draft,
            account=self.account,
            problem=problem,
            market=situation.market if situation else market,
            ticker=situation.ticker if situation else ticker,
            situation=situation,
        )


def quantity_choices(request: OrderRequest, situation: Situation) -> tuple[Choice, ...]:
    """25, 50, 75 % and everything, each only if it would not bounce."""
    choices = []
    for percent in _SHARES:
        share = Decimal(percent)
        volume = share_of_most(share, side=request.side, price=request.price, situation=situation)
        if volume:
            name = "Max" if percent == 100 else f"{percent}%"
            quantity = Quantity(kind=QuantityKind.PERCENT, value=share)
            label = f"{name} · {_short(volume)} {situation.market.base}"
            choices.append(Choice(label=label, request=replace(request, quantity=quantity)))
    return tuple(choices)


def answered(draft: OrderDraft, text: str) -> OrderRequest:
    """The request after a typed answer to its question. Raises `InputError`."""
    request = draft.request
    if draft.asking is Question.PRICE:
        return replace(request, price=_typed_price(text), type=OrderType.LIMIT)
    said = parse_order(text, side=request.side)
    if draft.asking is Question.MARKET and said.symbol is None:
        raise InputError("Which market? Write its name, like BTC or BTC/USDT, or tap one.")
    if draft.asking is Question.QUANTITY and said.quantity is None:
        raise InputError("How much? Write it like 0.01, 25% or all, or tap one.")
    if draft.asking is Question.TYPE and said.type is None and said.quantity is not None and said.price is None:
        # A lone number here is a price: the size is known already.
        return replace(request, price=said.quantity.value, type=OrderType.LIMIT)
    return replace(
        request,
        symbol=said.symbol or request.symbol,
        quantity=said.quantity or request.quantity,
        total_currency=said.total_currency if said.quantity else request.total_currency,
        type=said.type or request.type,
        price=said.price if said.price is not None else request.price,
        post_only=said.post_only or request.post_only,
    )


def _typed_price(text: str) -> Decimal:
    price = parse_decimal(text.strip().removeprefix("@").removeprefix("at ").strip())
    if not price:
        raise InputError("A price must be more than zero.")
    return price


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


def _short(volume: Decimal) -> str:
    return format(volume.normalize(), "f")
