"""What Anna has: a record of every kind a tap could name, under every state of the program that changes what may be."""

from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from enum import Enum, auto
from typing import Any

import pyotp

from chatbot.domain.accounts import DEFAULT_ACCOUNT_NAME, Account, Venue
from chatbot.domain.audit import Deed, Event
from chatbot.domain.chats import ChatType, KnownChat
from chatbot.domain.exports import ExportFormat, ExportKind, ExportRequest
from chatbot.domain.factors import OneTimeCode
from chatbot.domain.ids import (
    AccountId,
    AlertId,
    AliasId,
    ChatId,
    ClientId,
    ExportId,
    LimitChangeId,
    MarketCode,
    MessageId,
    OrderNumber,
    PersonId,
    SubAccountId,
    SwapId,
    TicketId,
)
from chatbot.domain.intents import (
    INTENTS,
    CancelOrders,
    CancelTerms,
    Intent,
    Terms,
    Withdraw,
    WithdrawTerms,
)
from chatbot.domain.limits import LimitKind
from chatbot.domain.locks import Halt, Lock
from chatbot.domain.money import Amount
from chatbot.domain.orders import NewOrder, OrderType, Side
from chatbot.domain.people import Person, Role
from chatbot.domain.places import Place as Spot
from chatbot.domain.portfolio import Position, Sample
from chatbot.domain.secrets import Secret, Session
from chatbot.domain.swaps import FollowedSwap, Marking
from chatbot.domain.tickets import (
    Ticket,
    TicketState,
)
from chatbot.ports.limits import NewLimit
from chatbot.ports.shown_secrets import Shown
from chatbot.services.alert_results import AlertSet
from chatbot.storage.accounts import ACCOUNTS
from chatbot.storage.factors import FACTORS
from tests.fakes.exchange import permitted
from tests.fakes.instant import trade
from tests.fakes.swap_service import BTC, USDC, new_swap
from tests.fakes.swap_service import swap as standing_swap
from tests.prove.outcomes import outcome_of
from tests.prove.place import ANNA, BORIS, GROUP, OWNER, REMOVED, SESSIONS, Place
from tests.storage.examples import BUY, BUY_TERMS, CONVERT, CONVERT_TERMS, PAYOUT_TERMS, SET_PAYOUT, SWAP_TERMS, ticket
from tests.storage.examples import SWAP as CREATE_SWAP

NUMBER = "4711"
"""What is typed in place of a code where there is no second factor."""
ALIAS = "annas-vault"
ACCOUNT, SWAP_ACCOUNT, ORDER = AccountId(1), AccountId(5), OrderNumber(54_259)
ALIAS_ID, RAISE, SWAP, EXPORT, SUB_ACCOUNT = AliasId(1), LimitChangeId(2), SwapId(1), ExportId(1), SubAccountId(1)
"""What the records are numbered."""
REFERENCE = "ANNASWAP"
"""Anna's swap at the service: it waits for its deposit, and has no payout address yet."""
ALERTS = (AlertId(1), AlertId(2))
"""Anna's, and the group's, which she set."""
_NOTE, _SWAPS, _TRADED, _SUB = "annas-note", "annas-swaps", "0.00031337", "annas-second"
_LINKED = (ANNA, BORIS, OWNER, REMOVED)
_NAMES = {ANNA: "anna", BORIS: "boris", OWNER: "olga", REMOVED: "rita"}
_FUNDS = {ANNA: "98765.43", BORIS: "87654.32", OWNER: "76543.21", REMOVED: "65432.1"}
_SECRETS = {person: pyotp.random_base32() for person in _LINKED}


class FactorState(Enum):
    OFF = auto()
    ON = auto()
    LOCKED = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What is so for everybody: people locked, the bot halted, their second factors, and whether all must have one."""

    locked: bool
    halted: bool
    factor: FactorState
    required: bool

    @property
    def lets_money_move(self) -> bool:
        return not (self.locked or self.halted or (self.required and self.factor is FactorState.OFF))


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """Anna's tickets, and what only its person may read: by person, the words that give it away."""

    tickets: tuple[Ticket, ...]
    private: dict[int, tuple[str, ...]]


def ticket_id(state: TicketState, kind: type[Intent]) -> TicketId:
    """Anna's ticket in a state."""
    return TicketId(f"{state}-{kind.tag}")


def message_of(state: TicketState, kind: type[Intent]) -> MessageId:
    """The message that is the ticket's card."""
    return MessageId(500 + 10 * list(TicketState).index(state) + list(INTENTS).index(kind.tag))


def code_of(person: int, place: Place) -> str:
    """The code that the person's authenticator shows now; of somebody who has none, no code of anybody's."""
    secret = _SECRETS.get(PersonId(person))
    return "000000" if secret is None else pyotp.TOTP(secret).at(place.clock.now())


async def furnish(place: Place, state: State) -> Records:
    """Everybody's accounts, Anna's records, then the state. Afterwards nothing was sent yet."""
    accounts = {person: await _let_in(place, person) for person in _LINKED}
    await place.storage.people.remove(REMOVED, by=OWNER, now=place.clock.now())
    await place.storage.chats.vouch(ChatId(GROUP), by=ANNA, now=place.clock.now())
    await place.storage.chats.note(KnownChat(id=ChatId(GROUP), type=ChatType.SUPERGROUP, title="Corner"))
    account = accounts[ANNA]
    for person, (username, token) in SESSIONS.items():
        session = Session(username=Secret(username), token=Secret(token))
        await place.storage.accounts.put_session(accounts[person], session, now=place.clock.now())
    keyed = await _swap_account(place, ANNA)
    await _swap_account(place, BORIS)
    numbers = (
        account.id,
        keyed.id,
        await _resting_order(place, account),
        await _known_alias(place, account),
        await _waiting_raise(place, account),
        await _followed_swap(place, keyed),
        await _export(place, account),
        await _sub_account(place, account),
    )
    assert numbers == (ACCOUNT, SWAP_ACCOUNT, ORDER, ALIAS_ID, RAISE, SWAP, EXPORT, SUB_ACCOUNT)
    assert (await _alert(place, ANNA, _NOTE), await _alert(place, GROUP, "everybody's")) == ALERTS
    for chat in (ANNA, GROUP):
        await place.storage.favourites.put(ChatId(chat), ("ETHUSDT", "BTCUSDT"), now=place.clock.now())
    await _put_state(place, state)
    tickets = await _tickets(place, account, keyed, state)
    shown = Shown(
        person=ANNA, chat=ChatId(ANNA), message=MessageId(77), delete_at=place.clock.now() + timedelta(days=1)
    )
    await place.storage.shown_secrets.add(shown)
    place.exchange.sent.clear()
    return Records(tickets=tickets, private={person: _private(person) for person in _LINKED})


def _private(person: PersonId) -> tuple[str, ...]:
    """What gives a person's affairs away, as the bot writes it."""
    own = (f"{Decimal(_FUNDS[person]):,}", f"{_NAMES[person]}s-account", _SECRETS[person])
    return (*own, str(ORDER), ALIAS, NUMBER, _NOTE, REFERENCE, _SWAPS, _TRADED, _SUB) if person == ANNA else own


async def _alert(place: Place, chat: int, note: str) -> AlertId:
    """An alert that Anna set."""
    spot = Spot(chat=ChatId(chat))
    done = await place.services.alerts.say(f"BTC > 90000 note {note}", person=ANNA, chat=ChatId(ANNA), place=spot)
    assert isinstance(done, AlertSet)
    return done.seen.alert.id


async def _let_in(place: Place, person: PersonId) -> Account:
    storage, now = place.storage, place.clock.now()
    role = Role.OWNER if person == OWNER else Role.MEMBER
    await storage.people.add(Person(id=person, name=_NAMES[person].capitalize(), role=role, joined_at=now))
    keys = place.exchange.open_account(funds={"USDT": _FUNDS[person], "BTC": "1.5", "XRP": "777.5"})
    place.exchange.save_alias(keys, "XRP", ALIAS)
    account = await storage.accounts.add(person, venue=Venue.ANDX, credentials=keys, now=now)
    label = f"{_NAMES[person]}s-account"
    renamed = ACCOUNTS.update().where(ACCOUNTS.c.id == account.id).values(label=label)
    await storage.database.write(lambda connection: connection.execute(renamed))
    return replace(account, label=label)


async def _swap_account(place: Place, person: PersonId) -> Account:
    key = place.swap_service.open(f"{_NAMES[person]}-swap-key")
    account = await place.storage.accounts.add(person, venue=Venue.NEXCHANGE, credentials=key, now=place.clock.now())
    label = f"{_NAMES[person]}s-swaps"
    renamed = ACCOUNTS.update().where(ACCOUNTS.c.id == account.id).values(label=label)
    await place.storage.database.write(lambda connection: connection.execute(renamed))
    return replace(account, label=label)


async def _followed_swap(place: Place, account: Account) -> SwapId:
    now = place.clock.now()
    standing = standing_swap(reference=REFERENCE, withdraw_address="", created_at=now, fixed_until=None)
    place.swap_service.put(place.swap_service.open("anna-swap-key"), standing)
    followed = FollowedSwap(
        id=SwapId(0),
        account=account.id,
        account_label=account.label,
        is_live=True,
        person=ANNA,
        chat=ChatId(ANNA),
        message=MessageId(88),
        picture=MessageId(89),
        ticket=None,
        swap=standing,
        deposit=USDC,
        withdraw=BTC,
        marking=Marking.UNSURE,
        doubts=(),
        seen_at=now,
        next_look_at=now + timedelta(days=9),
        shown=9,
    )
    return (await place.storage.swaps.follow(followed)).id


async def _export(place: Place, account: Account) -> ExportId:
    """A file that is under way, and a trade that was read before."""
    await place.storage.trades.keep(account.id, [trade(place.clock, 1, amount=Decimal(_TRADED))])
    request = ExportRequest(kind=ExportKind.TRADES, first=None, last=place.clock.now().date(), format=ExportFormat.CSV)
    return (await place.services.exports.begin(request, person=ANNA, chat=ChatId(ANNA))).id


async def _sub_account(place: Place, account: Account) -> SubAccountId:
    """A name that was asked for before, with what it held."""
    samples, now = place.storage.samples, place.clock.now()
    held = Position(currency="BTC", amount=Decimal("1.5"), price=Decimal(60_000))
    for name in (DEFAULT_ACCOUNT_NAME, _SUB):
        await samples.keep(account.id, name, Sample(at=now - timedelta(days=2), positions=(held,)))
    await samples.remember(account.id, _SUB, now=now)
    (remembered,) = await samples.remembered(account.id)
    return remembered.id


async def _resting_order(place: Place, account: Account) -> OrderNumber:
    order = NewOrder(
        market=MarketCode("BTCUSDT"),
        side=Side.BUY,
        type=OrderType.LIMIT,
        volume=Decimal("0.001"),
        price=Decimal(51_000),
        post_only=False,
        client_id=ClientId(77),
        account_name="Main",
        total=None,
    )
    keys = await place.storage.accounts.credentials(account.id)
    return await place.exchange.place_order(keys, order=order, permit=permitted)


async def _known_alias(place: Place, account: Account) -> AliasId:
    """An alias whose hold is over, of a currency with a limit of its own: no market tells what it is worth."""
    storage, clock = place.storage, place.clock
    by = {"person": ANNA, "chat": ChatId(ANNA)}
    alias, _ = await storage.aliases.add(account, currency="XRP", name=ALIAS, now=clock.now(), **by)  # type: ignore[arg-type]
    own = NewLimit(account=account, kind=LimitKind.WITHDRAWALS, value=Decimal(500), currency="XRP")
    await storage.limits.set(own, now=clock.now(), **by)  # type: ignore[arg-type]
    clock.pass_(2 * 24 * 3600)
    return alias.id


async def _waiting_raise(place: Place, account: Account) -> LimitChangeId:
    new = NewLimit(account=account, kind=LimitKind.ORDER, value=Decimal(90_000))
    changed = await place.storage.limits.set(new, person=ANNA, chat=ChatId(ANNA), now=place.clock.now())
    return changed.change.id


async def _put_state(place: Place, state: State) -> None:
    storage, clock = place.storage, place.clock
    if state.factor is not FactorState.OFF:
        for person in _LINKED:
            await _turn_on_factor(place, person)
    if state.factor is FactorState.LOCKED:
        until = FACTORS.update().values(locked_until=clock.now() + timedelta(days=9), failures=5)
        await storage.database.write(lambda connection: connection.execute(until))
    if state.required:
        await storage.factors.require(True, by=OWNER, chat=ChatId(OWNER), now=clock.now())
    if state.locked:
        for person in _LINKED:
            lock = Lock(person=person, since=clock.now(), chat=ChatId(person), message=MessageId(1))
            await storage.locks.lock(lock, Event(deed=Deed.LOCKED, person=person), now=clock.now())
    if state.halted:
        halt = Halt(since=clock.now(), by=OWNER)
        await storage.locks.stop_everything(halt, Event(deed=Deed.HALTED, person=OWNER), now=clock.now())


async def _turn_on_factor(place: Place, person: PersonId) -> None:
    """The code it is turned on with is used up; the next one is thirty seconds later."""
    now, factors = place.clock.now(), place.storage.factors
    await factors.begin(person, secret=Secret(_SECRETS[person]), expires_at=now + timedelta(minutes=15))
    code, recovery = OneTimeCode(code_of(person, place)), (f"7K4QM-{2000 + person % 1000}0"[:11],)
    assert await factors.confirm(person, code, recovery=recovery, chat=ChatId(person), now=now)
    place.clock.pass_(60)


async def _tickets(place: Place, account: Account, keyed: Account, state: State) -> tuple[Ticket, ...]:
    made = []
    for ticket_state in TicketState:
        of_both = ((account, _intents(account, ticket_state)), (keyed, _swaps(place, keyed, ticket_state)))
        for of, shown in ((of, shown) for of, every in of_both for shown in every):
            card = _card(place, of, state, ticket_state, shown)
            await place.storage.tickets.add(card)
            made.append(card)
    return tuple(made)


def _intents(account: Account, state: TicketState) -> tuple[tuple[Intent, Terms], ...]:
    """One of each kind. The uncertain withdrawal is of another currency, which it freezes."""
    currency = "USDT" if state in (TicketState.UNCERTAIN, TicketState.CLAIMED) else "XRP"
    before, after, left = (Amount(Decimal(value), currency) for value in ("777.5", "776", "500"))
    order = replace(BUY, account=account.id, volume=Decimal("0.001"), price=Decimal(60_000))
    cancel = CancelOrders(account=account.id, account_name="Main", orders=(ORDER,))
    withdraw = Withdraw(account=account.id, currency=currency, amount=Decimal("1.5"), alias=ALIAS)
    terms = WithdrawTerms(
        before=before, after=after, uses=3, hold=timedelta(0), held_until=None, value=Decimal("1.5"), left=left
    )
    total = Decimal(60)
    order_terms = replace(
        BUY_TERMS, total=total, value=total, expected_price=Decimal(60_000), distance=Decimal("-0.01")
    )
    convert = replace(CONVERT, account=account.id, buy_text="4.20", price_text="60000.00000000")
    return (order, order_terms), (cancel, CancelTerms(orders=())), (withdraw, terms), (convert, CONVERT_TERMS)


def _swaps(place: Place, account: Account, state: TicketState) -> tuple[tuple[Intent, Terms], ...]:
    """One to create, and the payout address of the one that has none; what is open is another's, which it keeps from
    being set a second time.
    """
    new, end = new_swap(deposit_amount=Decimal(50)), place.clock.now() + timedelta(days=9)
    create = replace(CREATE_SWAP, account=account.id, new=new, deposit=USDC, withdraw=BTC)
    terms = replace(SWAP_TERMS, deposit=Amount(Decimal(50), "USDC"), value=Decimal(50), rate_until=end)
    payout = replace(SET_PAYOUT, account=account.id, reference="ANNASOLD" if _is_unsettled(state) else REFERENCE)
    return (create, terms), (payout, PAYOUT_TERMS)


def _is_unsettled(state: TicketState) -> bool:
    return state.is_open or state is TicketState.HELD


def _card(
    place: Place, account: Account, state: State, ticket_state: TicketState, shown: tuple[Intent, Terms]
) -> Ticket:
    intent, terms = shown
    now = place.clock.now()
    held, sent = ticket_state is TicketState.HELD, ticket_state.is_open or ticket_state is TicketState.DONE
    changes: dict[str, Any] = {
        "id": ticket_id(ticket_state, type(intent)),
        "person": ANNA,
        "chat": ChatId(ANNA),
        "message": message_of(ticket_state, type(intent)),
        "account": account.id,
        "venue": account.venue,
        "account_label": account.label,
        "intent": intent,
        "terms": terms,
        "state": ticket_state,
        "outcome": outcome_of(ticket_state, intent),
        "created_at": now,
        "claimed_at": now if sent else None,
        "expires_at": now + timedelta(days=9),
        "send_at": now + timedelta(days=1) if held else None,
        "number": NUMBER if ticket_state is TicketState.CONTINUED and state.factor is FactorState.OFF else "",
        "shown": 9,
    }
    return ticket(**changes)
