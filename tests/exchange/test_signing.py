from datetime import UTC, datetime

import pytest

from chatbot.exchange.andx.signing import TimestampUnit, signature, timestamp
from tests.exchange.conftest import ALICE

SPACED = (
    b'{"order_type": "limit", "market_code": "BTCUSDT", "volume": "0.01", "buy_sell": "B", "price": "40775.44", '
    b'"client_id": 7, "post_only": false, "account_name": "Main"}'
)
COMPACT = SPACED.replace(b": ", b":").replace(b", ", b",")


@pytest.mark.parametrize(
    ("at", "body", "expected"),
    [
        ("1779206986.3913925", b"{}", "E9A05349E99A8FE2BAC9C535A942F2DA36E7EF02FF7028A5BC69026238C29A7D"),
        ("1779206986391", b"{}", "EFB5A99811D00710D7ABF9FE485747537647D3CD5251C118B49CD3E0232DC4D4"),
        ("1779206986.3913925", SPACED, "9DF6EF84F55ABE3D19B18E1AFB31A08A31999EB94BED9FC32056E212B548CD67"),
        ("1779206986.3913925", COMPACT, "0E092B37A5A8A0CBE9049AF5D47167A679AE9CA52C053AD4D1C967C0E68E7FC8"),
    ],
)
def test_signatures_are_those_of_the_reference(at: str, body: bytes, expected: str) -> None:
    assert signature(ALICE, at=at, body=body) == expected


@pytest.mark.parametrize(
    ("microsecond", "seconds", "milliseconds"),
    [(391392, "1779206986.391392", "1779206986391"), (1999, "1779206986.001999", "1779206986001")],
)
def test_a_timestamp_keeps_its_zeros(microsecond: int, seconds: str, milliseconds: str) -> None:
    now = datetime(2026, 5, 19, 16, 9, 46, microsecond, tzinfo=UTC)
    assert timestamp(now, unit=TimestampUnit.SECONDS) == seconds
    assert timestamp(now, unit=TimestampUnit.MILLISECONDS) == milliseconds
