"""Trades, files and what was done through the bot, with somebody's words in every field that is not ours."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from chatbot.domain.export_rows import Row, opening, written
from chatbot.domain.exports import Export, ExportFormat, ExportKind, ExportState, Failure, Gap
from chatbot.domain.history import Deal
from chatbot.domain.ids import ExportId, MarketCode
from chatbot.domain.money import Amount
from chatbot.domain.swaps import SwapStatus
from chatbot.domain.tickets import Ticket, TicketState
from chatbot.domain.trade_text import TradeWindow
from chatbot.domain.trade_totals import Pair, totals
from chatbot.domain.trades import Trade, TradePage
from chatbot.services.history import HistoryPage
from chatbot.services.trades import Source, TradeList
from handlers.views import exports, history, trades
from handlers.views.screen import File, Shown
from tests.fakes.clock import FakeClock
from tests.fakes.instant import trade
from tests.handlers.views.examples import MAIN, NOW
from tests.prove import hostile_swaps
from tests.prove import hostile_values as some
from tests.storage.examples import ANNA, an_export

Word = Callable[[], str]
Draw = Callable[[Word], Shown | None]

_MANY = 60
"""Trades on a page: more than fit into a message."""


def listed(word: Word, source: Source = Source.EXCHANGE, *, count: int = _MANY) -> TradeList:
    shown = tuple(_trade(word, number) for number in range(count))
    return TradeList(
        account=some.account(word),
        window=TradeWindow.MONTH,
        market=shown[0].market,
        page=TradePage(trades=shown, number=2, has_next=True),
        pairs={each.market: Pair(base=word(), counter=word()) for each in shown},
        others=3,
        summed=totals(shown) if source is Source.EXCHANGE else None,
        source=source,
        reach=(NOW, NOW),
        at=NOW,
    )


def _trade(word: Word, number: int) -> Trade:
    fee = Amount(Decimal("0.0135"), word())
    return trade(FakeClock(), number, market=MarketCode(f"COIN{number % 9}USDT"), transaction=word(), fee=fee)


def done(word: Word) -> HistoryPage:
    tickets: tuple[Ticket, ...] = (
        some.withdrawal(word, TicketState.DONE),
        some.order_card(word, TicketState.UNCERTAIN),
        hostile_swaps.creation(word, TicketState.DONE),
    )
    swap = hostile_swaps.swap(word, SwapStatus.PAID)
    deals = [Deal(ticket=each, at=NOW, swap=None) for each in tickets]
    return HistoryPage(deals=(*deals, replace(deals[2], swap=swap)), number=2, has_next=True)


def export(word: Word, **changes: object) -> Export:
    said: dict[str, object] = {"id": ExportId(1), "account_label": word()[:40], "gaps": tuple(Gap), **changes}
    return an_export(ANNA, MAIN, **said)


def table(word: Word) -> File:
    """What a spreadsheet opens."""
    amount = Amount(Decimal("0.5"), word())
    row = Row(
        at=NOW,
        type="send",
        base=amount,
        quote=amount,
        fee=amount,
        sender=word(),
        receiver=word(),
        network=word(),
        id=word(),
        description=word(),
    )
    content = opening(ExportFormat.CSV) + written(ExportFormat.CSV, [row], first=True)
    return File(name="orders.csv", content=content)


def _document(word: Word) -> Shown:
    """The caption alone: the file is read when it is sent."""
    shown = exports.document(export(word, rows=5, parts=2), part=1, content=Path("never-read"))
    return replace(shown, content=table(word).content)


TRADES: tuple[Draw, ...] = (
    *(lambda word, source=source: trades.trade_list(listed(word, source), now=NOW) for source in Source),
    lambda word: trades.trade_list(listed(word, count=2), now=NOW),
)
HISTORY: tuple[Draw, ...] = (lambda word: history.history(done(word), now=NOW),)
EXPORTS: tuple[Draw, ...] = (
    *(
        lambda word, state=state: exports.progress(export(word, state=state, kind=ExportKind.TRADES), now=NOW)
        for state in ExportState
    ),
    lambda word: exports.progress(export(word, failure=Failure.AWAY, failing_since=NOW), now=NOW),
    lambda word: exports.cancelled(export(word)),
    lambda word: exports.ended(export(word)),
    lambda word: exports.ended(export(word, parts=1)),
    lambda word: exports.ended(export(word, failure=Failure.KEY_REJECTED)),
    _document,
)
