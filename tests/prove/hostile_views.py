"""Every view with a place for words from outside, drawn with words of a test's choice, module by module."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from types import ModuleType

from chatbot.domain.accounts import SessionState, Venue
from chatbot.domain.charts import Span
from chatbot.domain.chats import ChatType
from chatbot.domain.drafts import AmountDraft
from chatbot.domain.errors import InputError, KeyRejected, Obstacle, Refused, Stopped, UnknownMarket
from chatbot.domain.ids import ChatId, PersonId
from chatbot.domain.limits import LimitKind
from chatbot.domain.money import Amount
from chatbot.domain.notices import (
    Alarm,
    AlarmKind,
    AlertsMissed,
    ChatJoined,
    KeyWorks,
    Loss,
    PersonJoined,
    PlaceLost,
    Undelivered,
)
from chatbot.domain.orders import OrderStatus
from chatbot.domain.protected import Unlock
from chatbot.domain.secrets import Secret
from chatbot.domain.shortcuts import AmountUse
from chatbot.domain.tickets import Ticket, TicketState
from chatbot.services.accounts import Check
from chatbot.services.aliases import AddedAlias
from chatbot.services.charts import DrawnMarket
from chatbot.services.factors import SetUp
from chatbot.services.forgetting import Outlook
from chatbot.services.limits import LimitAsked
from chatbot.services.locks import StopReport
from chatbot.services.markets import Matches
from chatbot.services.panic import Sweep
from chatbot.services.people import OneTimeLink
from chatbot.services.protection import Challenge
from chatbot.services.sessions import SessionReport
from chatbot.services.zones import NamedZone
from handlers.actions import SettingsPage
from handlers.views import (
    accounts,
    alert_cards,
    alerts,
    aliases,
    audit,
    audit_csv,
    balances,
    boards,
    cancel_cards,
    charts,
    conversions,
    convert_cards,
    convert_doubts,
    deposit,
    digests,
    door,
    errors,
    exports,
    factors,
    follow_ups,
    forget,
    groups,
    history,
    inline,
    limits,
    locks,
    markets,
    notices,
    order_cards,
    orders,
    people,
    portfolio,
    protection,
    routes,
    sessions,
    settings,
    shortcuts,
    start,
    swap_asking,
    swap_cards,
    swap_help,
    swaps,
    tickets,
    trades,
    trading,
    withdrawal_cards,
    withdrawals,
)
from handlers.views.screen import File, Screen, Shown
from tests.fakes.pictures import png
from tests.fakes.values import book
from tests.handlers.views.alert_examples import a_hit
from tests.handlers.views.examples import MAIN, NOW, done
from tests.prove import hostile_conversions, hostile_portfolios, hostile_routes, hostile_swaps, hostile_trades
from tests.prove import hostile_values as some
from tests.prove.hostile_values import DAY, Word

Draw = Callable[[Word], Shown | None]


def _csv(word: Word) -> File:
    table = audit_csv.Table()
    table.add([some.entry(word)], {PersonId(7): word()})
    return File(name="audit.csv", content=table.content(), caption=audit.exported(entries=1, part=1))


def _card(make: Callable[[Word], Ticket]) -> Draw:
    return lambda word: tickets.card(make(word), now=NOW)


def _withdrawal_in(state: TicketState) -> Draw:
    return lambda word: tickets.card(some.withdrawal(word, state), now=NOW)


def _left(state: TicketState) -> Draw:
    """Money that left an account, some of it by a withdrawal."""

    def draw(word: Word) -> Screen | None:
        sent = some.withdrawal(word, state)
        moved = some.moved_balance(word, sent)
        return follow_ups.balance_moved(moved, {sent.id: sent}, dust=Decimal(0), now=NOW)

    return draw


def _stopped(obstacle: Obstacle) -> Draw:
    def draw(word: Word) -> Screen | None:
        currency = some.code(word)
        limit = Amount(Decimal(5), currency)
        return errors.describe(Stopped(obstacle, limit=limit, left=limit, currency=currency, share=Decimal("0.1")))

    return draw


def _inline_card(at: int) -> Draw:
    """One of the cards for two markets: both together, the first, the second."""

    def draw(word: Word) -> Screen:
        found = Matches(named=(some.quote(word), some.quote(word)), near=())
        return Screen(inline.matches(found, venue=Venue.ANDX).offers[at].card)

    return draw


def _loose(word: Word) -> AmountDraft:
    return AmountDraft(amount=Decimal("0.5"), currency=some.code(word))


def _drawn(word: Word, picture: bytes | None = None) -> DrawnMarket:
    return DrawnMarket(market=some.market(word), picture=picture, without_orders=True)


def _alarm(kind: AlarmKind) -> Draw:
    return lambda word: notices.alarm(
        Alarm(kind=kind, at=NOW, account=MAIN.label, subject=word(), due=NOW + DAY), now=NOW
    )


def _command(word: Word) -> Screen:
    return door.unknown_command(word(), nearest=None)


def _quoted_back(word: Word) -> Screen | None:
    return errors.describe(InputError(f"I understood “buy”, but not “{word()[:40]}”."))


QUOTED_BACK = frozenset({_quoted_back})
"""A person's own words, said back to nobody but them: a link in them leads where they wrote that it leads."""


def _session(word: Word, *, linked: bool) -> SessionReport:
    return SessionReport(
        account=some.account(word),
        state=SessionState(tail=word()[-4:], linked_at=NOW) if linked else None,
        history=Check(works=linked, status=1101, reason=word()),
    )


VIEWS: Mapping[ModuleType, tuple[Draw, ...]] = {
    routes: (
        lambda word: routes.compared(hostile_routes.compared(word)),
        lambda word: routes.compared(hostile_routes.failed(word)),
        lambda word: routes.not_said(hostile_routes.draft(word)),
    ),
    sessions: (
        lambda word: sessions.report(_session(word, linked=True)),
        lambda word: sessions.report(_session(word, linked=False)),
        lambda word: Screen(sessions.line(SessionState(tail=word()[-4:], linked_at=NOW), now=NOW)),
    ),
    accounts: (
        lambda word: accounts.accounts(
            (some.account(word), some.account(word)), some.account(word), practice=True, sessions={}, now=NOW
        ),
        lambda word: accounts.report(some.report(word, linked=True)),
        lambda word: accounts.report(some.report(word, linked=False)),
        lambda word: accounts.swap_key_report(some.swap_key_report(word, linked=True)),
        lambda word: accounts.swap_key_report(some.swap_key_report(word, linked=False)),
        lambda word: accounts.ask_unlink(some.account(word)),
    ),
    alert_cards: (
        lambda word: alert_cards.question(some.asked_alert(word), private=True, title=word()),
        lambda word: alert_cards.was_set(some.alert_set(word), now=NOW, title=word()),
        lambda word: alert_cards.card(some.seen_alert(word), now=NOW, title=word()),
        lambda word: alert_cards.edit_menu(some.seen_alert(word), now=NOW, private=True, title=word()),
        lambda word: alert_cards.answered(some.asked_alert(word).draft, word(), pair=word()),
        lambda word: alert_cards.deleted(some.seen_alert(word).alert, title=None),
    ),
    alerts: (
        lambda word: alerts.alerts(some.alert_list(word), page=1, now=NOW, title=word(), topics=some.topics(word)),
        lambda word: alerts.ask_clear(some.alert_list(word), None, title=word()),
        lambda word: alerts.fired(
            (some.seen_alert(word).alert, a_hit(meant_for=word())), now=NOW, private=True, keys=True
        ),
        lambda word: alerts.fired_together(
            [(some.seen_alert(word).alert, a_hit()) for _ in range(10)], now=NOW, private=True, keys=True
        ),
    ),
    aliases: (
        lambda word: aliases.aliases(some.aliases(word), page=1, now=NOW),
        lambda word: aliases.added(
            AddedAlias(account=some.account(word), alias=some.alias(word), is_new=True), now=NOW
        ),
        lambda word: aliases.ask_remove(some.alias(word, 1, some.code(word)), hold=DAY),
        lambda word: aliases.removed(some.alias(word, 1, some.code(word))),
    ),
    audit: (
        lambda word: audit.own(some.page(word), is_owner=True, first=False),
        lambda word: audit.everybodys(some.page(word), first=True),
    ),
    audit_csv: (_csv,),
    balances: (lambda word: balances.holdings(some.holdings(word), now=NOW),),
    boards: (
        lambda word: boards.board((some.quote(word),), venue=Venue.PAPER, at=NOW),
        lambda word: boards.set_up((some.quote(word),), title=word(), prefix=f"{some.known_chat(word).handle} "),
        lambda word: boards.ended(title=word()),
        lambda word: boards.vanished(title=word(), handle=some.known_chat(word).handle),
    ),
    cancel_cards: (_card(some.cancelled),),
    charts: (
        lambda word: charts.chart(_drawn(word), span=Span.DAY, venue=Venue.PAPER, now=NOW),
        lambda word: charts.chart(_drawn(word, png()), span=Span.WEEK, venue=Venue.PAPER, now=NOW),
        lambda word: charts.depth(_drawn(word), venue=Venue.PAPER, now=NOW),
        lambda word: charts.depth(_drawn(word, png()), venue=Venue.PAPER, now=NOW),
    ),
    deposit: hostile_swaps.DEPOSITS,
    digests: (
        lambda word: digests.digest(some.summary(word), some.DUE, picture=None, now=NOW),
        lambda word: digests.chosen(some.digest(word), pairs=(some.code(word),), title=word(), now=NOW),
        lambda word: digests.none_yet(title=word(), prefix=f"{some.known_chat(word).handle} "),
        lambda word: digests.gone(title=word()),
    ),
    door: (_command, lambda word: door.incident(word()[:6])),
    errors: (
        lambda word: errors.describe(Refused(code=1, reason=word())),
        lambda word: errors.describe(KeyRejected(status=401, reason=word())),
        _quoted_back,
        *(_stopped(obstacle) for obstacle in Obstacle),
        *hostile_swaps.ERRORS,
    ),
    factors: (
        lambda word: factors.set_up(SetUp(secret=Secret("ABCD"), uri=Secret("otpauth://x"), expires_at=NOW), now=NOW),
    ),
    follow_ups: (
        lambda word: follow_ups.orders_moved([some.moved_order(word, status) for status in OrderStatus], now=NOW),
        *(_left(state) for state in (TicketState.DONE, TicketState.UNCERTAIN)),
    ),
    forget: (lambda word: forget.ask(Outlook(accounts=len(word()), named_owner=True, last_owner=False)),),
    groups: (
        lambda word: groups.place(some.spot(word)),
        lambda word: groups.managed(some.spot(word), some.known_chat(word)),
        lambda word: groups.private(some.spot(word), tuple(some.known_chat(word) for _ in range(40))),
        lambda word: groups.joined(ChatJoined(chat=ChatId(-7), alerts=2), some.known_chat(word)),
        lambda word: groups.joined(ChatJoined(chat=ChatId(-7)), some.known_chat(word, ChatType.CHANNEL)),
    ),
    inline: (*(_inline_card(at) for at in range(3)),),
    limits: (
        lambda word: limits.overview(some.overview(word), now=NOW),
        lambda word: limits.asking(
            LimitAsked(
                dialogue=some.dialogue(),
                account=some.account(word),
                kind=LimitKind.WITHDRAWALS,
                currency=some.code(word),
                holds=Decimal(5),
            )
        ),
        lambda word: limits.changed(some.changed(word), now=NOW),
        lambda word: limits.kept(some.change(word)),
    ),
    locks: (
        lambda word: locks.locked(StopReport(), has_factor=word() is None),
        lambda word: locks.panic_over([Sweep(account=some.account(word), sent=2) for _ in range(10)], unknown=1),
    ),
    markets: (
        lambda word: markets.price(some.quote(word), venue=Venue.ANDX, now=NOW, private=True),
        lambda word: markets.prices(
            tuple(some.quote(word) for _ in range(8)), title="Prices", again=None, venue=Venue.ANDX, now=NOW
        ),
        lambda word: markets.markets(tuple(some.market(word) for _ in range(8)), page=1, venue=Venue.ANDX),
        lambda word: markets.rules(some.quote(word), venue=Venue.ANDX, now=NOW, private=True),
        lambda word: markets.book(some.market(word), book(), venue=Venue.ANDX, now=NOW, private=True),
        lambda word: markets.unknown(UnknownMarket(symbol=word(), nearest=("BTCUSDT",))),
    ),
    notices: (
        *(_alarm(kind) for kind in AlarmKind),
        lambda word: notices.joined(PersonJoined(person=PersonId(7), name=word())),
        lambda word: notices.key_works(KeyWorks(account=MAIN.label, at=NOW), now=NOW),
        lambda word: notices.limit_holds(some.change(word), MAIN.label, now=NOW),
        lambda word: notices.settled(some.refused_order(word)),
        lambda word: notices.places_lost(
            [PlaceLost(why=why, title=word(), topic=word(), waiting=2, at=NOW) for why in Loss], now=NOW
        ),
        lambda word: notices.undelivered(
            [(Undelivered(place=word(), fired=a_hit(), at=NOW), some.seen_alert(word).alert)], now=NOW
        ),
        lambda _: notices.alerts_missed([AlertsMissed(count=2)]),
    ),
    order_cards: (
        *(_card(lambda word, state=state: some.order_card(word, state)) for state in TicketState),  # type: ignore[misc]
        _card(some.refused_order),
        _card(lambda word: done(some.an_order(word, OrderStatus.FILLED))),
    ),
    orders: (
        lambda word: orders.order_list(some.listed(word), now=NOW),
        lambda word: orders.order(some.account(word), some.an_order(word), now=NOW),
    ),
    people: (
        lambda word: people.people(
            tuple(some.person(word, 10 + at) for at in range(30)), you=PersonId(8), page=1, open_to_all=False, now=NOW
        ),
        lambda word: people.ask_remove(some.person(word)),
        lambda word: (
            people.invitation(OneTimeLink(payload="inv_x", expires_at=NOW), url="https://t.me/a_bot?start=x", now=NOW)
            if word() is not None
            else None
        ),
    ),
    protection: (
        lambda word: protection.question(
            Challenge(dialogue=some.dialogue(), action=Unlock(), number=word()[:8] or "1")
        ),
    ),
    settings: (
        *(lambda word, which=which: settings.page(which, some.chosen(word), now=NOW) for which in SettingsPage),
        lambda word: settings.zones(ChatId(7), word(), (NamedZone(name="Berlin", zone="Europe/Berlin"),), now=NOW),
    ),
    shortcuts: (
        lambda word: shortcuts.question(some.dialogue(), _loose(word), tuple(AmountUse)),
        lambda word: shortcuts.not_said(_loose(word), tuple(AmountUse)),
    ),
    start: (lambda word: start.start(some.account(word), practice=True), lambda word: start.no_such_command(word())),
    swap_asking: hostile_swaps.QUESTIONS,
    swap_cards: hostile_swaps.TICKETS,
    swap_help: hostile_swaps.HELP,
    swaps: hostile_swaps.FOLLOWED,
    tickets: (
        lambda word: tickets.pending(
            (
                *(some.withdrawal(word, TicketState.HELD) for _ in range(15)),
                some.order_card(word, TicketState.CLAIMED),
            ),
            now=NOW,
        ),
    ),
    conversions: hostile_conversions.QUESTIONS,
    convert_cards: hostile_conversions.TICKETS,
    convert_doubts: hostile_conversions.DOUBTS,
    exports: hostile_trades.EXPORTS,
    history: hostile_trades.HISTORY,
    trades: hostile_trades.TRADES,
    portfolio: hostile_portfolios.PORTFOLIOS,
    trading: (lambda word: trading.question(some.asked(word)),),
    withdrawal_cards: (*(_withdrawal_in(state) for state in TicketState), _card(some.uncertain)),
    withdrawals: (lambda word: withdrawals.question(some.asked_withdrawal(word)),),
}
"""By module of `handlers/views`, everything in it that is drawn with somebody's words, or shows at all."""

WORDLESS = frozenset(
    {"alert_words", "format", "html", "paging", "qr", "screen", "swap_doubts", "swap_words", "ticket_parts"}
)
"""Modules that draw no message of their own; the others draw with them."""
