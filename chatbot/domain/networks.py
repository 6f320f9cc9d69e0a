"""The networks coins live on: what people call them, and what they call the memo beside an address.

Codes are those of n.exchange (api: 3.1, observed). Which networks have a memo: api: 9.11.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from chatbot.domain.errors import InputError

LONGEST_EXTRA_ID = 256
"""Characters of the longest memo of any network (that of EOS and of Cosmos)."""

MemoRule = Callable[[str], str]
"""Takes what was typed, gives it back as it is sent; raises `ValueError` with what would be right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """`code` is the service's (of several the first), `name` what people call it. `extra_id` is what a memo is called
    there, empty where there is none; `needs_extra_id`: many receivers, exchanges above all, are lost without one.
    """

    code: str
    name: str
    extra_id: str = ""
    needs_extra_id: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    network: Network
    aliases: tuple[str, ...] = ()
    other_codes: tuple[str, ...] = ()
    rule: MemoRule | None = None


def network_of(code: str) -> Network:
    """The network of a code of the service's; for one that is not known here, its code is its name.

    Two codes of one network (`POL`, `MATIC`) give the same answer: compare networks by `network_of(…).code`.
    """
    entry = _BY_CODE.get(code.upper())
    return Network(code=code, name=code) if entry is None else entry.network


def network_named(text: str) -> str | None:
    """The code of the network that somebody names by a code, a name, or the token standard used on it (`TRC20`)."""
    return _BY_NAME.get(_plain(text))


def needs_extra_id(code: str, address: str) -> bool:
    """Whether somebody who is paid at this address has probably been given a memo with it.

    Monero's subaddresses and integrated addresses take none: the latter carry their payment ID in themselves.
    """
    if network_of(code).code == "XMR":
        return address.startswith("4") and len(address) == _PLAIN_MONERO
    return network_of(code).needs_extra_id


def takes_extra_id(code: str) -> bool:
    """Whether there can be memos; of a network that is not known here it is not known either."""
    entry = _BY_CODE.get(code.upper())
    return entry is None or entry.rule is not None


def check_extra_id(code: str, text: str) -> str:
    """A memo as it was typed, as it is sent; empty stays empty. Raises `InputError` for one that cannot be one there.

    On a network that is not known here it is anything in one line.
    """
    typed = text.strip()
    if not typed:
        return ""
    entry = _BY_CODE.get(code.upper())
    if entry is not None and entry.rule is None:
        raise InputError(f"Addresses on {entry.network.name} have no memo. Leave it out.")
    try:
        return _line(LONGEST_EXTRA_ID)(typed) if entry is None or entry.rule is None else entry.rule(typed)
    except ValueError as error:
        name = "memo" if entry is None else entry.network.extra_id
        raise InputError(f"That cannot be the {name}: {error}. Please send it again.") from error


_PLAIN_MONERO = 95
"""Characters of an address of Monero without a payment ID in it."""
_TAGS = 2**32
_HEX = re.compile("[0-9a-fA-F]+")


def _line(longest: int) -> MemoRule:
    """Ascii only: of two letters that look alike one would be the wrong receiver."""

    def read(text: str) -> str:
        if len(text) > longest:
            raise ValueError(f"it has at most {longest} characters, this has {len(text)}")
        if not text.isascii() or not text.isprintable():
            raise ValueError("it is one line of plain letters, digits and signs")
        return text

    return read


def _tag(text: str) -> str:
    """A destination tag is an unsigned number of 32 bits (xrpl.org: source and destination tags)."""
    if not text.isascii() or not text.isdecimal() or len(text) > len(str(_TAGS)) or int(text) >= _TAGS:
        raise ValueError(f"it is a whole number from 0 to {_TAGS - 1}")
    return str(int(text))


def _stellar_memo(text: str) -> str:
    """A text of 28 bytes, a number (which is shorter), or a hash of 32 bytes in hex (developers.stellar.org: memos)."""
    if len(text) == 64 and _HEX.fullmatch(text):
        return text
    return _line(28)(text)


def _payment_id(text: str) -> str:
    """8 bytes, or 32 bytes in the old form, in hex (monero: payment IDs)."""
    if len(text) not in (16, 64) or not _HEX.fullmatch(text):
        raise ValueError("it is 16 or 64 characters, each a digit or a letter from a to f")
    return text.lower()


def _entry(
    code: str,
    name: str,
    *aliases: str,
    others: tuple[str, ...] = (),
    memo: tuple[str, MemoRule] | None = None,
) -> _Entry:
    extra_id, rule = memo or ("", None)
    network = Network(code=code, name=name, extra_id=extra_id, needs_extra_id=bool(extra_id))
    return _Entry(network=network, aliases=aliases, other_codes=others, rule=rule)


_ENTRIES = (
    _entry("BTC", "Bitcoin"),
    _entry("ETH", "Ethereum", "erc20", "eth mainnet", "ethereum mainnet"),
    _entry("TRON", "Tron", "trx", "trc20"),
    _entry("BSC", "BNB Smart Chain", "bnb", "bnb chain", "bep20", "binance smart chain", "binance"),
    _entry("SOL", "Solana", "spl"),
    _entry("POL", "Polygon", "matic network", "polygon pos", others=("MATIC",)),
    _entry("ARB", "Arbitrum", "arbitrum one"),
    _entry("OP", "Optimism", "op mainnet"),
    _entry("BASE", "Base"),
    _entry("AVAXC", "Avalanche C-Chain", "avax", "avalanche", "c-chain", "avaxcchain"),
    _entry("LTC", "Litecoin"),
    _entry("DOGE", "Dogecoin"),
    _entry("BCH", "Bitcoin Cash"),
    _entry("DASH", "Dash"),
    _entry("ZEC", "Zcash"),
    # developers.ton.org: a comment that fits the first cell has 1023 bits less the 32 of its mark: 123 bytes.
    _entry("TON", "TON", "toncoin", "the open network", memo=("comment", _line(123))),
    _entry("XRP", "XRP Ledger", "ripple", "xrpl", memo=("destination tag", _tag)),
    _entry("XLM", "Stellar", "lumens", memo=("memo", _stellar_memo)),
    # cosmos-sdk x/auth: MaxMemoCharacters 256 · eosio.token: "memo has more than 256 bytes" · Hedera: 100 bytes.
    _entry("ATOM", "Cosmos Hub", "cosmos", memo=("memo", _line(256))),
    _entry("EOS", "EOS", "vaulta", memo=("memo", _line(256))),
    _entry("HBAR", "Hedera", "hedera hashgraph", memo=("memo", _line(100))),
    _entry("XMR", "Monero", memo=("payment ID", _payment_id)),
    _entry("ADA", "Cardano"),
    _entry("ALGO", "Algorand"),
    _entry("DOT", "Polkadot"),
    _entry("XTZ", "Tezos"),
    _entry("FIL", "Filecoin"),
    _entry("SUI", "Sui"),
    _entry("ETC", "Ethereum Classic"),
    _entry("FTM", "Fantom", "fantom opera", "opera"),
    _entry("SONIC", "Sonic"),
    _entry("HYPE", "HyperEVM", "hyperliquid", others=("HYPEREVM",)),
)

NETWORKS: tuple[Network, ...] = tuple(entry.network for entry in _ENTRIES)
"""All that are known here, the most used first."""


def _plain(text: str) -> str:
    return re.sub(r"[\s_-]+", "", text.casefold())


_BY_CODE: Mapping[str, _Entry] = {
    code: entry for entry in _ENTRIES for code in (entry.network.code, *entry.other_codes)
}
_BY_NAME: Mapping[str, str] = {
    _plain(name): entry.network.code
    for entry in _ENTRIES
    for name in (entry.network.code, entry.network.name, *entry.aliases, *entry.other_codes)
}
