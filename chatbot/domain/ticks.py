"""Prices of all markets at one moment, as the one request for everybody brought them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from chatbot.domain.accounts import Venue
from chatbot.domain.ids import MarketCode
from chatbot.domain.market import Ticker


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """`since` is set on the first tick after a time nobody looked (the bot or the exchange was away): its beginning."""

    venue: Venue
    at: datetime
    tickers: Mapping[MarketCode, Ticker]
    since: datetime | None = None
