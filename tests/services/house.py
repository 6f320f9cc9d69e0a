"""The services over real storage, a fake exchange and a clock that a test moves."""

from dataclasses import replace
from decimal import Decimal

from chatbot.addresses.checker import NetworkAddresses
from chatbot.domain.accounts import Account, Venue
from chatbot.domain.ids import ChatId, DialogueId, MessageId, OrderNumber, PersonId
from chatbot.domain.intents import CancelOrders, CancelTerms, PlaceOrder
from chatbot.domain.notices import Alarm, AlarmKind, Notice
from chatbot.domain.orders import Order, OrderType, Side
from chatbot.domain.people import Access
from chatbot.domain.tickets import Cancelled, CancelResult, Placed, Ticket
from chatbot.services.accounts import Accounts
from chatbot.services.alert_engine import AlertEngine
from chatbot.services.alerts import AlertDesk
from chatbot.services.aliases import AliasBook
from chatbot.services.balances import BalanceReader
from chatbot.services.bars import PriceHistory
from chatbot.services.boards import Boards
from chatbot.services.charts import ChartDesk
from chatbot.services.coins import Coins
from chatbot.services.conversions import ConvertDesk
from chatbot.services.digests import Digests
from chatbot.services.exporting import Exporting
from chatbot.services.exports import Exports
from chatbot.services.factors import Factors
from chatbot.services.follow_ups import FollowUps
from chatbot.services.history import HistoryReader
from chatbot.services.key_health import KeyHealth
from chatbot.services.limits import LimitDesk
from chatbot.services.linking import Linking
from chatbot.services.locks import Locks
from chatbot.services.markets import Markets
from chatbot.services.orders import Orders
from chatbot.services.panic import Panic
from chatbot.services.people import People
from chatbot.services.portfolio import PortfolioDesk
from chatbot.services.preferences import Preferences
from chatbot.services.protection import Protection
from chatbot.services.questions import Questions
from chatbot.services.quoting import QuoteRenewals, Quoting
from chatbot.services.receiving import Receivers
from chatbot.services.routes import RouteDesk
from chatbot.services.samples import Sampler
from chatbot.services.sessions import Sessions
from chatbot.services.swap_book import SwapBook
from chatbot.services.swap_following import SwapFollowing
from chatbot.services.swaps import SwapDesk
from chatbot.services.trades import Trades
from chatbot.services.trading import Asked, OrderDesk
from chatbot.services.values import Values
from chatbot.services.withdrawals import AskedWithdrawal, WithdrawalDesk
from chatbot.storage.opening import Storage
from tests.fakes.cards import FakeCards, FakeSwapCards
from tests.fakes.charts import FakeCharts
from tests.fakes.clock import FakeClock, FakeEntropy
from tests.fakes.desk import FakeDesk
from tests.fakes.exchange import FakeExchange
from tests.fakes.execution import AllPermitted, execution_services
from tests.fakes.instant import FakeInstantTrade
from tests.fakes.swap_service import FakeSwapService
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
    ) -> None:
        self.storage, self.clock, self.exchange, self.entropy = storage, clock, exchange, entropy
        self.swap_service = swap_service or FakeSwapService(clock)
        self.cards, self.swap_cards = FakeCards(), FakeSwapCards()
        swap_services = {Venue.PAPER_SWAPS: self.swap_service}
        self.swap_book = SwapBook(
            store=storage.swaps,
            tickets=storage.tickets,
            cards=self.swap_cards,
            addresses=NetworkAddresses(),
            clock=clock,
        )
        self.instant = instant or FakeInstantTrade(clock)
        self.desk = FakeDesk(exchange, self.instant)
        exchanges = {Venue.PAPER: exchange}
        store, accounts = storage.tickets, storage.accounts
        self.accounts = Accounts(
            store=accounts,
            tickets=store,
            exchanges=exchanges,
            practice=self.desk,
            swap_services=swap_services,
            practice_swaps=self.swap_service,
            journal=storage.journal,
            clock=clock,
        )
        self.markets = Markets(exchanges=exchanges, accounts=accounts, favourites=storage.favourites)
        self.balances = BalanceReader(exchanges=exchanges, accounts=self.accounts, store=accounts, markets=self.markets)
        self.locks = Locks(store=storage.locks, cards=self.cards, clock=clock)
        self.sampler = Sampler(store=storage.samples, exchanges=exchanges, preferences=storage.preferences)
        self.follow_ups = FollowUps(
            store=storage.follow_ups,
            accounts=accounts,
            exchanges=exchanges,
            cards=self.cards,
            clock=clock,
            sampler=self.sampler,
        )
        self.tickets, self.settling = execution_services(
            store=store,
            accounts=accounts,
            exchanges=exchanges,
            follow_ups=self.follow_ups,
            cards=self.cards,
            clock=clock,
            entropy=entropy,
            permits=self.locks,
            swap_services=swap_services,
            swap_book=self.swap_book,
            instants={Venue.PAPER: self.instant},
            renewals=self,
        )
        self.panic = Panic(exchanges=exchanges, store=accounts, tickets=self.tickets, clock=clock)
        self.key_health = KeyHealth(store=storage.key_health, accounts=accounts, exchanges=exchanges, clock=clock)
        self.coins = {venue: Coins(service) for venue, service in swap_services.items()}
        self.followed_swaps = SwapFollowing(
            store=storage.swaps,
            book=self.swap_book,
            swap_services=swap_services,
            coins=self.coins,
            accounts=self.accounts,
            keys=accounts,
            key_watch=self.key_health,
            permits=self.locks,
            is_in=self._is_in,
            cards=self.swap_cards,
            journal=storage.journal,
            clock=clock,
        )
        self.strangers: set[PersonId] = set()
        self.preferences = Preferences(store=storage.preferences, clock=clock)
        self.boards = Boards(store=storage.boards, markets=self.markets, clock=clock)
        self.digests = Digests(store=storage.digests, markets=self.markets, preferences=self.preferences, clock=clock)
        self.questions = Questions(dialogues=storage.dialogues, codes=storage.factors, clock=clock, entropy=entropy)
        self.engine = AlertEngine(store=storage.alerts, past=PriceHistory(storage.bars), clock=clock)
        self.alerts = AlertDesk(
            alerts=self.engine,
            markets=self.markets,
            preferences=self.preferences,
            questions=self.questions,
            clock=clock,
            allowance=ALERTS_PER_CHAT,
        )
        self.values = Values(markets=self.markets, balances=self.balances)
        self.limits = LimitDesk(
            store=storage.limits,
            standings=storage.standings,
            accounts=self.accounts,
            values=self.values,
            questions=self.questions,
            clock=clock,
        )
        self.aliases = AliasBook(store=storage.aliases, accounts=self.accounts, values=self.values, clock=clock)
        self.trading = OrderDesk(
            exchanges=exchanges,
            accounts=self.accounts,
            balances=self.balances,
            markets=self.markets,
            values=self.values,
            standings=storage.standings,
            tickets=self.tickets,
            store=store,
            questions=self.questions,
            clock=clock,
        )
        self.withdrawals = WithdrawalDesk(
            accounts=self.accounts,
            balances=self.balances,
            markets=self.markets,
            values=self.values,
            aliases=storage.aliases,
            standings=storage.standings,
            tickets=self.tickets,
            store=store,
            questions=self.questions,
            clock=clock,
        )
        self.orders = Orders(
            exchanges=exchanges,
            accounts=self.accounts,
            store=accounts,
            markets=self.markets,
            tickets=self.tickets,
            permits=AllPermitted(),
            clock=clock,
        )
        self.drawer = FakeCharts()
        self.history = PriceHistory(storage.bars)
        self.charts = ChartDesk(
            drawer=self.drawer,
            history=self.history,
            markets=self.markets,
            orders=self.orders,
            follow_ups=storage.follow_ups,
            clock=clock,
        )
        self.swaps = SwapDesk(
            swap_services=swap_services,
            coins=self.coins,
            accounts=self.accounts,
            keys=accounts,
            receivers=Receivers(addresses=NetworkAddresses(), swaps=storage.swaps),
            swaps=storage.swaps,
            values=self.values,
            standings=storage.standings,
            tickets=self.tickets,
            questions=self.questions,
            clock=clock,
        )
        self.linking = Linking(self.questions)
        self.sessions = Sessions(
            store=accounts,
            tickets=store,
            accounts=self.accounts,
            instants={Venue.PAPER: self.instant},
            practice=self.desk,
            journal=storage.journal,
            clock=clock,
        )
        self.routes = RouteDesk(
            exchanges=exchanges,
            swap_services=swap_services,
            coins=self.coins,
            accounts=self.accounts,
            keys=accounts,
            sessions=self.sessions,
            markets=self.markets,
            questions=self.questions,
            clock=clock,
        )
        quoting = Quoting(exchanges=exchanges, sessions=self.sessions)
        self.conversions = ConvertDesk(
            quoting=quoting,
            sessions=self.sessions,
            accounts=self.accounts,
            balances=self.balances,
            markets=self.markets,
            values=self.values,
            standings=storage.standings,
            tickets=self.tickets,
            questions=self.questions,
            clock=clock,
        )
        self.renewals = QuoteRenewals(quoting=quoting, accounts=self.accounts, tickets=self.tickets)
        self.trades = Trades(
            exchanges=exchanges, accounts=self.accounts, sessions=self.sessions, kept=storage.trades, clock=clock
        )
        self.portfolio = PortfolioDesk(
            balances=self.balances,
            accounts=self.accounts,
            markets=self.markets,
            orders=self.orders,
            trades=self.trades,
            kept=storage.trades,
            history=self.history,
            samples=storage.samples,
            sampler=self.sampler,
            drawer=self.drawer,
            clock=clock,
        )
        self.done = HistoryReader(storage.history)
        self.exports = Exports(store=storage.exports, files=storage.export_files, accounts=self.accounts, clock=clock)
        self.exporting = Exporting(
            store=storage.exports,
            files=storage.export_files,
            exchanges=exchanges,
            accounts=accounts,
            trades=self.trades,
            kept=storage.trades,
            history=storage.history,
            is_in=self._is_in,
            clock=clock,
        )
        self.factors = Factors(store=storage.factors, clock=clock, entropy=entropy)
        self.protection = Protection(
            factors=storage.factors, questions=self.questions, tickets=self.tickets, clock=clock, entropy=entropy
        )

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

    async def _is_in(self, person: PersonId) -> bool:
        return person not in self.strangers

    def restarted(self) -> "House":
        """New services on the same storage, clock and exchanges."""
        return House(
            self.storage,
            self.clock,
            exchange=self.exchange,
            entropy=self.entropy,
            swap_service=self.swap_service,
            instant=self.instant,
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

    async def renew(self, ticket: Ticket) -> bool:
        return await self.renewals.renew(ticket)

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
