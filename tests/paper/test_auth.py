import pytest

from chatbot.paper.accounts import Accounts
from chatbot.paper.auth import authenticate, authenticate_session, sign, sign_with_token

SPACED = (
    b'{"order_type": "limit", "market_code": "BTCUSDT", "volume": "0.01", "buy_sell": "B", '
    b'"price": "40775.44", "client_id": 7, "post_only": false, "account_name": "Main"}'
)
COMPACT = SPACED.replace(b": ", b":").replace(b", ", b",")
SECONDS, MILLISECONDS = "1779206986.3913925", "1779206986391"
NOW = 1_779_206_986.0


@pytest.mark.parametrize(
    ("timestamp", "body", "signature"),
    [
        (SECONDS, b"{}", "E9A05349E99A8FE2BAC9C535A942F2DA36E7EF02FF7028A5BC69026238C29A7D"),
        (MILLISECONDS, b"{}", "EFB5A99811D00710D7ABF9FE485747537647D3CD5251C118B49CD3E0232DC4D4"),
        (SECONDS, SPACED, "9DF6EF84F55ABE3D19B18E1AFB31A08A31999EB94BED9FC32056E212B548CD67"),
        (SECONDS, COMPACT, "0E092B37A5A8A0CBE9049AF5D47167A679AE9CA52C053AD4D1C967C0E68E7FC8"),
        (SECONDS, b"", "E9A05349E99A8FE2BAC9C535A942F2DA36E7EF02FF7028A5BC69026238C29A7D"),
    ],
)
def test_signature_matches_the_vectors(timestamp: str, body: bytes, signature: str) -> None:
    signed = sign(
        secret_key="sk_demo",
        api_key="ak_demo",
        username="alice",
        passphrase="pp_demo",
        timestamp=timestamp,
        body=body,
    )
    assert signed == signature


class Door:
    """A signed request of one account, to be bent by a test."""

    def __init__(self, timestamp: str = SECONDS, body: bytes = b"{}") -> None:
        self.accounts = Accounts()
        self.account = self.accounts.open_ready("alice", seed=0)
        self.body = body
        credentials = self.account.credentials()
        signature = sign(**credentials, timestamp=timestamp, body=body)
        self.headers = {
            b"access-user": self.account.username.encode(),
            b"access-passphrase": self.account.passphrase.encode(),
            b"access-key": self.account.api_key.encode(),
            b"access-timestamp": timestamp.encode(),
            b"access-sign": signature.encode(),
        }

    def opens(self, *, now: float = NOW) -> bool:
        caller = authenticate(self.headers, self.body, accounts=self.accounts, now=now)
        assert caller in (None, self.account)
        return caller is not None


@pytest.mark.parametrize("timestamp", ["1779206986", SECONDS, MILLISECONDS])
def test_every_timestamp_reading_is_accepted(timestamp: str) -> None:
    assert Door(timestamp).opens()


@pytest.mark.parametrize("header", ["user", "passphrase", "key", "timestamp", "sign"])
def test_each_header_counts(header: str) -> None:
    name = f"access-{header}".encode()
    door = Door()
    door.headers[name] = door.headers[name][:-1] + b"x"
    assert not door.opens()
    del door.headers[name]
    assert not door.opens()


def test_a_changed_body_is_noticed() -> None:
    door = Door(body=SPACED)
    door.body = COMPACT
    assert not door.opens()


def test_a_lower_case_signature_is_not_accepted() -> None:
    door = Door()
    door.headers[b"access-sign"] = door.headers[b"access-sign"].lower()
    assert not door.opens()


@pytest.mark.parametrize("timestamp", [SECONDS, MILLISECONDS])
@pytest.mark.parametrize(("skew", "opens"), [(-31, False), (-30, True), (30, True), (31, False)])
def test_clocks_may_differ_by_thirty_seconds(timestamp: str, skew: int, opens: bool) -> None:
    assert Door(timestamp).opens(now=NOW + skew) is opens


@pytest.mark.parametrize("timestamp", ["", "now", "1e9", "-1779206986", "1779206986.", "NaN"])
def test_a_malformed_timestamp_is_refused(timestamp: str) -> None:
    assert not Door(timestamp).opens()


@pytest.mark.parametrize(
    ("body", "signature"),
    [
        (
            b'{"buy_currency_code": "USDT", "sell_currency_code": "BTC", "sell_currency_amount": "0.00007"}',
            "33C06D83A43277D4EF1537033E7CF179A8D85CC6F36D20DAB6D9626805379769",
        ),
        (
            b'{"buy_currency_code":"USDT","sell_currency_code":"BTC","sell_currency_amount":"0.00007"}',
            "98FAEF23466C8A014950C05CCC61950A5142C8D38012FA6C4D6370BE9B784828",
        ),
    ],
)
def test_signature_of_a_session_matches_the_vectors(body: bytes, signature: str) -> None:
    assert sign_with_token(token="tok_demo", username="alice", timestamp="1781124453421", body=body) == signature


class InstantDoor:
    """A request signed with the session of one account, to be bent by a test."""

    def __init__(self, timestamp: str = MILLISECONDS, body: bytes = SPACED) -> None:
        self.accounts = Accounts()
        self.account = self.accounts.open_ready("alice", seed=0)
        self.body = body
        session = self.accounts.session(self.account)
        assert session is not None
        self.headers = {
            b"access-user": session["username"].encode(),
            b"access-timestamp": timestamp.encode(),
            b"access-sign": sign_with_token(**session, timestamp=timestamp, body=body).encode(),
        }

    def opens(self, *, now: float = NOW) -> bool:
        caller = authenticate_session(self.headers, self.body, accounts=self.accounts, now=now)
        assert caller in (None, self.account)
        return caller is not None


@pytest.mark.parametrize("header", ["user", "timestamp", "sign"])
def test_each_header_of_a_session_counts(header: str) -> None:
    name = f"access-{header}".encode()
    door = InstantDoor()
    assert door.opens()
    door.headers[name] = door.headers[name][:-1] + b"x"
    assert not door.opens()
    del door.headers[name]
    assert not door.opens()


def test_a_session_signs_the_body_to_the_letter() -> None:
    door = InstantDoor()
    door.body = COMPACT
    assert not door.opens()


@pytest.mark.parametrize("timestamp", ["1779206986", SECONDS, "1779206986391.0", "17792069863910", "now"])
def test_a_session_counts_whole_milliseconds(timestamp: str) -> None:
    assert not InstantDoor(timestamp).opens()


@pytest.mark.parametrize(("skew", "opens"), [(-31, False), (-30, True), (30, True), (31, False)])
def test_clocks_of_sessions_may_differ_by_thirty_seconds(skew: int, opens: bool) -> None:
    assert InstantDoor().opens(now=NOW + skew) is opens


def test_a_key_shown_beside_a_session_shuts_the_door() -> None:
    door = InstantDoor()
    door.headers[b"access-key"] = door.account.api_key.encode()
    assert not door.opens()


def test_only_the_latest_session_opens() -> None:
    door = InstantDoor()
    door.accounts.sessions.begin(door.account.number)
    assert not door.opens()
    door.accounts.sessions.expire(door.account.number)
    assert not door.opens()
    assert door.accounts.session(door.account) is None
