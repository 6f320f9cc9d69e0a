"""Every view with a place for words from outside, drawn with words of a test's choice, module by module."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from types import ModuleType

from chatbot.domain.accounts import Venue
from chatbot.domain.errors import InputError, KeyRejected, Obstacle, Refused, Stopped, UnknownMarket
from chatbot.domain.ids import PersonId
from chatbot.domain.limits import LimitKind
from chatbot.domain.money import Amount
from chatbot.domain.notices import Alarm, AlarmKind, KeyWorks, NoticeKind, NoticeMode, PersonJoined
from chatbot.domain.orders import OrderStatus
from chatbot.domain.protected import Unlock
from chatbot.domain.secrets import Secret
from chatbot.domain.tickets import Ticket, TicketState
from chatbot.services.aliases import AddedAlias
from chatbot.services.factors import SetUp
from chatbot.services.forgetting import Outlook
from chatbot.services.limits import LimitAsked
from chatbot.services.locks import StopReport
from chatbot.services.panic import Sweep
from chatbot.services.people import OneTimeLink
from chatbot.services.protection import Challenge
from handlers.views import (
    accounts,
    aliases,
    audit,
    audit_csv,
    balances,
    cancel_cards,
    door,
    errors,
    factors,
    forget,
    limits,
    locks,
    markets,
    notices,
    notify,
    order_cards,
    orders,
    people,
    protection,
    start,
    tickets,
    trading,
    withdrawal_cards,
    withdrawals,
)
from handlers.views.screen import File, Screen, Shown
from tests.fakes.values import book
from tests.handlers.views.examples import MAIN, NOW, done
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


def _stopped(obstacle: Obstacle) -> Draw:
    def draw(word: Word) -> Screen | None:
        currency = some.code(word)
        limit = Amount(Decimal(5), currency)
        return errors.describe(Stopped(obstacle, limit=limit, left=limit, currency=currency, share=Decimal("0.1")))

    return draw


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


VIEWS: Mapping[ModuleType, tuple[Draw, ...]] = {
    accounts: (
        lambda word: accounts.accounts((some.account(word), some.account(word)), None, practice=True, now=NOW),
        lambda word: accounts.report(some.report(word, linked=True)),
        lambda word: accounts.report(some.report(word, linked=False)),
        lambda word: accounts.ask_unlink(some.account(word)),
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
    cancel_cards: (_card(some.cancelled),),
    door: (_command, lambda word: door.incident(word()[:6])),
    errors: (
        lambda word: errors.describe(Refused(code=1, reason=word())),
        lambda word: errors.describe(KeyRejected(status=401, reason=word())),
        _quoted_back,
        *(_stopped(obstacle) for obstacle in Obstacle),
    ),
    factors: (
        lambda word: factors.set_up(SetUp(secret=Secret("ABCD"), uri=Secret("otpauth://x"), expires_at=NOW), now=NOW),
    ),
    forget: (lambda word: forget.ask(Outlook(accounts=len(word()), named_owner=True, last_owner=False)),),
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
        lambda word: markets.book(some.market(word), book(), venue=Venue.ANDX, now=NOW, private=True),
        lambda word: markets.unknown(UnknownMarket(symbol=word(), nearest=("BTCUSDT",))),
    ),
    notices: (
        *(_alarm(kind) for kind in AlarmKind),
        lambda word: notices.joined(PersonJoined(person=PersonId(7), name=word())),
        lambda word: notices.key_works(KeyWorks(account=MAIN.label, at=NOW), now=NOW),
        lambda word: notices.limit_holds(some.change(word), MAIN.label, now=NOW),
        lambda word: notices.settled(some.refused_order(word)),
        lambda word: notices.finished(done(some.an_order(word, OrderStatus.FILLED))),
    ),
    notify: (lambda word: notify.notices({kind: NoticeMode.ON for kind in NoticeKind if word() is not None}),),
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
    start: (lambda word: start.start(some.account(word), practice=True), lambda word: start.no_such_command(word())),
    tickets: (
        lambda word: tickets.pending(
            (
                *(some.withdrawal(word, TicketState.HELD) for _ in range(15)),
                some.order_card(word, TicketState.CLAIMED),
            ),
            now=NOW,
        ),
    ),
    trading: (lambda word: trading.question(some.asked(word)),),
    withdrawal_cards: (*(_withdrawal_in(state) for state in TicketState), _card(some.uncertain)),
    withdrawals: (lambda word: withdrawals.question(some.asked_withdrawal(word)),),
}
"""By module of `handlers/views`, everything in it that is drawn with somebody's words, or shows at all."""

WORDLESS = frozenset({"format", "html", "qr", "screen", "ticket_parts"})
"""Modules that draw no message of their own; the others draw with them."""
