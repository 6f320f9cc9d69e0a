"""How people write swaps: one line in, a `SwapRequest` out, as complete as the line was.

500 USDC to BTC · 500 USDC BTC · USDC to 0.01 BTC · 0.01 BTC from USDC · to get 0.01 BTC from USDC · usdt on tron ·
USDT (TRC20) · usdt@tron · trc20 usdt · usdt->btc 500 · … to btc ADDRESS · … to xrp ADDRESS memo 12345 refund ADDRESS

What stands behind the coins is taken as it stands, to the last character: `receiver_text` reads it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from chatbot.domain.coins import home
from chatbot.domain.drafts import SwapRequest
from chatbot.domain.errors import InputError
from chatbot.domain.money import ZERO, parse_decimal
from chatbot.domain.networks import network_named, network_of
from chatbot.domain.receiver_text import says_none, split_refund
from chatbot.domain.stray_secrets import said_back
from chatbot.domain.swaps import Coin

_LONGEST = 600
_EXAMPLE = "Write it like 500 USDC to BTC, or 0.01 BTC from USDC."

_SEND = frozenset(("swap", "send", "sell", "exchange", "convert", "from"))
_GET = frozenset(("get", "receive", "buy"))
_INTO = frozenset(("to", "for", "into", "in"))
_OUT_OF = frozenset(("from", "with", "using", "for"))
_REFERENCE = re.compile(r"[A-Za-z0-9_-]{1,64}")
_EVERYTHING = frozenset(("all", "max", "everything"))

_GAP = "[ \u00a0\u2007\u2009\u202f]"
_NUMBER = re.compile(rf"\$?(?:[0-9.,]|(?<=[0-9]){_GAP}(?=[0-9]{{3}}(?![0-9])))+")
_ARROW = re.compile(r"\s*(?:->|=>|→|>|/)\s*")
_ENDS = r"\s|$|->|=>|→|>|/"
"""What may stand behind a word or a number."""
_WISH = re.compile(r"(?:i\s+(?:want|need|would\s+like)|i['’]?d\s+like)\s+(?:to\s+)?", re.IGNORECASE)
_SPACED = re.compile(r"[1-9][0-9]{0,2}(?: [0-9]{3})+(?:\.[0-9]+)?")
_AMOUNT = re.compile(rf"{_NUMBER.pattern}[kKmM]?(?={_ENDS})|\$?(?:[0-9]{{2,}}|[0-9]*[.,][0-9]+)(?=[A-Za-z]{{2}})")
_AMOUNT_START = re.compile(r"[-+$%.,0-9]")
_NAME_ENDINGS = "cash|classic|coin|gold|inu|sv"
_COIN = re.compile(
    rf"(?:[a-z][a-z0-9.]{{0,19}}|[0-9]{{1,5}}[a-z]{{2}}[a-z0-9]{{0,14}})(?:\s+(?:{_NAME_ENDINGS})(?!\S))?(?=[\s(@_/=→>-]|$)",
    re.IGNORECASE,
)
_STANDARD = re.compile(rf"[\s_-]\s*((?:trc|erc|bep)-?20|spl)(?={_ENDS})", re.IGNORECASE)
_STANDARD_FIRST = re.compile(r"((?:trc|erc|bep)-?20|spl)\s+(?!(?:to|for|into|in)\s)(?=[a-z])", re.IGNORECASE)
_BRACKETED = re.compile(r"\s*\(\s*(?:on\s+)?([^()]{1,30}?)\s*\)", re.IGNORECASE)
_ON = re.compile(r"(?:\s*@\s*|\s+on\s+(?:the\s+)?)(?=[A-Za-z])", re.IGNORECASE)
_WORD = "[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*"
_WORDS = tuple(re.compile(rf"{_WORD}(?:\s+{_WORD}){{{more}}}(?={_ENDS})") for more in (2, 1, 0))
_CHAIN = re.compile(r"\s+(?:network|chain|mainnet)(?!\S)", re.IGNORECASE)


_STATE_MONEY = re.compile(
    r"USD|DOLLARS?|EUR|EUROS?|GBP|POUNDS?|CHF|JPY|YEN|CNY|RUB|INR|BRL|TRY|CAD|AUD|NZD|MXN|KRW|SGD|HKD|SEK|NOK|DKK|PLN"
    r"|CZK|HUF|RON|UAH|ILS|ZAR|AED|SAR|THB|IDR|VND|PHP|MYR|NGN|ARS|CLP|COP"
)
NO_STATE_MONEY = "n.exchange swaps coins, not money of states. Take a coin that stands for it, like USDT for dollars."


@dataclass(slots=True)
class _Line:
    """What is left of a line while it is read from the left."""

    rest: str

    def take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """What stands at the beginning, if it looks like this; it is then gone from the line."""
        found = pattern.match(self.rest)
        if found is not None:
            self.rest = self.rest[found.end() :]
        return found

    def word(self) -> str:
        return next(iter(self.rest.split(maxsplit=1)), "")

    def skip(self, words: frozenset[str]) -> str:
        """The first word, if it is one of these; empty, and nothing gone, if not."""
        self.rest = self.rest.lstrip()
        first = self.word().lower()
        if first not in words:
            return ""
        self.rest = self.rest[len(first) :].lstrip()
        return first


class EitherAmount(InputError):
    """A number may be that of the coin to send or of the one to receive: the two `requests`."""

    def __init__(self, typed: str, *, sends: SwapRequest, gets: SwapRequest) -> None:
        super().__init__(f"Is “{typed}” what you send, or what you get?")
        self.requests = (sends, gets)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One side of a swap: so much of a coin. `coin` is as it was typed, see `coin_and_network`. None: not said."""

    amount: Decimal | None = None
    coin: str | None = None


def parse_swap(text: str) -> SwapRequest:
    """Read what follows `/swap`. Nothing at all is fine: everything is then asked for.

    Coins are as they were typed, to be looked up; a network that was named follows behind an `@`. Raises `InputError`,
    saying what was understood and what was not.
    """
    if len(text) > _LONGEST:
        raise InputError(f"That is too long for a swap. {_EXAMPLE}")
    line = _Line(text.strip())
    gets_first = _leads_to_what_is_got(line)
    first = _read_part(line)
    link = _read_link(line, gets_first=gets_first)
    turned = gets_first or (bool(link) and link not in _INTO)
    if link and not turned:
        line.skip(_GET)
    second = _read_part(line) if link or (first.coin is not None and not gets_first) else Part()
    deposit, withdraw = (second, first) if turned else (first, second)
    withdraw = _with_amount_behind(line, deposit, withdraw)
    is_whole = withdraw.coin is not None and (second != Part() or not link)
    receiver, refund = _read_receivers(line) if is_whole else (None, None)
    if line.rest.strip():
        raise _not_understood(text, line.rest)
    return _request(deposit, withdraw, receiver=receiver, refund=refund)


def parse_amount(text: str) -> tuple[Part, bool]:
    """An amount, perhaps with its coin, and whether it was said to be the one to receive. Raises `InputError`."""
    line = _Line(text.strip())
    gets = _leads_to_what_is_got(line)
    part = _read_part(line)
    if part.amount is None or line.rest.strip():
        raise InputError("How much? Write it like 500, or 0.01 BTC.")
    return part, gets


def is_reference(text: str) -> bool:
    """Whether a text can be an order's reference: the API's pattern, and a length that it does not name (api: 3.4)."""
    return _REFERENCE.fullmatch(text) is not None


def coin_and_network(typed: str) -> tuple[str, str | None]:
    """What was typed for a coin, and the code of the network that was named with it: empty if none was, None for one
    that is not known.
    """
    coin, _, name = typed.partition("@")
    return coin, network_named(name) if name else ""


def is_state_money(coin: str) -> bool:
    """Whether a code or a name is that of money of a state, which the service does not swap."""
    return _STATE_MONEY.fullmatch(coin.upper()) is not None


def unknown_network(typed: str, coins: Iterable[Coin]) -> str:
    """That a coin was typed with a network that is not known, and where there is such a coin."""
    coin, _, name = typed.partition("@")
    networks = ", ".join(dict.fromkeys(network_of(home(each)).name for each in coins))
    return f"I know no network called “{name[:40]}”. {coin} is swapped on {networks}."


def spell_out_network(text: str) -> str:
    """`USDT tron` as `USDT on tron`: where one coin is asked for, it is not two."""
    line = _Line(text.strip())
    if line.word().lower() in _SEND | _GET | _INTO | _OUT_OF:
        return text
    coin = line.take(_COIN)
    return text if coin is None or network_named(line.rest) is None else f"{coin[0]} on {line.rest.strip()}"


def says_sent(text: str) -> bool:
    """Whether the first word says that what follows is sent: `send 500 USDC`."""
    return _Line(text.strip()).word().lower() in _SEND


def _leads_to_what_is_got(line: _Line) -> bool:
    """`to get`, `get`, `to`, `i want`: what comes first then is what is received."""
    wishes = line.take(_WISH) is not None
    if line.skip(_SEND):
        return False
    to, get = line.skip(frozenset(("to",))), line.skip(_GET)
    return bool(wishes or to or get)


def _read_link(line: _Line, *, gets_first: bool) -> str:
    """What stands between the two coins; empty for nothing."""
    if not gets_first and line.take(_ARROW) is not None:
        return "to"
    return line.skip(_OUT_OF if gets_first else _INTO | _OUT_OF)


def _read_part(line: _Line) -> Part:
    """`500 USDC`, `500`, `USDC`, `USDC 500`, each with a network or without; nothing where there is none of these."""
    line.rest = line.rest.lstrip()
    amount = _read_amount(line)
    line.rest = line.rest.lstrip()
    if line.word().lower() in _INTO | _OUT_OF:
        return Part(amount=_in_coin(amount, None))
    before = line.take(_STANDARD_FIRST)
    found = line.take(_COIN)
    if found is None:
        return Part(amount=_in_coin(amount, None))
    coin = found[0].upper()
    network = _read_network(line) or (before[1] if before is not None else "")
    if amount is None:
        amount = _read_amount_before_link(line)
    return Part(amount=_in_coin(amount, coin), coin=f"{coin}@{network}" if network else coin)


def _read_amount(line: _Line) -> str | None:
    """The amount at the beginning as it was typed. Raises `InputError` for what is meant as one and is none."""
    found = line.take(_AMOUNT)
    if found is not None:
        return found[0]
    word = line.word()
    if word.lower() in _EVERYTHING or word.endswith("%"):
        raise InputError(f"n.exchange holds no balance of yours, so say the amount itself instead of “{word[:40]}”.")
    if _AMOUNT_START.match(word) and not _COIN.match(word):
        parse_decimal(word)
        raise InputError(f"“{word[:40]}” is not a number I can use. Write it like 0.01 or 1500.")
    return None


def _read_amount_before_link(line: _Line) -> str | None:
    """`USDC 500 to BTC`; but in `USDC 0.01 BTC` the amount is that of the coin behind it."""
    before = line.rest
    line.rest = before.lstrip()
    found = line.take(_AMOUNT)
    line.rest = line.rest.lstrip()
    if found is not None and (line.word().lower() in _INTO | _OUT_OF or _ARROW.match(line.rest)):
        return found[0]
    line.rest = before
    return None


def _in_coin(typed: str | None, coin: str | None) -> Decimal | None:
    """The amount. Dollars are an amount of a coin that stands for dollars, and of no other. In front of a coin `1 000`
    is one number to everybody.
    """
    if typed is None:
        return None
    value = parse_decimal(typed.replace(" ", "") if _SPACED.fullmatch(typed) else typed)
    if value <= ZERO:
        raise InputError(f"“{typed}” must be more than zero.")
    if typed.startswith("$") and (coin is None or not ("USD" in coin or coin in ("DAI", "TETHER"))):
        raise InputError(
            f"Dollars go with a coin that stands for dollars, like {typed} USDT. Say the amount in a coin."
        )
    return value


def _read_network(line: _Line) -> str:
    """The network's name behind a coin, as it was typed; empty if there is none."""
    found = line.take(_STANDARD) or line.take(_BRACKETED)
    if found is not None:
        return found[1]
    if line.take(_ON) is None:
        return ""
    names = [found[0] for words in _WORDS if (found := words.match(line.rest)) is not None]
    name = next((name for name in names if network_named(name) is not None), names[-1] if names else line.word())
    line.rest = line.rest[len(name) :]
    line.take(_CHAIN)
    return name


def _with_amount_behind(line: _Line, deposit: Part, withdraw: Part) -> Part:
    """`to BTC 0.01`: a lone number that ends the line, where no amount was said yet, is no address.

    Raises `EitherAmount` where it may be that of either coin.
    """
    rest = line.rest.strip()
    if withdraw.coin is None or not _AMOUNT.fullmatch(rest) or rest.count(".") > 1:
        return withdraw
    if deposit.amount is not None or withdraw.amount is not None:
        return withdraw
    line.rest = ""
    got = Part(amount=_in_coin(rest, withdraw.coin), coin=withdraw.coin)
    if deposit.coin is None:
        return got
    sent = Part(amount=got.amount, coin=deposit.coin)
    raise EitherAmount(rest, sends=_request(sent, withdraw), gets=_request(deposit, got))


def _read_receivers(line: _Line) -> tuple[str | None, str | None]:
    """What stands behind the coins: where the result goes, and where coins go back to; None if not said."""
    receiver, refund = split_refund(line.rest)
    line.rest = ""
    return receiver.strip() or None, refund


def _request(deposit: Part, withdraw: Part, *, receiver: str | None = None, refund: str | None = None) -> SwapRequest:
    if deposit.amount is not None and withdraw.amount is not None:
        raise InputError("Say one amount, the one to send or the one to receive. The other follows from the rate.")
    declined = refund is not None and says_none(refund)
    return SwapRequest(
        deposit_text=deposit.coin,
        withdraw_text=withdraw.coin,
        amount=withdraw.amount if deposit.amount is None else deposit.amount,
        gets=withdraw.amount is not None,
        receiver_text=receiver,
        refund_address="" if declined else None,
        refund_extra_id="" if declined else None,
        refund_text=None if declined else refund,
    )


def _not_understood(text: str, rest: str) -> InputError:
    known = " ".join(text.strip()[: -len(rest)].split())
    missed = said_back(" ".join(rest.split()))
    if not known:
        return InputError(f"I did not understand {missed}. {_EXAMPLE}")
    return InputError(f"I understood “{known[:80]}”, but not {missed}. {_EXAMPLE}")
