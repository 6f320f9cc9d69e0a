"""Which currencies a question of a conversion offers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import OSA

from chatbot.domain.convert_drafts import ConvertQuestion
from chatbot.domain.currencies import USUAL_COUNTER
from chatbot.domain.ids import MarketCode
from chatbot.domain.market import Market, Ticker, value_in
from chatbot.domain.money import ZERO
from chatbot.domain.orders import Balances
from chatbot.domain.shortcuts import currency_named

_OFFERED = 6
_USUAL = ("BTC", "ETH")
_MOST_MEANT = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistyped:
    """A code that is not known, on one side of a conversion; `offered` are those that look like it and fit there."""

    side: ConvertQuestion
    offered: tuple[str, ...]
    problem: str


def mistyped(sell: str, buy: str, *, balances: Balances, markets: tuple[Market, ...]) -> Mistyped | None:
    """The first of the two that is neither listed nor held, if there are some that look like it."""
    for side, code, other in ((ConvertQuestion.SELL, sell, buy), (ConvertQuestion.BUY, buy, sell)):
        if code in balances.by_currency or currency_named(code, markets) is not None:
            continue
        meant = _meant(code, markets)
        if meant:
            return Mistyped(
                side=side,
                offered=tuple(each for each in meant if each != other and _converts(each, other)),
                problem=f"I do not know {code}. Close to it: {', '.join(meant)}.",
            )
    return None


def to_sell(buy: str | None, held: Iterable[str]) -> list[str]:
    """The first of what is held; and the usual counter, wherever it comes."""
    codes = [code for code in held if code != buy]
    if USUAL_COUNTER in codes[_OFFERED:]:
        codes.insert(_OFFERED - 1, USUAL_COUNTER)
    return codes[:_OFFERED]


def to_buy(sell: str, held: Iterable[str]) -> list[str]:
    """The usual ones and what is held, as far as they are given for what is sold."""
    offered = dict.fromkeys((USUAL_COUNTER, *_USUAL, *held))
    return [code for code in offered if code != sell and _converts(sell, code)][:_OFFERED]


def by_worth(balances: Balances, *, markets: Iterable[Market], tickers: Mapping[MarketCode, Ticker]) -> list[str]:
    """What there is something of, the most valuable first; last, in order of the alphabet, what has no price."""
    listed = tuple(markets)
    available = {code: held.available for code, held in balances.by_currency.items() if held.available > ZERO}
    worth = {
        code: value_in(amount, currency=code, counter=USUAL_COUNTER, markets=listed, tickers=tickers) or ZERO
        for code, amount in available.items()
    }
    return sorted(sorted(worth), key=worth.__getitem__, reverse=True)


def _converts(one: str, other: str) -> bool:
    """Coins are converted to the usual counter and back, not into each other (observed)."""
    return USUAL_COUNTER in (one, other)


def _meant(code: str, markets: Iterable[Market]) -> tuple[str, ...]:
    """Codes that are one slip of a finger away."""
    codes = sorted({listed for market in markets for listed in (market.base, market.counter)})
    found = process.extract(code, codes, scorer=OSA.distance, score_cutoff=1, limit=_MOST_MEANT)
    return tuple(near for near, _, _ in found)
