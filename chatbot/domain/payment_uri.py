"""What a wallet's camera understands: an address and an exact amount as one link, where a standard for it is published.

Wherever something cannot be said exactly (a token, a memo, a digit too many) the text is the bare address: a wallet
then asks for the rest, which the card shows. An amount that differs from the card's is never written.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import quote

from chatbot.domain.networks import network_of


@dataclass(frozen=True, slots=True, kw_only=True)
class _Payment:
    address: str
    contract: str
    amount: Decimal
    extra_id: str
    decimals: int | None


_Scheme = Callable[[_Payment], str | None]
"""The link of a payment; None for one that it cannot say."""

_WEI = 18
_PLAIN = re.compile(r"[A-Za-z0-9:_-]+")
_EVM = re.compile("0x[0-9a-fA-F]{40}")
_BASE58 = re.compile("[1-9A-HJ-NP-Za-km-z]+")


def payment_uri(
    *, network: str, contract: str, address: str, amount: Decimal, extra_id: str, decimals: int | None
) -> str:
    """The text of a QR picture that pays `amount` to `address`.

    `network` is the service's code; `contract` is empty for the network's own coin, `extra_id` without a memo;
    `decimals` are those of a token, None if unknown.

    Bitcoin, Litecoin, Dogecoin, Dash, Bitcoin Cash: BIP 21 with their own schemes · Zcash: ZIP 321 · Ethereum and its
    likes: ERC-681 · Solana: Solana Pay · Stellar: SEP-7 · TON: `ton://transfer` (docs.ton.org) · Monero: its URI scheme
    (docs.getmonero.org) · Cardano: CIP-13 · Algorand: ARC-26. Others have none, nor have practice addresses.
    """
    scheme = _SCHEMES.get(network_of(network).code)
    if scheme is None or not _PLAIN.fullmatch(address) or address.startswith("PRACTICE-"):
        return address
    if not amount.is_finite() or amount <= 0:
        return address
    payment = _Payment(address=address, contract=contract, amount=amount, extra_id=extra_id, decimals=decimals)
    return scheme(payment) or address


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


def _like_bitcoin(scheme: str) -> _Scheme:
    """`bitcoin:ADDRESS?amount=0.01`, in whole coins with at most eight decimals."""

    def write(payment: _Payment) -> str | None:
        amount = _digits(payment.amount, decimals=8)
        if amount is None or payment.contract or payment.extra_id:
            return None
        return f"{scheme}:{payment.address.removeprefix(scheme + ':')}?amount={amount}"

    return write


def _like_ethereum(chain: int) -> _Scheme:
    """`ethereum:ADDRESS@1?value=WEI`; of a token `ethereum:CONTRACT@1/transfer?address=ADDRESS&uint256=UNITS`."""

    def write(payment: _Payment) -> str | None:
        if payment.extra_id or not _EVM.fullmatch(payment.address):
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
    if amount is None or (payment.contract and not _BASE58.fullmatch(payment.contract)):
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
    if amount is None or payment.contract or ":" in payment.address:
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


_CHAINS = {
    "ETH": 1,
    "OP": 10,
    "BSC": 56,
    "ETC": 61,
    "POL": 137,
    "SONIC": 146,
    "FTM": 250,
    "HYPE": 999,
    "BASE": 8453,
    "ARB": 42161,
    "AVAXC": 43114,
}
"""The chain ids of EIP-155, as chainlist.org lists them."""

_SCHEMES: Mapping[str, _Scheme] = {
    "BTC": _like_bitcoin("bitcoin"),
    "LTC": _like_bitcoin("litecoin"),
    "DOGE": _like_bitcoin("dogecoin"),
    "DASH": _like_bitcoin("dash"),
    "BCH": _like_bitcoin("bitcoincash"),
    "ZEC": _like_bitcoin("zcash"),
    "SOL": _solana,
    "XLM": _stellar,
    "TON": _ton,
    "XMR": _monero,
    "ADA": _cardano,
    "ALGO": _algorand,
    **{code: _like_ethereum(chain) for code, chain in _CHAINS.items()},
}
