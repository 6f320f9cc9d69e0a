"""The services over real storage, a fake exchange and a clock that a test moves."""

from dataclasses import replace
from decimal import Decimal

from chatbot.addresses.checker import NetworkAddresses
from chatbot.assembly import Parts
from chatbot.domain.accounts import Account, Venue
from chatbot.domain.ids import ChatId, DialogueId, MessageId, OrderNumber, PersonId
from chatbot.domain.intents import CancelOrders, CancelTerms, PlaceOrder
from chatbot.domain.notices import Alarm, AlarmKind, Notice
from chatbot.domain.orders import Order, OrderType, Side
from chatbot.domain.people import Access
from chatbot.domain.tickets import Cancelled, CancelResult, Placed, Ticket
from chatbot.services.people import People
from chatbot.services.trading import Asked
from chatbot.services.withdrawals import AskedWithdrawal
from chatbot.settings import Settings
from chatbot.storage.opening import Storage
from tests.fakes.cards import FakeCards, FakeSwapCards
from tests.fakes.charts import FakeCharts
from tests.fakes.clock import FakeClock, FakeEntropy
from tests.fakes.desk import FakeDesk
from tests.fakes.exchange import FakeExchange
from tests.fakes.execution import TaskSpawner
from tests.fakes.instant import FakeInstantTrade
from tests.fakes.swap_service import FakeSwapService
from tests.fakes.venues import open_fake_exchange, open_fake_swap_service
from tests.storage.examples import BUY, BUY_TERMS

ANNA, BORIS = PersonId(7_001), PersonId(7_002)
CHAT = ChatId(ANNA)
ALERTS_PER_CHAT = 50
CARD = MessageId(500)


class House:
    """Anna has an account with 1 BTC and 10,000 USDT; Boris has nothing."""

    def __init__(
        self,
        storage: Storage,
        clock: FakeClock,
        *,
        exchange: FakeExchange,
        entropy: FakeEntropy,
        swap_service: FakeSwapService | None = None,
        instant: FakeInstantTrade | None = None,
        let_in: tuple[PersonId, ...] = (ANNA, BORIS),
    ) -> None:
        self.storage, self.clock, self.exchange, self.entropy = storage, clock, exchange, entropy
        self.swap_service = swap_service or FakeSwapService(clock)
        self.instant = instant or FakeInstantTrade(clock)
        self.desk = FakeDesk(exchange, self.instant)
        self.cards, self.swap_cards, self.drawer = FakeCards(), FakeSwapCards(), FakeCharts()
        self._furnish(self._parts(let_in))

    def _parts(self, let_in: tuple[PersonId, ...]) -> Parts:
        return Parts(
            storage=self.storage,
            venues={Venue.PAPER: open_fake_exchange(self.exchange, self.instant, self.desk, clock=self.clock)},
            swap_venues={Venue.PAPER_SWAPS: open_fake_swap_service(self.swap_service, clock=self.clock)},
            addresses=NetworkAddresses(),
            drawer=self.drawer,
            cards=self.cards,
            swap_cards=self.swap_cards,
            settings=Settings.model_construct(access=Access.INVITE, owner_ids=let_in, alerts_per_chat=ALERTS_PER_CHAT),
            was_away=False,
            clock=self.clock,
            entropy=self.entropy,
            spawner=TaskSpawner(),
        )

    def _furnish(self, parts: Parts) -> None:
        """Everything by the name under which the program has it."""
        program = parts.program()
        self.services = services = program.services
        self.settling, self.engine, self.exporting = program.settling, program.alerts, program.exporting
        self.bars, self.follow_ups, self.key_health = program.bars, program.follow_ups, program.health
        self.coins, self.swap_book = parts.coins, parts.swap_book
        self.quoting, self.renewals = parts.quoting, parts.renewals

        self.accounts, self.sessions, self.linking = services.accounts, services.sessions, services.linking
        self.preferences, self.questions = services.preferences, services.questions
        self.locks, self.limits, self.panic = services.locks, services.limits, services.panic
        self.factors, self.protection = services.factors, services.protection

        self.markets, self.balances, self.charts = services.markets, services.balances, services.charts
        self.alerts, self.boards, self.digests = services.alerts, services.boards, services.digests
        self.portfolio, self.trades, self.exports = services.portfolio, services.trades, services.exports

        self.tickets, self.trading, self.orders = services.tickets, services.trading, services.orders
        self.aliases, self.withdrawals = services.aliases, services.withdrawals
        self.swaps, self.followed_swaps = services.swaps, services.followed_swaps
        self.conversions, self.routes = services.conversions, services.routes

    def people(self, *owner_ids: PersonId) -> People:
        return People(
            store=self.storage.people,
            outbox=self.storage.outbox,
            journal=self.storage.journal,
            owner_ids=owner_ids,
            access=Access.INVITE,
            clock=self.clock,
            entropy=self.entropy,
        )

    def restarted(self, *, let_in: tuple[PersonId, ...] = (ANNA, BORIS)) -> "House":
        """New services on the same storage, clock and exchanges."""
        return House(
            self.storage,
            self.clock,
            exchange=self.exchange,
            entropy=self.entropy,
            swap_service=self.swap_service,
            instant=self.instant,
            let_in=let_in,
        )

    async def link(self, person: PersonId = ANNA, **funds: str) -> Account:
        credentials = self.exchange.open_account(funds=funds or {"BTC": "1", "USDT": "10000"})
        report = await self.accounts.link(person, venue=Venue.PAPER, credentials=credentials)
        assert report.account is not None
        for entry in await self.storage.outbox.due(now=self.clock.at, limit=99):
            if isinstance(entry.notice, Alarm) and entry.notice.kind is AlarmKind.LINKED:
                await self.storage.outbox.sent(entry.id)  # nobody asks after it here
        return report.account

    async def order_card(self, account: Account, **changes: object) -> Ticket:
        """A card for a limit buy of 0.1 BTC at 50,000, or whatever is said instead; shown as `CARD`."""
        said: dict[str, object] = {"account": account.id, "volume": Decimal("0.1"), "price": Decimal(50_000), **changes}
        if said.get("type") is OrderType.MARKET:
            said["price"] = None
        intent = replace(BUY, **said)  # type: ignore[arg-type]
        price = intent.price or (Decimal(60_100) if intent.side is Side.BUY else Decimal(60_000))
        total = intent.volume * price
        terms = replace(BUY_TERMS, best=price, expected_price=price, total=total, value=total)
        ticket = await self.tickets.open(intent, terms, person=ANNA, chat=CHAT, account=account)
        await self.tickets.attach(ticket.id, CARD)
        return ticket

    async def withdrawal_card(self, words: str = "BTC 0.05 savings") -> Ticket:
        """A card for what Anna says; shown as `CARD`."""
        ticket = await self.withdrawals.say(words, person=ANNA, chat=CHAT)
        if isinstance(ticket, AskedWithdrawal) and ticket.stopped is not None:
            raise ticket.stopped
        assert isinstance(ticket, Ticket)
        await self.tickets.attach(ticket.id, CARD)
        return ticket

    async def proceed(self, ticket: Ticket) -> Ticket:
        """The first step, as the tap on Continue does it."""
        return await self.tickets.proceed(ticket.id, person=ANNA, chat=CHAT, message=CARD, number="4711")

    async def confirm(self, ticket: Ticket) -> Ticket:
        """Both steps."""
        await self.proceed(ticket)
        return await self.tickets.confirm(ticket.id, person=ANNA)

    async def know(self, account: Account, currency: str = "BTC", alias: str = "savings") -> None:
        """Have an alias whose hold is over, by letting time go by."""
        await self.storage.aliases.add(
            account, currency=currency, name=alias, person=ANNA, chat=CHAT, now=self.clock.at
        )
        self.clock.pass_(self.storage.aliases.hold_time.total_seconds())

    async def cancel_card(self, account: Account, *numbers: OrderNumber) -> Ticket:
        """A card that cancels these orders; shown as `CARD`."""
        intent = CancelOrders(account=account.id, account_name="Main", orders=numbers)
        ticket = await self.tickets.open(intent, CancelTerms(orders=()), person=ANNA, chat=CHAT, account=account)
        await self.tickets.attach(ticket.id, CARD)
        return ticket

    async def tap(self, ticket: Ticket) -> Ticket:
        """Claim and send, as the tap on Confirm does."""
        claimed = await self.tickets.claim(ticket.id, person=ANNA, chat=CHAT, message=CARD)
        return await self.tickets.execute(claimed)

    async def read(self, ticket: Ticket) -> Ticket:
        found = await self.storage.tickets.get(ticket.id)
        assert found is not None
        return found

    async def look(self, ticket: Ticket) -> Ticket:
        """One round for a ticket as it stands."""
        await self.settling.look(await self.read(ticket))
        return await self.read(ticket)

    async def look_when_due(self, ticket: Ticket) -> Ticket:
        """Let time go by until the ticket is due, then look."""
        due = (await self.read(ticket)).next_look_at
        assert due is not None
        self.clock.at = max(self.clock.at, due)
        return await self.look(ticket)

    async def told(self) -> list[Notice]:
        """What waits to be said unasked, in the order in which it came up."""
        due = await self.storage.outbox.due(now=self.clock.at, limit=99)
        return [entry.notice for entry in sorted(due, key=lambda entry: entry.id)]

    def at_exchange(self, number: int) -> Order:
        return next(
            holder.orders[OrderNumber(number)]
            for holder in self.exchange.holders.values()
            if OrderNumber(number) in holder.orders
        )


def placed(ticket: Ticket) -> OrderNumber:
    """The number of a ticket's order."""
    assert isinstance(ticket.outcome, Placed)
    return ticket.outcome.number


def results(ticket: Ticket) -> tuple[CancelResult, ...]:
    assert isinstance(ticket.outcome, Cancelled)
    return ticket.outcome.results


def intent(ticket: object) -> PlaceOrder:
    """The order on a card."""
    assert isinstance(ticket, Ticket) and isinstance(ticket.intent, PlaceOrder)
    return ticket.intent


def asked(result: object) -> Asked:
    assert isinstance(result, Asked)
    return result


def dialogue(result: Asked) -> DialogueId:
    return result.dialogue.id
