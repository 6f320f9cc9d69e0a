"""Trades, what was done through the bot, and files of both."""

from chatbot.domain.exports import ExportKind
from chatbot.domain.ids import AccountId, ExportId
from chatbot.domain.trade_text import TradeWindow
from handlers.buttons import button


@button("tl")
class ShowTrades:
    """`back`: where the page has none of the market, one before it is shown."""

    account: AccountId
    window: TradeWindow
    page: int
    back: bool
    code: str | None


@button("hl")
class ShowHistory:
    page: int


@button("xf")
class StartExport:
    """A file of everything there is of a kind."""

    kind: ExportKind


@button("xz")
class CancelExport:
    export: ExportId
