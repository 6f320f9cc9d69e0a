"""What the bot does without being asked: every worker, and what it works on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from chatbot.assembly import Program
from chatbot.charts.drawer import Drawer
from chatbot.domain.accounts import Venue
from chatbot.exchange.opening import OpenExchange
from chatbot.ports.clock import Clock, Entropy
from chatbot.storage.opening import Storage
from chatbot.workers.account_watch import AccountWatch
from chatbot.workers.bars import BarKeeper
from chatbot.workers.digests import DigestKeeper
from chatbot.workers.exports import ExportKeeper
from chatbot.workers.heartbeat import Heartbeat
from chatbot.workers.housekeeping import Eraser, Housekeeping
from chatbot.workers.keys import KeyKeeper
from chatbot.workers.keys_alive import KeysAlive
from chatbot.workers.locks import LockKeeper
from chatbot.workers.market_watch import MarketWatch
from chatbot.workers.prices import PriceKeeper
from chatbot.workers.supervisor import Supervisor
from chatbot.workers.swaps import SwapKeeper
from chatbot.workers.tickets import TicketKeeper
from chatbot.workers.trades import TradeKeeper
from handlers.board_painter import BoardPainter
from handlers.cards import CardPainter
from handlers.export_painter import ExportPainter
from handlers.outgoing import Delivery
from handlers.sender import Sender
from handlers.shown_secrets import Sweeper
from handlers.swap_painter import SwapPainter


@dataclass(frozen=True, slots=True, kw_only=True)
class Duties:
    """`begin` starts them all; the supervisor ends them. `away_since`: when the bot was last alive, if that was so long
    ago that what happened meanwhile is told as such.
    """

    storage: Storage
    venues: Mapping[Venue, OpenExchange]
    program: Program
    drawer: Drawer
    cards: CardPainter
    swap_cards: SwapPainter
    sender: Sender
    delivery: Delivery
    requests_per_minute: int
    away_since: datetime | None
    clock: Clock
    entropy: Entropy
    supervisor: Supervisor

    def begin(self) -> None:
        self._tell()
        self._look_after_tickets()
        self._look_after_swaps()
        self._put_files_together()
        self._keep_house()
        self._watch_markets()
        self._watch_accounts()
        self._keep_trades()

    def _tell(self) -> None:
        """What goes out unasked."""
        run, storage, clock = self.supervisor.run, self.storage, self.clock
        run(self.delivery)
        run(self.cards)
        run(DigestKeeper(digests=self.program.services.digests, clock=clock))
        run(Sweeper(shown=storage.shown_secrets, factors=storage.factors, sender=self.sender, clock=clock))

    def _look_after_tickets(self) -> None:
        run, tickets, spawn = self.supervisor.run, self.storage.tickets, self.supervisor.spawn
        run(TicketKeeper(store=tickets, settling=self.program.settling, clock=self.clock, spawn=spawn))
        for venue, opened in self.venues.items():
            run(PriceKeeper(venue=venue, exchange=opened.exchange, store=tickets))

    def _look_after_swaps(self) -> None:
        run, swaps, spawn = self.supervisor.run, self.storage.swaps, self.supervisor.spawn
        following = self.program.services.followed_swaps
        run(self.swap_cards)
        run(SwapKeeper(store=swaps, look=following.look, clock=self.clock, spawn=spawn))

    def _put_files_together(self) -> None:
        run, storage, clock, spawn = self.supervisor.run, self.storage, self.clock, self.supervisor.spawn
        store, files, exporting = storage.exports, storage.export_files, self.program.exporting
        run(ExportKeeper(store=store, files=files, exporting=exporting, clock=clock, spawn=spawn))
        painter = ExportPainter(
            exports=self.program.services.exports,
            preferences=storage.preferences,
            sender=self.sender,
            clock=clock,
            spawner=self.supervisor,
        )
        run(painter)

    def _keep_house(self) -> None:
        run, storage, clock = self.supervisor.run, self.storage, self.clock
        run(LockKeeper(self.program.services.locks))
        run(KeysAlive(health=self.program.health, clock=clock, entropy=self.entropy))
        run(KeyKeeper(storage.rotation))
        run(Eraser(storage.forgetting))
        run(Housekeeping(dialogues=storage.dialogues, inbox=storage.inbox, alerts=storage.alerts, clock=clock))
        run(Heartbeat(life=storage.life, clock=clock))

    def _watch_markets(self) -> None:
        """Look at the prices of every venue, and let all that live on them know: first the alerts, which look back in
        the history at what was before.
        """
        run, bars, clock = self.supervisor.run, self.program.bars, self.clock
        boards = self._boards()
        run(boards)
        run(self.drawer)
        run(BarKeeper(history=bars, venues=tuple(self.venues), clock=clock))
        for venue, opened in self.venues.items():
            watch = MarketWatch(
                venue=venue,
                exchange=opened.exchange,
                listeners=(self.program.alerts, bars, boards),
                per_minute=self.requests_per_minute,
                away_since=self.away_since,
                clock=clock,
            )
            run(watch)

    def _boards(self) -> BoardPainter:
        return BoardPainter(
            store=self.storage.boards,
            outbox=self.storage.outbox,
            markets=self.program.services.markets,
            preferences=self.storage.preferences,
            sender=self.sender,
            clock=self.clock,
            spawner=self.supervisor,
        )

    def _watch_accounts(self) -> None:
        for venue, opened in self.venues.items():
            watch = AccountWatch(
                venue=venue,
                exchange=opened.exchange,
                follow_ups=self.program.follow_ups,
                keys=self.program.health,
                is_in=self.program.services.people.is_in,
                per_minute=self.requests_per_minute,
                clock=self.clock,
                entropy=self.entropy,
            )
            self.supervisor.run(watch)

    def _keep_trades(self) -> None:
        services = self.program.services
        for venue, opened in self.venues.items():
            keeper = TradeKeeper(
                venue=venue,
                exchange=opened.exchange,
                trades=services.trades,
                store=self.storage.trades,
                is_in=services.people.is_in,
                per_minute=self.requests_per_minute,
                clock=self.clock,
            )
            self.supervisor.run(keeper)
