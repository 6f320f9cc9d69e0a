"""The part of the control panel that moves markets; what each request takes is listed in ``control``."""

from datetime import timedelta
from decimal import Decimal

from starlette.requests import Request

from chatbot.paper.exchange import Exchange
from chatbot.paper.faults import Fault, FaultKind, Faults
from chatbot.paper.fields import Fields, read_flag, read_market, read_percent, read_price, read_seconds
from chatbot.paper.market import MARKETS_BY_CODE
from chatbot.paper.orders import Side
from chatbot.paper.trading import Trading

_PRICE_PATHS = ("/api/v1/ticker/", "/api/v1/order_book/", "/api/v1/market_info/")


class MarketControl:
    """Prices by hand, by script, standing still, and out of reach."""

    def __init__(self, *, exchange: Exchange, faults: Faults) -> None:
        self._exchange = exchange
        self._faults = faults

    def markets(self) -> object:
        """Every market that has a book with its price now and what moves it."""
        return {"markets": [self._shown(code, trading) for code, trading in self._exchange.markets.items()]}

    def _shown(self, code: str, trading: Trading) -> Fields:
        bid, ask = (trading.book.half(side).best_price() for side in Side)
        return {
            "market": code,
            "base": trading.market.base,
            "counter": trading.market.counter,
            "base_decimals": trading.market.base_decimals,
            "counter_decimals": trading.market.counter_decimals,
            "minimum": str(trading.market.minimum),
            "price": str(trading.last_price),
            "bid": None if bid is None else str(bid),
            "ask": None if ask is None else str(ask),
            "held": self._exchange.frozen or code in self._exchange.held,
            "scripted": code in self._exchange.scripts,
        }

    def set_price(self, _: Request, fields: Fields) -> object:
        exchange = self._exchange
        code = read_market(fields)
        wanted = self._changed(code, fields["change"]) if "change" in fields else fields.get("price")
        exchange.set_price(code, read_price(code, wanted))
        if read_flag(fields, "hold", default=False):
            exchange.hold(code, held=True)
        return {"ok": True, "price": str(exchange.last_price(MARKETS_BY_CODE[code]))}

    def _changed(self, code: str, percent: object) -> str:
        """The last price changed by a percentage, as text: ``"-5"``."""
        market = MARKETS_BY_CODE[code]
        moved = self._exchange.last_price(market) * (100 + read_percent(percent, "change")) / 100
        return f"{max(moved.quantize(market.price_step), market.price_step):f}"

    def start_script(self, _: Request, fields: Fields) -> object:
        """Nothing starts unless everything can."""
        paths = fields.get("markets", {fields.get("market"): fields.get("prices")})
        if not isinstance(paths, dict) or not paths:
            raise ValueError("markets: a list of prices by market")
        interval = timedelta(seconds=read_seconds(fields, "interval"))
        then = fields.get("then", "live")
        if then not in ("live", "hold"):
            raise ValueError("then: live or hold")
        steps = {code: self._steps(code, prices) for code, prices in paths.items()}
        now = self._exchange.clock.monotonic()
        for code, prices in steps.items():
            self._exchange.scripts.start(code, prices, interval=interval, now=now)
            self._exchange.hold(code, held=then == "hold")
        return {"ok": True}

    def _steps(self, code: object, prices: object) -> list[Decimal]:
        known = read_market({"market": code})
        if not isinstance(prices, list) or not prices:
            raise ValueError("prices: a list of decimals")
        return [read_price(known, price) for price in prices]

    def hold(self, _: Request, fields: Fields) -> object:
        self._exchange.hold(read_market(fields), held=read_flag(fields, "held", default=True))
        return {"ok": True}

    def live(self, _: Request, fields: Fields) -> object:
        codes = [read_market(fields)] if "market" in fields else list(MARKETS_BY_CODE)
        for code in codes:
            self._exchange.scripts.stop(code)
            self._exchange.hold(code, held=False)
        if "market" not in fields:
            self._exchange.frozen = False
        return {"ok": True}

    def freeze(self, _: Request, fields: Fields) -> object:
        self._exchange.frozen = read_flag(fields, "frozen")
        return {"frozen": self._exchange.frozen}

    def outage(self, _: Request, fields: Fields) -> object:
        until = self._exchange.clock.monotonic() + read_seconds(fields, "seconds")
        match fields.get("kind", "unreachable"):
            case "stale":
                self._exchange.standing_until = until
            case "unreachable":
                self._faults.install(Fault(kind=FaultKind.DROP_REQUEST, paths=_PRICE_PATHS, left=None, until=until))
            case _:
                raise ValueError("kind: stale or unreachable")
        return {"ok": True}
