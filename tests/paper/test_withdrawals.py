"""Withdrawals: by hand with a clock that stands still, and over sockets as a client meets them."""

import json
from datetime import timedelta
from decimal import Decimal

import httpx
import pytest

from chatbot.paper.accounts import Account
from chatbot.paper.exchange import Exchange
from chatbot.paper.ledger import OUTSIDE
from chatbot.paper.refusals import Refusal, Refused
from chatbot.paper.withdrawals import USUAL_ALIASES, State, Withdrawal, WithdrawalTerms
from tests.paper.setting import WITHDRAWAL, XRP, Client, Hands, Signer, still_exchange
from tests.paper.test_api import data, refusal

NO_AMOUNTS: tuple[object, ...] = (
    *("0", "0.00", "-1", "NaN", "Infinity", "all", "", "1,5", "1_0", " 1", "+1", "٣", "1e99", "1" * 16),
    *(None, True, [], {}, 0, -1),
)
REQUESTED = {"message": "Your withdraw request is processing."}


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def exchange(hands: Hands) -> Exchange:
    return still_exchange(hands)


@pytest.fixture
def alice(exchange: Exchange) -> Account:
    return exchange.ready[0]


def withdraw(exchange: Exchange, who: Account, amount: str = "100.25") -> Withdrawal:
    terms = WithdrawalTerms(account=who.number, currency="XRP", amount=Decimal(amount), alias="savings")
    return exchange.withdrawals.request(terms)


def xrp(exchange: Exchange, who: Account) -> tuple[Decimal, Decimal]:
    """Total, and what is available of it."""
    purse = exchange.ledger.purse(who.number, "XRP")
    return purse.total, purse.available


class TestTime:
    def test_a_withdrawal_is_processed_within_half_to_one_and_a_half_of_the_delay(
        self, exchange: Exchange, alice: Account, hands: Hands
    ) -> None:
        exchange.withdrawals.delay = timedelta(seconds=20)
        requested = [withdraw(exchange, alice, "1") for _ in range(30)]
        hands.pass_(9.9)
        exchange.catch_up()
        assert {each.state for each in requested} == {State.PROCESSING}
        hands.pass_(10)
        exchange.catch_up()
        assert {each.state for each in requested} == {State.PROCESSING, State.PROCESSED}
        hands.pass_(10.2)
        exchange.catch_up()
        assert {each.state for each in requested} == {State.PROCESSED}

    def test_the_same_seed_gives_the_same_timetable(self) -> None:
        def ends(seed: int) -> list[int]:
            hands = Hands()
            exchange = Exchange(clock=hands.clock(), seed=seed)
            for _ in range(10):
                withdraw(exchange, exchange.ready[0], "1")
            order: list[int] = []
            for _ in range(300):
                hands.pass_(0.1)
                exchange.catch_up()
                done = [each.number for each in exchange.withdrawals.all() if each.state is State.PROCESSED]
                order += [number for number in done if number not in order]
            return order

        assert len(ends(1)) == 10
        assert ends(1) == ends(1) != ends(2)

    def test_without_a_delay_only_a_command_ends_it(self, exchange: Exchange, alice: Account, hands: Hands) -> None:
        exchange.withdrawals.delay = None
        withdrawal = withdraw(exchange, alice)
        hands.pass_(1_000_000)
        exchange.catch_up()
        assert withdrawal.state is State.PROCESSING

    @pytest.mark.parametrize("command", ["process", "reject"])
    def test_what_a_command_ended_the_timetable_leaves_alone(
        self, command: str, exchange: Exchange, alice: Account, hands: Hands
    ) -> None:
        withdrawal = withdraw(exchange, alice)
        getattr(exchange.withdrawals, command)(withdrawal.number)
        state, balance = withdrawal.state, xrp(exchange, alice)
        hands.pass_(60)
        exchange.catch_up()
        assert (withdrawal.state, xrp(exchange, alice)) == (state, balance)


class TestMoney:
    def test_it_is_held_at_once_and_leaves_when_processed(self, exchange: Exchange, alice: Account) -> None:
        withdrawal = withdraw(exchange, alice)
        assert xrp(exchange, alice) == (Decimal(5000), Decimal("4899.75"))
        exchange.withdrawals.process(withdrawal.number)
        assert xrp(exchange, alice) == (Decimal("4899.75"), Decimal("4899.75"))
        assert exchange.ledger.purse(OUTSIDE, "XRP").total == Decimal("100.25")
        assert exchange.ledger.total("XRP") == exchange.ledger.deposited["XRP"]

    def test_it_comes_back_when_rejected(self, exchange: Exchange, alice: Account) -> None:
        exchange.withdrawals.reject(withdraw(exchange, alice).number)
        assert xrp(exchange, alice) == (Decimal(5000), Decimal(5000))
        assert exchange.ledger.purse(OUTSIDE, "XRP").total == 0

    def test_it_ends_only_once(self, exchange: Exchange, alice: Account) -> None:
        number = withdraw(exchange, alice).number
        exchange.withdrawals.process(number)
        for end in (exchange.withdrawals.process, exchange.withdrawals.reject):
            with pytest.raises(KeyError):
                end(number)
        assert xrp(exchange, alice) == (Decimal("4899.75"), Decimal("4899.75"))

    def test_what_is_held_cannot_be_withdrawn_again(self, exchange: Exchange, alice: Account) -> None:
        withdraw(exchange, alice, "4000")
        with pytest.raises(Refused) as caught:
            withdraw(exchange, alice, "1000.00000001")
        assert caught.value.refusal is Refusal.BALANCE_INSUFFICIENT
        withdraw(exchange, alice, "1000")
        assert xrp(exchange, alice) == (Decimal(5000), Decimal(0))


class TestWire:
    def test_a_withdrawal_is_taken_and_says_nothing_more(self, client: Client) -> None:
        assert data(client.withdraw()) == REQUESTED
        assert client.balance("XRP") == ("5000", "4899.75")
        client.control("withdrawals/process")
        assert client.balance("XRP") == ("4899.75", "4899.75")

    def test_the_references_own_body_is_taken(self, client: Client) -> None:
        client.control(f"accounts/{client.signer.username}/aliases", currency="XRP", alias="alias_name")
        body = '{"currency_code": "XRP", "amount": "100.25", "alias": "alias_name"}'
        assert data(client.post(WITHDRAWAL, body)) == REQUESTED

    def test_every_usual_address_is_saved_for_a_fresh_account(self, client: Client) -> None:
        for currency, aliases in USUAL_ALIASES.items():
            for alias in aliases:
                assert data(client.withdraw(currency_code=currency, amount="0.1", alias=alias)) == REQUESTED

    @pytest.mark.parametrize("alias", ["nowhere", "Savings", " savings", "savings\u200b", "", "\ud800"])
    def test_an_alias_that_is_not_saved_is_1319(self, client: Client, alias: str) -> None:
        assert refusal(client.withdraw(alias=alias)) == (1319, "Withdraw address not found")
        assert client.withdrawals() == []

    def test_an_alias_is_saved_for_one_currency(self, client: Client) -> None:
        assert refusal(client.withdraw(currency_code="SOL", amount="1", alias="cold"))[0] == 1319
        assert refusal(client.withdraw(currency_code="DOGE", amount="1"))[0] == 1319

    def test_an_alias_is_its_owners(self, client: Client) -> None:
        client.control(f"accounts/{client.signer.username}/aliases", currency="XRP", alias="mine")
        other = Client(client.http, Signer(**client.http.post("/paper/accounts").json()))
        assert refusal(other.withdraw(alias="mine"))[0] == 1319
        assert data(client.withdraw(alias="mine")) == REQUESTED

    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            *(({"amount": amount}, 1104) for amount in NO_AMOUNTS),
            ({"amount": "0.000000001"}, 1111),
            ({"amount": "1.123456789"}, 1111),
            ({"amount": "5000.00000001"}, 1103),
            ({"currency_code": "XYZ"}, 1104),
            ({"currency_code": "xrp"}, 1104),
            ({"currency_code": None}, 1104),
            ({"alias": None}, 1104),
            ({"alias": 7}, 1104),
            ({"alias": ["savings"]}, 1104),
        ],
    )
    def test_nonsense_is_a_business_refusal_and_holds_nothing(
        self, client: Client, changes: dict[str, object], code: int
    ) -> None:
        assert refusal(client.withdraw(**changes))[0] == code
        assert client.withdrawals() == []
        assert client.balance("XRP") == ("5000", "5000")

    def test_an_order_cannot_spend_what_is_leaving(self, client: Client) -> None:
        data(client.withdraw(amount="4950"))
        order = {"market_code": "XRPUSDT", "buy_sell": "S", "volume": "60", "price": "1.4", "order_type": "market"}
        assert refusal(client.place(**order))[0] == 1103

    @pytest.mark.parametrize("body", ["", "{", "[]", '{"amount": NaN}'])
    def test_what_is_not_a_json_object_is_400(self, client: Client, body: str) -> None:
        assert client.post(WITHDRAWAL, body).status_code == 400

    @pytest.mark.parametrize("field", ["currency_code", "amount", "alias"])
    def test_every_field_is_due(self, client: Client, field: str) -> None:
        body = {name: value for name, value in XRP.items() if name != field}
        assert refusal(client.post(WITHDRAWAL, json.dumps(body)))[0] == 1104

    def test_a_signature_over_another_body_is_401(self, client: Client) -> None:
        headers = client.signer.headers('{"currency_code":"XRP","amount":"1","alias":"savings"}')
        body = '{"currency_code":"XRP","amount":"2","alias":"savings"}'
        assert client.http.post(WITHDRAWAL, content=body, headers=headers).status_code == 401
        assert client.http.post(WITHDRAWAL, json=XRP).status_code == 401
        assert client.withdrawals() == []


class TestFaults:
    @pytest.mark.parametrize(
        ("fault", "taken"),
        [
            ({"kind": "refuse", "reason": "x", "status_code": 1999}, 0),
            ({"kind": "status", "status": 503}, 0),
            ({"kind": "status", "status": 429, "retry_after": 7}, 0),
            ({"kind": "status_after", "status": 502}, 1),
            ({"kind": "garbage"}, 1),
            ({"kind": "delay", "seconds": 0.05}, 1),
        ],
    )
    def test_trouble_that_answers(self, client: Client, fault: dict[str, object], taken: int) -> None:
        client.control("faults", path=WITHDRAWAL, method="POST", **fault)
        client.withdraw()
        assert len(client.withdrawals()) == taken

    @pytest.mark.parametrize(
        ("fault", "taken"),
        [
            ({"kind": "drop_request"}, 0),
            ({"kind": "drop_answer"}, 1),
            ({"kind": "half_body"}, 1),
            ({"kind": "silent", "seconds": 0.05}, 0),
            ({"kind": "silent", "seconds": 0.05, "apply": True}, 1),
        ],
    )
    def test_trouble_that_does_not_answer(self, client: Client, fault: dict[str, object], taken: int) -> None:
        client.control("faults", path=WITHDRAWAL, method="POST", **fault)
        with pytest.raises(httpx.RemoteProtocolError):
            client.withdraw()
        assert len(client.withdrawals()) == taken
        assert client.balance("XRP") == ("5000", "4899.75" if taken else "5000")

    def test_beyond_the_limit_nothing_is_taken(self, client: Client) -> None:
        client.control("limit", per_minute=0)
        assert client.withdraw().status_code == 429
        client.control("limit", per_minute=None)
        assert client.withdrawals() == []


class TestControl:
    def test_withdrawals_of_everybody_are_listed_oldest_first(self, client: Client) -> None:
        data(client.withdraw(amount="1.50"))
        data(client.withdraw(currency_code="BTC", amount="1e-3", alias="cold"))
        first, second = client.withdrawals()
        assert list(first) == ["username", "number", "currency", "amount", "alias", "state", "requested_at"]
        assert first["number"] < second["number"]
        assert [(each["currency"], each["amount"], each["alias"], each["state"]) for each in (first, second)] == [
            ("XRP", "1.5", "savings", "processing"),
            ("BTC", "0.001", "cold", "processing"),
        ]

    def test_one_is_processed_and_another_rejected(self, client: Client) -> None:
        for amount in ("1", "2", "4"):
            data(client.withdraw(amount=amount))
        one, two, _ = (each["number"] for each in client.withdrawals())
        client.control("withdrawals/process", number=one)
        client.control("withdrawals/reject", number=two)
        assert [each["state"] for each in client.withdrawals()] == ["processed", "rejected", "processing"]
        assert client.balance("XRP") == ("4999", "4995")
        for path in ("process", "reject"):
            assert client.http.post(f"/control/withdrawals/{path}", json={"number": one}).status_code == 400

    def test_all_are_rejected_without_a_number(self, client: Client) -> None:
        data(client.withdraw())
        client.control("withdrawals/reject")
        assert [each["state"] for each in client.withdrawals()] == ["rejected"]
        assert client.balance("XRP") == ("5000", "5000")

    def test_with_no_delay_they_are_processed_as_soon_as_somebody_looks(self, client: Client) -> None:
        client.control("withdrawal_delay", seconds=0)
        data(client.withdraw())
        assert client.balance("XRP") == ("4899.75", "4899.75")

    def test_an_address_is_saved_and_removed(self, client: Client) -> None:
        path = f"/control/accounts/{client.signer.username}/aliases"

        def set_alias(alias: str, **more: object) -> list[str]:
            answer = client.http.post(path, json={"currency": "XRP", "alias": alias, **more}).raise_for_status()
            aliases: list[str] = answer.json()["aliases"]
            return aliases

        assert set_alias("Şube 🏦") == ["cold", "savings", "Şube 🏦"]
        assert data(client.withdraw(alias="Şube 🏦")) == REQUESTED
        assert set_alias("Şube 🏦", saved=False) == set_alias("never there", saved=False) == ["cold", "savings"]
        assert refusal(client.withdraw(alias="Şube 🏦"))[0] == 1319
        assert len(client.withdrawals()) == 1

    @pytest.mark.parametrize(
        ("path", "fields"),
        [
            ("withdrawals/process", {"number": 1}),
            ("withdrawals/reject", {"number": "7001"}),
            ("withdrawal_delay", {}),
            ("withdrawal_delay", {"seconds": -1}),
            ("accounts/nobody/aliases", {"currency": "XRP", "alias": "x"}),
            ("accounts/alice@practice.example/aliases", {"currency": "XYZ", "alias": "x"}),
            ("accounts/alice@practice.example/aliases", {"currency": "XRP"}),
            ("accounts/alice@practice.example/aliases", {"currency": "XRP", "alias": ""}),
            ("accounts/alice@practice.example/aliases", {"currency": "XRP", "alias": "x", "saved": 1}),
        ],
    )
    def test_nonsense_is_answered_with_a_sentence(self, client: Client, path: str, fields: dict[str, object]) -> None:
        response = client.http.post(f"/control/{path}", json=fields)
        assert response.status_code == 400
        assert response.json()["error"]

    def test_a_balance_cannot_be_set_below_what_withdrawals_hold(self, client: Client) -> None:
        data(client.withdraw())
        path = f"/control/accounts/{client.signer.username}/balances"
        assert client.http.post(path, json={"XRP": "100.24"}).status_code == 400
        assert client.http.post(path, json={"XRP": "100.25"}).status_code == 200
