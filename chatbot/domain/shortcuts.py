"""What a plain text in the private chat means where nothing was asked. This is the one place that decides it.

btc? · btc eth ? · price of btc · eth price · buy 0.01 btc · sell all eth @ 2500 · swap 500 usdc to btc · 0.5 ETH
500usdt · 100 usdt to eth · orders

Only the form counts here; whether there is such a market is for others to find out. A text that may be anything else
means nothing: it may be a code or a key that was pasted by mistake. Nothing here does more than a command would.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from chatbot.domain.market import Market

WITH_WORDS_BEHIND: Final = ("buy", "sell", "swap", "convert")
ALONE: Final = {
    "balance": "balance",
    "balances": "balance",
    "orders": "orders",
    "trades": "trades",
    "history": "history",
    "portfolio": "portfolio",
    "price": "price",
    "prices": "price",
    "markets": "markets",
    "help": "help",
}
"""Commands that are understood without their slash."""

_LONGEST = 600
_SYMBOL = r"\$?(?=[0-9]{0,4}[A-Za-z])[A-Za-z0-9]{2,12}(?:[/_-][A-Za-z0-9]{2,12})?"
_SYMBOLS = rf"(?P<symbols>{_SYMBOL}(?:(?:\s*,\s*|\s+){_SYMBOL}){{0,7}})"
_ASKED = re.compile(rf"{_SYMBOLS}\s*\?{{1,3}}")
_PRICE_BEHIND = re.compile(rf"{_SYMBOLS}\s+prices?\s*\?{{0,3}}", re.IGNORECASE)
_PRICE_OF = re.compile(rf"prices?(?:\s+of)?\s+{_SYMBOLS}\s*\?{{0,3}}", re.IGNORECASE)
_SPOKEN = re.compile(rf"({'|'.join(WITH_WORDS_BEHIND)})(?:\s+(.*?))?(?:\s*\?{{1,3}})?", re.IGNORECASE)
_UNBROKEN = "\u00a0\u2009\u202f"
_GAP = f"[ {_UNBROKEN}]"
_NUMBER = rf"\$?(?:[0-9.,]|(?<=[0-9]){_GAP}(?=[0-9]{{3}}(?![0-9]))){{1,24}}"
_UNIT = r"[A-Za-z][A-Za-z0-9]{1,11}"
_AMOUNT = re.compile(rf"(?P<number>{_NUMBER}[kKmM]?)\s+(?P<unit>{_UNIT})")
_GLUED = re.compile(rf"(?P<number>{_NUMBER})(?P<unit>[A-Za-z]{{2,12}})")
_TURNED = re.compile(rf"(?P<unit>{_UNIT})\s+(?P<number>{_NUMBER}[kKmM]?)")
_AMOUNT_FIRST = re.compile(r"\$?[.,]?[0-9]")
_WAY = re.compile(
    rf"(?P<number>{_NUMBER}[kKmM]?)\s+(?P<sell>{_UNIT})\s+(?:to|into|in|->|→)\s+(?P<buy>{_UNIT})\s*\?{{0,3}}", re.I
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SpokenCommand:
    """A command without its slash; `args` is what stands behind it, as it was typed."""

    name: str
    args: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedPrice:
    """A question for prices, by symbols that may name no market."""

    symbols: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LooseAmount:
    """An amount, and nothing on what should become of it. `unit` is as typed, and so is `number`, in one word."""

    number: str
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedWay:
    """An amount of one currency that should become another one, and nothing on how. All is as in `LooseAmount`."""

    number: str
    sell: str
    buy: str


Shortcut = SpokenCommand | AskedPrice | LooseAmount | AskedWay


class AmountUse(StrEnum):
    """What can be done with an amount: `SPEND` it on something that is priced in its currency, for one, or `CONVERT` it
    through Instant Trade.
    """

    BUY = "buy"
    SELL = "sell"
    SPEND = "spend"
    CONVERT = "convert"
    SWAP = "swap"


def understood(text: str) -> Shortcut | None:
    """What a text means; None for everything that is not clearly one of these. Never raises."""
    said = text.strip()
    if len(said) > _LONGEST or not all(symbol.isprintable() or symbol in _UNBROKEN for symbol in said):
        return None  # of a text of several lines, too, nobody should read only the first one
    if alone := ALONE.get(said.lower()):
        return SpokenCommand(name=alone, args="")
    if spoken := _SPOKEN.fullmatch(said):
        return SpokenCommand(name=spoken[1].lower(), args=(spoken[2] or "").strip())
    if asked := _PRICE_OF.fullmatch(said) or _PRICE_BEHIND.fullmatch(said) or _ASKED.fullmatch(said):
        return AskedPrice(symbols=tuple(asked["symbols"].replace(",", " ").replace("$", "").split()))
    if (way := _WAY.fullmatch(said)) and (number := _one_word(way["number"])):
        return AskedWay(number=number, sell=way["sell"], buy=way["buy"])
    amount = _AMOUNT.fullmatch(said) or _GLUED.fullmatch(said) or _TURNED.fullmatch(said)
    if amount and (number := _one_word(amount["number"])):
        return LooseAmount(number=number, unit=amount["unit"])
    return None


def second_thought(text: str, *, free: bool = False) -> Shortcut | None:
    """What a text means where something is asked and it is no answer: a spoken command with words behind it, or a price
    asked with a question mark. Amounts and lone words are answers. Never raises.

    `free`: the answer may be words of any kind, as a name or a memo; then an amount comes first behind a command.
    """
    meant = understood(text)
    if isinstance(meant, AskedPrice):
        return meant if text.rstrip().endswith("?") else None
    if not isinstance(meant, SpokenCommand) or not meant.args:
        return None
    return meant if not free or _AMOUNT_FIRST.match(meant.args) else None


def _one_word(number: str) -> str:
    """Without the spaces between its thousands; nothing if there is no digit in it."""
    return "".join(number.split()) if any(symbol.isdigit() for symbol in number) else ""


def currency_named(unit: str, markets: Iterable[Market]) -> str | None:
    """The code of the currency that is called so, by its code or its name, on an exchange; None if none is."""
    wanted = unit.upper()
    named = {market.base_name.upper(): market.base for market in markets}
    codes = {code for market in markets for code in (market.base, market.counter)}
    return wanted if wanted in codes else named.get(wanted)


def uses_of(currency: str, markets: Iterable[Market]) -> tuple[AmountUse, ...]:
    """What can be done on an exchange with an amount of this currency; the likeliest first."""
    listed = tuple(markets)
    spend = (AmountUse.SPEND,) if any(market.counter == currency for market in listed) else ()
    trade = (AmountUse.BUY, AmountUse.SELL) if any(market.base == currency for market in listed) else ()
    return spend + trade
