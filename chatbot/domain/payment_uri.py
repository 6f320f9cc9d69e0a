"""What a wallet's camera understands: an address and an exact amount as one link, where a standard for it is published.

Wherever something cannot be said exactly (which coin it is, a token's unit, a memo, a digit too many) the text is the
bare address: a wallet then asks for the rest, which the card shows. An amount that differs from the card's is never
written, nor an amount of another coin.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import quote

from chatbot.domain.coins import home, own_symbol
from chatbot.domain.networks import network_of
from chatbot.domain.swaps import Coin


@dataclass(frozen=True, slots=True, kw_only=True)
class _Payment:
    """`contract` is empty for the network's own coin, and for nothing else."""

    address: str
    contract: str
    amount: Decimal
    extra_id: str
    decimals: int | None


_Writer = Callable[[_Payment], str | None]
"""Gives the link of a payment; None for one that it cannot say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scheme:
    """`form` is that of addresses there."""

    form: re.Pattern[str]
    write: _Writer


_WEI = 18
_EVM = re.compile("0x[0-9a-fA-F]{40}")
_BASE58 = "[1-9A-HJ-NP-Za-km-z]"
_BECH32 = "[02-9ac-hj-np-z]"
_KEY_OF_SOLANA = re.compile(f"{_BASE58}{{32,44}}")


def payment_uri(coin: Coin, *, address: str, amount: Decimal, extra_id: str) -> str:
    """The text of a QR picture that pays `amount` of a coin to `address`; `extra_id` is empty without a memo.

    Bitcoin, Litecoin, Dogecoin, Dash, Bitcoin Cash: BIP 21 with their own schemes · Zcash: ZIP 321 · Ethereum and its
    likes: ERC-681 · Solana: Solana Pay · Stellar: SEP-7 · TON: `ton://transfer` (docs.ton.org) · Monero: its URI scheme
    (docs.getmonero.org) · Cardano: CIP-13 · Algorand: ARC-26. Others have none, nor have practice addresses.
    """
    scheme = _SCHEMES.get(network_of(home(coin)).code)
    if scheme is None or not scheme.form.fullmatch(address) or not _is_certain(coin):
        return address
    if not amount.is_finite() or amount <= 0:
        return address
    payment = _Payment(
        address=address, contract=coin.contract, amount=amount, extra_id=extra_id, decimals=coin.decimals
    )
    return scheme.write(payment) or address


def _is_certain(coin: Coin) -> bool:
    """Whether it is known which coin is meant: a token by contract and decimals, a network's own by symbol and code.

    A list that leaves out a token's contract would else make an amount of tokens one of the network's own coin.
    `ETH` with the code `ETH` or `ETHARB` is a network's own; `USDC` without a contract is not known.
    """
    network = network_of(home(coin)).code
    own = own_symbol(network)
    is_own = coin.symbol.upper() == own and coin.code.upper() in (own, own + network)
    is_token = bool(coin.contract) and coin.decimals is not None and coin.symbol.upper() != own
    return coin.is_listed and (is_token if coin.contract else is_own)


def _digits(amount: Decimal, *, decimals: int) -> str | None:
    """An amount as people write it, None if it has more decimals than there are."""
    written = f"{amount:f}"
    if "." in written:
        written = written.rstrip("0").rstrip(".")
    return None if len(written.partition(".")[2]) > decimals else written


def _units(amount: Decimal, *, decimals: int) -> str | None:
    """An amount in the smallest unit."""
    written = _digits(amount, decimals=decimals)
    if written is None:
        return None
    whole, _, part = written.partition(".")
    return (whole + part.ljust(decimals, "0")).lstrip("0")


def _like_bitcoin(scheme: str) -> _Writer:
    """`bitcoin:ADDRESS?amount=0.01`, in whole coins with at most eight decimals."""

    def write(payment: _Payment) -> str | None:
        amount = _digits(payment.amount, decimals=8)
        if amount is None or payment.contract or payment.extra_id:
            return None
        return f"{scheme}:{payment.address.removeprefix(scheme + ':')}?amount={amount}"

    return write


def _like_ethereum(chain: int) -> _Writer:
    """`ethereum:ADDRESS@1?value=WEI`; of a token `ethereum:CONTRACT@1/transfer?address=ADDRESS&uint256=UNITS`."""

    def write(payment: _Payment) -> str | None:
        if payment.extra_id:
            return None
        if not payment.contract:
            value = _units(payment.amount, decimals=_WEI)
            return None if value is None else f"ethereum:{payment.address}@{chain}?value={value}"
        if payment.decimals is None or not _EVM.fullmatch(payment.contract):
            return None
        units = _units(payment.amount, decimals=payment.decimals)
        if units is None:
            return None
        return f"ethereum:{payment.contract}@{chain}/transfer?address={payment.address}&uint256={units}"

    return write


def _solana(payment: _Payment) -> str | None:
    amount = _digits(payment.amount, decimals=9 if payment.decimals is None else payment.decimals)
    if amount is None or (payment.contract and not _KEY_OF_SOLANA.fullmatch(payment.contract)):
        return None
    token = f"&spl-token={payment.contract}" if payment.contract else ""
    memo = f"&memo={quote(payment.extra_id, safe='')}" if payment.extra_id else ""
    return f"solana:{payment.address}?amount={amount}{token}{memo}"


def _stellar(payment: _Payment) -> str | None:
    """A memo of digits may be a number or a text, one of 64 characters a hash: the link would have to know which."""
    memo, amount = payment.extra_id, _digits(payment.amount, decimals=7)
    if amount is None or payment.contract or memo.isdecimal() or len(memo.encode()) > 28:
        return None
    said = f"&memo={quote(memo, safe='')}&memo_type=MEMO_TEXT" if memo else ""
    return f"web+stellar:pay?destination={payment.address}&amount={amount}{said}"


def _ton(payment: _Payment) -> str | None:
    amount = _units(payment.amount, decimals=9)
    if amount is None or payment.contract:
        return None
    said = f"&text={quote(payment.extra_id, safe='')}" if payment.extra_id else ""
    return f"ton://transfer/{payment.address}?amount={amount}{said}"


def _monero(payment: _Payment) -> str | None:
    amount = _digits(payment.amount, decimals=12)
    if amount is None or payment.contract:
        return None
    said = f"&tx_payment_id={quote(payment.extra_id, safe='')}" if payment.extra_id else ""
    return f"monero:{payment.address}?tx_amount={amount}{said}"


def _cardano(payment: _Payment) -> str | None:
    amount = _digits(payment.amount, decimals=6)
    if amount is None or payment.contract or payment.extra_id:
        return None
    return f"web+cardano:{payment.address}?amount={amount}"


def _algorand(payment: _Payment) -> str | None:
    amount = _units(payment.amount, decimals=6)
    if amount is None or payment.contract or payment.extra_id:
        return None
    return f"algorand://{payment.address}?amount={amount}"


def _scheme(form: str, write: _Writer) -> _Scheme:
    return _Scheme(form=re.compile(form), write=write)


def _either_case(prefix: str) -> str:
    """An address in bech32 is written in small letters or in capitals, never in both (BIP 173)."""
    return f"{prefix}{_BECH32}{{38,71}}|{prefix.upper()}{_BECH32.upper()}{{38,71}}"


def _of_ethereum(chain: int) -> _Scheme:
    return _Scheme(form=_EVM, write=_like_ethereum(chain))


_SCHEMES: Mapping[str, _Scheme] = {
    "BTC": _scheme(f"[13]{_BASE58}{{24,34}}|{_either_case('bc1')}", _like_bitcoin("bitcoin")),
    "LTC": _scheme(f"[LM3]{_BASE58}{{24,34}}|{_either_case('ltc1')}", _like_bitcoin("litecoin")),
    "DOGE": _scheme(f"[DA9]{_BASE58}{{24,34}}", _like_bitcoin("dogecoin")),
    "DASH": _scheme(f"[X7]{_BASE58}{{24,34}}", _like_bitcoin("dash")),
    "BCH": _scheme(f"(bitcoincash:)?[qp]{_BECH32}{{41}}|[13]{_BASE58}{{24,34}}", _like_bitcoin("bitcoincash")),
    "ZEC": _scheme(f"t[13]{_BASE58}{{33}}|(zs1|u1|tex1){_BECH32}{{30,250}}", _like_bitcoin("zcash")),
    "SOL": _scheme(_KEY_OF_SOLANA.pattern, _solana),
    "XLM": _scheme("[GM][A-Z2-7]{55,68}", _stellar),
    "TON": _scheme("[EU]Q[A-Za-z0-9_-]{46}", _ton),
    "XMR": _scheme(f"[48]{_BASE58}{{94}}|4{_BASE58}{{105}}", _monero),
    "ADA": _scheme(f"addr1{_BECH32}{{50,110}}|(Ae2|DdzFF){_BASE58}{{50,110}}", _cardano),
    "ALGO": _scheme("[A-Z2-7]{58}", _algorand),
    # The chain ids of EIP-155, as chainlist.org lists them.
    "ETH": _of_ethereum(1),
    "OP": _of_ethereum(10),
    "BSC": _of_ethereum(56),
    "ETC": _of_ethereum(61),
    "POL": _of_ethereum(137),
    "SONIC": _of_ethereum(146),
    "FTM": _of_ethereum(250),
    "HYPE": _of_ethereum(999),
    "BASE": _of_ethereum(8453),
    "ARB": _of_ethereum(42161),
    "AVAXC": _of_ethereum(43114),
}
