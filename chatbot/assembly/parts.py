"""The program, put together."""

from dataclasses import dataclass
from functools import cached_property

from chatbot.assembly.confirming import Confirming
from chatbot.services.alert_engine import AlertEngine
from chatbot.services.alerts import AlertDesk
from chatbot.services.aliases import AliasBook
from chatbot.services.audit import Audit
from chatbot.services.bars import PriceHistory
from chatbot.services.boards import Boards
from chatbot.services.charts import ChartDesk
from chatbot.services.conversions import ConvertDesk
from chatbot.services.desk import Services
from chatbot.services.digests import Digests
from chatbot.services.exporting import Exporting
from chatbot.services.exports import Exports
from chatbot.services.factors import Factors
from chatbot.services.follow_ups import FollowUps
from chatbot.services.history import HistoryReader
from chatbot.services.key_health import KeyHealth
from chatbot.services.linking import Linking
from chatbot.services.orders import Orders
from chatbot.services.portfolio import PortfolioDesk
from chatbot.services.receiving import Receivers
from chatbot.services.results import Ledgers
from chatbot.services.routes import RouteDesk
from chatbot.services.settling import Settling
from chatbot.services.swap_following import SwapFollowing
from chatbot.services.swaps import SwapDesk
from chatbot.services.trading import OrderDesk
from chatbot.services.withdrawals import WithdrawalDesk


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """The services, and what works behind them."""

    services: Services
    settling: Settling
    health: KeyHealth
    alerts: AlertEngine
    bars: PriceHistory
    follow_ups: FollowUps
    exporting: Exporting


@dataclass(frozen=True, kw_only=True)
class Parts(Confirming):
    """Every part of the program. A part is made once, when it or another one that needs it is asked for."""

    def program(self) -> Program:
        return Program(
            services=self._services(),
            settling=Settling(
                store=self.storage.tickets,
                tickets=self.tickets,
                keys=self.key_health,
                renewals=self.renewals,
                executors=self.execution.executors,
                changes=self.execution.changes,
                cards=self.cards,
                clock=self.clock,
            ),
            health=self.key_health,
            alerts=self.alert_engine,
            bars=self.bars,
            follow_ups=self.follow_ups,
            exporting=self.exporting,
        )

    def _services(self) -> Services:
        storage = self.storage
        return Services(
            accounts=self.accounts,
            alerts=self.alerts,
            aliases=AliasBook(store=storage.aliases, accounts=self.accounts, values=self.values, clock=self.clock),
            audit=Audit(trail=storage.audit, journal=storage.journal, people=storage.people),
            balances=self.balances,
            boards=Boards(store=storage.boards, markets=self.markets, clock=self.clock),
            charts=self.charts,
            chats=storage.chats,
            conversions=self.conversions,
            digests=self.digests,
            exports=Exports(
                store=storage.exports,
                files=storage.export_files,
                accounts=self.accounts,
                is_in=self.people.is_in,
                clock=self.clock,
            ),
            factors=Factors(store=storage.factors, clock=self.clock, entropy=self.entropy),
            favourites=storage.favourites,
            followed_swaps=self.followed_swaps,
            forgetting=self.forgetting,
            history=HistoryReader(storage.history),
            life=storage.life,
            limits=self.limits,
            linking=Linking(self.questions),
            locks=self.locks,
            markets=self.markets,
            orders=self.orders,
            panic=self.panic,
            people=self.people,
            portfolio=self.portfolio,
            preferences=self.preferences,
            presence=storage.presence,
            protection=self.protection,
            questions=self.questions,
            routes=self.routes,
            sessions=self.sessions,
            shown_secrets=storage.shown_secrets,
            swaps=self.swaps,
            tickets=self.tickets,
            trades=self.trades,
            trading=self.trading,
            withdrawals=self.withdrawals,
        )

    @cached_property
    def trading(self) -> OrderDesk:
        return OrderDesk(
            exchanges=self.exchanges,
            accounts=self.accounts,
            balances=self.balances,
            markets=self.markets,
            values=self.values,
            standings=self.storage.standings,
            tickets=self.tickets,
            store=self.storage.tickets,
            questions=self.questions,
            clock=self.clock,
        )

    @cached_property
    def orders(self) -> Orders:
        return Orders(
            exchanges=self.exchanges,
            accounts=self.accounts,
            store=self.storage.accounts,
            markets=self.markets,
            tickets=self.tickets,
            permits=self.locks,
            clock=self.clock,
        )

    @cached_property
    def withdrawals(self) -> WithdrawalDesk:
        return WithdrawalDesk(
            accounts=self.accounts,
            balances=self.balances,
            markets=self.markets,
            values=self.values,
            aliases=self.storage.aliases,
            standings=self.storage.standings,
            tickets=self.tickets,
            store=self.storage.tickets,
            questions=self.questions,
            clock=self.clock,
        )

    @cached_property
    def swaps(self) -> SwapDesk:
        return SwapDesk(
            swap_services=self.swap_services,
            coins=self.coins,
            accounts=self.accounts,
            keys=self.storage.accounts,
            receivers=Receivers(addresses=self.addresses, swaps=self.storage.swaps),
            swaps=self.storage.swaps,
            values=self.values,
            standings=self.storage.standings,
            tickets=self.tickets,
            questions=self.questions,
            clock=self.clock,
        )

    @cached_property
    def followed_swaps(self) -> SwapFollowing:
        return SwapFollowing(
            store=self.storage.swaps,
            book=self.swap_book,
            swap_services=self.swap_services,
            coins=self.coins,
            accounts=self.accounts,
            keys=self.storage.accounts,
            key_watch=self.key_health,
            permits=self.locks,
            is_in=self.people.is_in,
            cards=self.swap_cards,
            journal=self.storage.journal,
            clock=self.clock,
        )

    @cached_property
    def alert_engine(self) -> AlertEngine:
        return AlertEngine(store=self.storage.alerts, past=self.bars, clock=self.clock)

    @cached_property
    def alerts(self) -> AlertDesk:
        return AlertDesk(
            alerts=self.alert_engine,
            markets=self.markets,
            preferences=self.preferences,
            questions=self.questions,
            clock=self.clock,
            allowance=self.settings.alerts_per_chat,
        )

    @cached_property
    def digests(self) -> Digests:
        return Digests(store=self.storage.digests, markets=self.markets, preferences=self.preferences, clock=self.clock)

    @cached_property
    def charts(self) -> ChartDesk:
        return ChartDesk(
            drawer=self.drawer,
            history=self.bars,
            markets=self.markets,
            orders=self.orders,
            follow_ups=self.storage.follow_ups,
            clock=self.clock,
        )

    # conversions, routes and looking back

    @cached_property
    def conversions(self) -> ConvertDesk:
        return ConvertDesk(
            quoting=self.quoting,
            sessions=self.sessions,
            accounts=self.accounts,
            balances=self.balances,
            markets=self.markets,
            tickets=self.tickets,
            questions=self.questions,
        )

    @cached_property
    def routes(self) -> RouteDesk:
        return RouteDesk(
            exchanges=self.exchanges,
            swap_services=self.swap_services,
            coins=self.coins,
            accounts=self.accounts,
            keys=self.storage.accounts,
            quoting=self.quoting,
            markets=self.markets,
            questions=self.questions,
            clock=self.clock,
        )

    @cached_property
    def portfolio(self) -> PortfolioDesk:
        return PortfolioDesk(
            balances=self.balances,
            accounts=self.accounts,
            markets=self.markets,
            orders=self.orders,
            trades=self.trades,
            kept=self.storage.trades,
            ledgers=Ledgers(kept=self.storage.trades, markets=self.markets, bars=self.bars, clock=self.clock),
            samples=self.storage.samples,
            sampler=self.sampler,
            drawer=self.drawer,
            clock=self.clock,
        )

    @cached_property
    def exporting(self) -> Exporting:
        storage = self.storage
        return Exporting(
            store=storage.exports,
            files=storage.export_files,
            exchanges=self.exchanges,
            accounts=storage.accounts,
            trades=self.trades,
            kept=storage.trades,
            history=storage.history,
            is_in=self.people.is_in,
            clock=self.clock,
        )
