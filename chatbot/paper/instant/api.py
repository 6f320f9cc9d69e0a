"""The documented endpoints I1-I3, for the account whose session signed."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from chatbot.paper.accounts import Account
from chatbot.paper.api import private, read_object, succeed
from chatbot.paper.exchange import Exchange, Snapshot
from chatbot.paper.executions import Past, page
from chatbot.paper.instant import wire
from chatbot.paper.instant.door import PREFIX


class InstantApi:
    """Quotes, conversions and the history of trades."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def routes(self) -> list[BaseRoute]:
        handlers = {
            "get_depth_limits_and_amounts": self.quote,
            "instant_order": self.convert,
            "trade_history": self.history,
        }
        return [Route(f"{PREFIX}{name}/", private(handle), methods=["POST"]) for name, handle in handlers.items()]

    def quote(self, request: Request, _: Account) -> Response:
        pair, amount = wire.read_sale(read_object(request.state.body))
        return succeed(wire.quoted(self._exchange.instant.quote(pair, amount)))

    def convert(self, request: Request, account: Account) -> Response:
        asked = wire.read_conversion(read_object(request.state.body), account)
        self._exchange.catch_up()
        return succeed({"order_number": self._exchange.instant.convert(asked).number, "depth_order": True})

    def history(self, request: Request, account: Account) -> Response:
        asked = wire.read_history(read_object(request.state.body))
        number = self._exchange.accounts.number(account, asked.account_name)
        since = self._exchange.clock.unix() - asked.span.total_seconds()
        executions, has_next = page(self._past(request, number), number=asked.page, since=since)
        return succeed(wire.history_page(executions, asked=asked, has_next=has_next))

    def _past(self, request: Request, number: int) -> Past:
        """The account's executions, or as they were when a ``stale_lists`` fault was installed."""
        self._exchange.catch_up()
        stale: Snapshot | None = getattr(request.state, "stale", None)
        return self._exchange.executions.of(number) if stale is None else stale.executions.get(number, ())
