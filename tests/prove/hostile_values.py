"""What views draw, with words of a test's choice wherever words come from outside."""

from collections.abc import Callable
from dataclasses import replace
from datetime import time, timedelta
from decimal import Decimal
from typing import Any

from chatbot.domain.accounts import Venue
from chatbot.domain.alert_drafts import AlertChoice, AlertDraft, AlertKind, AlertQuestion, AlertRequest
from chatbot.domain.alert_text import read_note
from chatbot.domain.aliases import Alias, read_alias
from chatbot.domain.audit import Deed, Entry, Event
from chatbot.domain.chats import ChatType, KnownChat, Subscriptions, Topic
from chatbot.domain.digests import Digest
from chatbot.domain.drafts import (
    Choice,
    Dialogue,
    OrderDraft,
    OrderRequest,
    Quantity,
    QuantityKind,
    Question,
    WithdrawalChoice,
    WithdrawalDraft,
    WithdrawalRequest,
)
from chatbot.domain.errors import Cause, InputError
from chatbot.domain.ids import (
    AccountId,
    AliasId,
    ChatId,
    DialogueId,
    DigestId,
    LimitChangeId,
    MarketCode,
    MessageId,
    PersonId,
)
from chatbot.domain.intents import Withdraw, WithdrawTerms
from chatbot.domain.limits import Counted, LimitChange, LimitKind, Limits, Spend, SpendKind
from chatbot.domain.market import Market
from chatbot.domain.money import Amount
from chatbot.domain.notices import BalanceChange, BalanceMoved, DigestDue, NoticeKind, NoticeMode, OrderMoved
from chatbot.domain.orders import Balance, OrderFilter, OrderPage, OrderStatus
from chatbot.domain.people import Person, Role
from chatbot.domain.places import Place
from chatbot.domain.preferences import Preferences
from chatbot.domain.sizing import Situation
from chatbot.domain.tickets import CancelState, Lost, RefusedBy, Ticket, TicketState
from chatbot.exchange.andx.words import is_code
from chatbot.ports.limits import ChangedLimit
from chatbot.services.accounts import Check, LinkReport, SwapKeyReport
from chatbot.services.alert_readings import SeenAlert
from chatbot.services.alert_results import AlertAsked, AlertList, AlertSet
from chatbot.services.aliases import AliasList
from chatbot.services.audit import AuditPage
from chatbot.services.balances import Holding, Holdings
from chatbot.services.digests import Summary
from chatbot.services.limits import LimitOverview, LimitSet
from chatbot.services.markets import Quote
from chatbot.services.orders import OrderList
from chatbot.services.trading import Asked
from chatbot.services.withdrawals import AskedWithdrawal
from handlers.views.groups import Spot
from handlers.views.screen import Shown
from handlers.views.settings import Chosen
from tests.fakes.values import BTC, balance, book, ticker
from tests.handlers.views.alert_examples import HERE, an_alert
from tests.handlers.views.examples import MAIN, NOW, cancel_ticket, line, order, order_ticket, told

DAY = timedelta(days=1)
Word = Callable[[], str]
"""Gives the next words from outside."""
Draw = Callable[[Word], Shown | None]


def code(word: Word) -> str:
    """A code as the exchange may send it; one that its adapter does not take is never shown."""
    said = word()
    return said if is_code(said) else "XRP"


def name(word: Word) -> str:
    """An alias as a person may type it; one that holds unseen characters is not taken."""
    try:
        return read_alias(word())
    except InputError:
        return "savings"


def account(word: Word) -> Any:
    """Labels are the program's own; the end of a key is what its owner typed."""
    return replace(MAIN, key_tail=word()[-4:])


def market(word: Word) -> Market:
    return replace(BTC, base=code(word), counter=code(word), base_name=word(), counter_name=word())


def alias(word: Word, number: int = 1, currency: str = "XRP") -> Alias:
    return Alias(
        id=AliasId(number),
        account=MAIN.id,
        currency=currency,
        name=name(word),
        added_at=NOW,
        by=MAIN.person,
        held_until=NOW + DAY,
    )


def person(word: Word, number: int = 7) -> Person:
    return Person(id=PersonId(number), name=word(), role=Role.MEMBER, joined_at=NOW - DAY)


def an_order(word: Word, status: OrderStatus = OrderStatus.NEW) -> Any:
    return replace(order(status, executed="0.005"), base=code(word), counter=code(word))


def listed(word: Word) -> OrderList:
    page = OrderPage(orders=tuple(an_order(word) for _ in range(20)), number=1, has_next=True, pages=None)
    return OrderList(account=account(word), which=OrderFilter.OPEN, market=None, page=page, at=NOW)


def order_card(word: Word, state: TicketState = TicketState.PENDING, **changes: Any) -> Ticket:
    plain: Any = order_ticket(state, **changes)
    terms = replace(plain.terms, warnings=("far away",), left=Amount(Decimal(5), "USDT"))
    intent = replace(plain.intent, base=code(word), counter=code(word))
    ticket: Ticket = replace(plain, intent=intent, terms=terms)
    return ticket


def refused_order(word: Word) -> Ticket:
    return order_card(word, TicketState.REFUSED, outcome=RefusedBy(code=1, reason=word()))


def moved_order(word: Word, status: OrderStatus = OrderStatus.PARTIALLY_FILLED) -> OrderMoved:
    moved = an_order(word, status)
    return OrderMoved(account=MAIN.label, venue=Venue.ANDX, order=moved, part=moved.executed, at=NOW, since=NOW - DAY)


def moved_balance(word: Word, of: Ticket) -> BalanceMoved:
    """Two currencies, one of which a withdrawal explains."""
    changes = tuple(
        BalanceChange(currency=code(word), by=Decimal(-1), total=Decimal(2), worth=None, ticket=ticket)
        for ticket in (None, of.id)
    )
    return BalanceMoved(account=MAIN.label, venue=Venue.ANDX, changes=changes, at=NOW)


def withdrawal(word: Word, state: TicketState, **changes: Any) -> Ticket:
    currency = code(word)
    intent = Withdraw(account=MAIN.id, currency=currency, amount=Decimal("100.25"), alias=name(word))
    terms = WithdrawTerms(
        before=Amount(Decimal(500), currency),
        after=Amount(Decimal("399.75"), currency),
        uses=0,
        hold=DAY,
        held_until=NOW + DAY,
        value=None,
        left=Amount(Decimal(5), currency),
    )
    return order_ticket(state, intent=intent, terms=terms, number="4711", **changes)


def uncertain(word: Word) -> Ticket:
    lost = Lost(cause=Cause.BROKEN, available=Amount(Decimal(1), code(word)))
    return withdrawal(word, TicketState.UNCERTAIN, outcome=lost)


def dialogue() -> Dialogue:
    return Dialogue(
        id=DialogueId("q" * 22),
        person=MAIN.person,
        chat=ChatId(MAIN.person),
        message=MessageId(1),
        draft=_ORDER_DRAFT,
        expires_at=NOW + DAY,
    )


def asked(word: Word) -> Asked:
    request = replace(_REQUEST, symbol=word(), total_currency=code(word))
    choices = tuple(Choice(label=code(word), request=request) for _ in range(3))
    draft = OrderDraft(request=request, asking=Question.QUANTITY, choices=choices)
    facts = Situation(
        market=market(word),
        ticker=ticker(),
        book=book(),
        base=balance(code(word), "1"),
        counter=balance(code(word), "1"),
    )
    return Asked(dialogue=dialogue(), draft=draft, account=account(word), facts=facts)


def asked_withdrawal(word: Word) -> AskedWithdrawal:
    request = WithdrawalRequest(currency=code(word), quantity=_REQUEST.quantity, alias=name(word))
    choices = tuple(WithdrawalChoice(label=name(word), request=request) for _ in range(9))
    draft = WithdrawalDraft(request=request, asking=Question.ALIAS, choices=choices)
    available = Amount(Decimal(3), code(word))
    return AskedWithdrawal(dialogue=dialogue(), draft=draft, account=account(word), available=available)


def change(word: Word) -> LimitChange:
    return LimitChange(
        id=LimitChangeId(1),
        account=AccountId(1),
        kind=LimitKind.WITHDRAWALS,
        currency=code(word),
        value=Decimal(5),
        asked_at=NOW,
        effective_at=NOW + DAY,
        by=MAIN.person,
    )


def overview(word: Word) -> LimitOverview:
    currency = code(word)
    spend = Spend(kind=SpendKind.WITHDRAWAL, currency=currency, amount=Decimal(1), value=Decimal(1))
    own = Limits(by_currency={currency: Decimal(7)})
    counted = (Counted(spend=spend, until=None),)
    return LimitOverview(account=account(word), limits=own, counted=counted, waiting=(change(word),))


def entry(word: Word, number: int = 1) -> Entry:
    event = Event(
        deed=Deed.CONFIRMED,
        person=PersonId(7),
        about=PersonId(8),
        chat=ChatId(-5),
        account=word(),
        subject=word(),
        result=word(),
    )
    return Entry(seq=number, at=NOW, event=event)


def page(word: Word) -> AuditPage:
    names = {PersonId(7): word(), PersonId(8): word()}
    return AuditPage(entries=tuple(entry(word, at) for at in range(12)), names=names, older=3)


def holdings(word: Word) -> Holdings:
    held = [
        Holding(balance=Balance(currency=code(word), total=Decimal(2), available=Decimal(1)), worth=None)
        for _ in range(9)
    ]
    return Holdings(
        account=account(word),
        account_name=name(word),
        large=tuple(held[:4]),
        dust=tuple(held[4:]),
        zeros=tuple(code(word) for _ in range(15)),
        total=Decimal(5),
        at=NOW,
    )


def chosen(word: Word) -> Chosen:
    return Chosen(
        chat=ChatId(-7),
        title=word(),
        here=False,
        preferences=Preferences(zone=word()),
        modes=dict.fromkeys(NoticeKind, NoticeMode.ON),
        favourites=tuple((code(word), f"{code(word)}/{code(word)}") for _ in range(60)),
        used=1,
        allowance=50,
        prefix=f"{known_chat(word).handle} ",
    )


def known_chat(word: Word, kind: ChatType = ChatType.SUPERGROUP) -> KnownChat:
    return KnownChat(id=ChatId(-7), type=kind, title=word(), is_forum=True)


def spot(word: Word) -> Spot:
    return Spot(
        chat=known_chat(word),
        thread=12,
        topic=Topic(name=word()),
        going_on=Subscriptions(alerts=1),
        in_topic=Subscriptions(alerts=1),
        used=1,
        allowance=50,
        rights=None,
        preferences=Preferences(zone=word()),
        now=NOW,
    )


def seen_alert(word: Word, currency: str = "") -> SeenAlert:
    """A note may hold anything that a line may."""
    alert = an_alert(note=read_note(word()[:100]), market=MarketCode("BTCUSDT"), base=currency or code(word))
    return SeenAlert(alert=alert, price=Decimal(5), reading=Decimal(5))


def alert_list(word: Word) -> AlertList:
    currency = code(word)
    return AlertList(place=HERE, alerts=tuple(seen_alert(word, currency) for _ in range(15)), used=15, allowance=50)


def topics(word: Word) -> dict[Place, str]:
    return {HERE: f"in {word()}"}


def alert_set(word: Word) -> AlertSet:
    return AlertSet(seen=seen_alert(word), used=1, allowance=50, is_new=True)


def asked_alert(word: Word) -> AlertAsked:
    request = AlertRequest(symbol=word()[:50], kind=AlertKind.PRICE)
    choices = tuple(AlertChoice(label=f"{code(word)}/{code(word)}", request=request) for _ in range(6))
    draft = AlertDraft(place=HERE, request=request, asking=AlertQuestion.MARKET, choices=choices)
    return AlertAsked(dialogue=dialogue(), draft=draft, venue=Venue.PAPER)


DUE = DigestDue(venue=Venue.ANDX, markets=(), at=NOW, late=True)


def summary(word: Word) -> Summary:
    return Summary(
        quotes=tuple(quote(word) for _ in range(8)),
        up=tuple(quote(word) for _ in range(3)),
        down=tuple(quote(word) for _ in range(3)),
    )


def digest(word: Word) -> Digest:
    return Digest(
        id=DigestId(1),
        place=Place(chat=ChatId(-7)),
        venue=Venue.ANDX,
        markets=(MarketCode(code(word)),),
        at=time(9),
        next_at=NOW,
        set_by=None,
    )


def failed(word: Word) -> Check:
    return Check(works=False, status=401, reason=word())


def report(word: Word, *, linked: bool) -> LinkReport:
    known = account(word) if linked else None
    return LinkReport(venue=Venue.ANDX, account=known, balances=failed(word), orders=failed(word))


def swap_key_report(word: Word, *, linked: bool) -> SwapKeyReport:
    known = account(word) if linked else None
    return SwapKeyReport(venue=Venue.NEXCHANGE, account=known, orders=failed(word))


_REQUEST = OrderRequest(side=line().side, quantity=Quantity(kind=QuantityKind.TOTAL, value=Decimal(5)))
_ORDER_DRAFT = OrderDraft(request=_REQUEST, asking=None)


def cancelled(word: Word) -> Ticket:
    """Fifty orders, each refused with words of its own."""
    lines = tuple(replace(line(54_259 + at), base=code(word), counter=code(word)) for at in range(25))
    results = told(*((CancelState.REFUSED, word()) for _ in lines))
    return cancel_ticket(TicketState.DONE, results, lines=lines)


def aliases(word: Word) -> AliasList:
    currency = code(word)
    known = tuple(alias(word, at, currency) for at in range(20))
    return AliasList(accounts=(account(word),), aliases=known, hold=DAY)


def changed(word: Word) -> LimitSet:
    return LimitSet(account=account(word), changed=ChangedLimit(change=change(word), before=None, dropped=change(word)))


def quote(word: Word) -> Quote:
    return Quote(market=market(word), ticker=ticker())
