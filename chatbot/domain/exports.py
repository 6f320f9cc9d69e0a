"""Files that people ask for: what shall be in them, and how far they are."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from chatbot.domain.ids import AccountId, ExportId, MessageId, PersonId
from chatbot.domain.trade_text import LENGTHS
from chatbot.domain.trades import TradeSpan


class ExportKind(StrEnum):
    """What a file holds: executed trades, orders at the exchange, or what was done through the bot."""

    TRADES = "trades"
    ORDERS = "orders"
    HISTORY = "history"


class ExportFormat(StrEnum):
    CSV = "csv"
    JSON = "json"


class ExportState(StrEnum):
    """Gathered from the exchange, page by page; then written; then sent. `FAILED` is to be told."""

    GATHERING = "gathering"
    WRITING = "writing"
    READY = "ready"
    FAILED = "failed"


class Gap(StrEnum):
    """Why something may be missing: the exchange's history is short, no session is linked, it ended meanwhile, or the
    exchange's list broke off.
    """

    SHORT_HISTORY = "short_history"
    NO_SESSION = "no_session"
    SESSION_ENDED = "session_ended"
    CUT_SHORT = "cut_short"


class Failure(StrEnum):
    """Why there is no file: the account was unlinked, its key is refused, the exchange or the messenger says no; or the
    exchange could not be read, its allowance of requests was used up by others, the disk was full or the program at
    fault, each for longer than `PATIENCE`.
    """

    UNLINKED = "unlinked"
    KEY_REJECTED = "key_rejected"
    REFUSED = "refused"
    NOT_TAKEN = "not_taken"
    AWAY = "away"
    BUSY = "busy"
    NO_ROOM = "no_room"
    FAULT = "fault"


PATIENCE = {
    Failure.AWAY: timedelta(days=1),
    Failure.BUSY: timedelta(days=1),
    Failure.NO_ROOM: timedelta(hours=1),
    Failure.FAULT: timedelta(hours=1),
}
"""For how long it is tried again while this stands in the way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportRequest:
    """What was typed: days of UTC, both of them included; without a `first` one, from the beginning on."""

    kind: ExportKind
    first: date | None
    last: date
    format: ExportFormat


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """A file under way. It holds what happened from `since` (None: the beginning) until just before `until`.

    `account` is None for what was done through the bot with all accounts. `page` is the next one to ask the exchange
    for, `read` how many rows it gave so far, `rows` how many stand in the file. A file too large for one message comes
    in `parts`, of which so many were `sent`. `message` says how far it is.

    `last_page` are the numbers on the page read last: a list that shows nothing else has no end. While it is under way,
    `failure` is what stands in its way since `failing_since`. `next_at` is when to go on; once it is over, when it is
    thrown away, handed over or not.
    """

    id: ExportId
    person: PersonId
    account: AccountId | None
    account_label: str
    kind: ExportKind
    format: ExportFormat
    since: datetime | None
    until: datetime
    created_at: datetime
    state: ExportState = ExportState.GATHERING
    page: int = 1
    read: int = 0
    rows: int = 0
    parts: int = 0
    sent: int = 0
    gaps: tuple[Gap, ...] = ()
    failure: Failure | None = None
    failing_since: datetime | None = None
    last_page: tuple[int, ...] = ()
    message: MessageId | None = None
    next_at: datetime | None = None

    @property
    def is_under_way(self) -> bool:
        return self.state in (ExportState.GATHERING, ExportState.WRITING)

    def covers(self, at: datetime) -> bool:
        return at < self.until and (self.since is None or at >= self.since)

    def file_name(self, part: int) -> str:
        """Such as `trades-2026-01-01-2026-06-30.csv`; counted from 1 where there are several."""
        first = "start" if self.since is None else f"{self.since:%Y-%m-%d}"
        last = f"{self.until - timedelta(microseconds=1):%Y-%m-%d}"
        return f"{self.kind}-{first}-{last}{f'-{part}' if self.parts > 1 else ''}.{self.format}"


def span_for(since: datetime | None, *, now: datetime) -> TradeSpan:
    """The shortest history that has everything since then, or the longest there is."""
    reaching = (span for span, length in LENGTHS.items() if since is not None and now - since < length)
    return next(reaching, TradeSpan.MONTH)


def is_beyond_history(moment: datetime | None, *, now: datetime) -> bool:
    """Whether the exchange's history may not reach back so far (None: to the beginning)."""
    return moment is None or now - moment > LENGTHS[TradeSpan.MONTH]
