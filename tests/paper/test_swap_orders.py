"""Creating and updating orders: every field of the documentation, and every way to be refused."""

import json
from datetime import UTC, datetime

import httpx
import pytest

from chatbot.paper.swaps.coins import COINS, find
from tests.paper.swap_setting import API, DOLLARS, PAYOUT, REFUND, Stage

MISSING = (
    '{"detail": "Invalid input", "errors": {"deposit_currency": ["This field is required."], '
    '"withdraw_currency": ["This field is required."]}}'
)


def complaint(text: str) -> dict[str, list[str]]:
    return {"non_field_errors": [text]}


class TestCreate:
    async def test_side_defaults_to_sell(self, stage: Stage) -> None:
        assert (await stage.create())["side"] == "SELL"

    async def test_side_changes_nothing_about_the_direction(self, stage: Stage) -> None:
        orders = [await stage.create(side=side) for side in ("BUY", "SELL", None)]
        assert [order["side"] for order in orders] == ["BUY", "SELL", "SELL"]
        for name in ("deposit_currency", "withdraw_currency", "deposit_amount", "withdraw_amount"):
            assert len({order[name] for order in orders}) == 1

    async def test_withdraw_amount_is_kept_and_the_deposit_worked_out(self, stage: Stage) -> None:
        order = await stage.create(deposit_amount=None, withdraw_amount="0.01")
        # (0.01 + 0.00005) × 50200, rounded up
        assert (order["withdraw_amount"], order["deposit_amount"]) == ("0.01000000", "504.510000")

    async def test_deposit_amount_is_kept_and_the_withdrawal_worked_out(self, stage: Stage) -> None:
        order = await stage.create(deposit_amount="500.00")
        # 500 / 50200 − 0.00005, rounded down
        assert (order["withdraw_amount"], order["deposit_amount"]) == ("0.00991015", "500.000000")

    async def test_amounts_may_be_json_numbers_and_are_read_exactly(self, stage: Stage) -> None:
        body = '{"deposit_amount": 123.100001, "deposit_currency": "USDC", "withdraw_currency": "BTC"}'
        headers = {"Authorization": f"ApiKey {stage.key}"}
        response = await stage.http.post(f"{API}/orders/", headers=headers, content=body)
        assert response.json()["deposit_amount"] == "123.100001"

    async def test_addresses_and_memos_are_kept(self, stage: Stage) -> None:
        fields = {
            "withdraw_currency": "XRP",
            "withdraw_address": "rrrrrrrrrrrrrrrrrrrrrhoLvTp",
            "withdraw_extra_id": "77",
            "refund_address": REFUND,
            "refund_extra_id": "88",
        }
        order = await stage.create(**fields)
        assert {name: order[name] for name in fields} == fields

    @pytest.mark.parametrize("address", ["", None])
    async def test_withdraw_address_may_be_left_open(self, stage: Stage, address: str | None) -> None:
        assert (await stage.create(withdraw_address=address))["withdraw_address"] == ""

    async def test_references_have_six_to_twelve_characters_and_differ(self, stage: Stage) -> None:
        references = [(await stage.create())["unique_reference"] for _ in range(60)]
        assert {len(reference) for reference in references} == set(range(6, 13))
        assert len(set(references)) == 60

    async def test_two_equal_requests_are_two_orders(self, stage: Stage) -> None:
        one, two = await stage.create(), await stage.create()
        assert one["unique_reference"] != two["unique_reference"]
        assert one["deposit_address"] != two["deposit_address"]

    async def test_created_on_is_utc(self, stage: Stage) -> None:
        created = (await stage.create())["created_on"]
        assert created == datetime.fromtimestamp(int(stage.hands.now), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    async def test_payment_window_minutes_can_be_set(self, stage: Stage) -> None:
        assert (await stage.create())["payment_window_minutes"] == 60
        await stage.control("swaps/window", minutes=15)
        assert (await stage.create())["payment_window_minutes"] == 15

    async def test_deposit_address_is_obviously_unreal(self, stage: Stage) -> None:
        assert (await stage.create())["deposit_address"].startswith("PRACTICE-USDC-")

    async def test_deposit_address_extra_id_is_there_for_networks_that_need_one(self, stage: Stage) -> None:
        needing = {"XRP", "XLM", "TON", "ATOM", "USDTTON"}
        for coin in COINS:
            currency, amount = ("USDC", "100") if coin.code == "BTC" else ("BTC", "0.01")
            order = await stage.create(
                deposit_amount=None, withdraw_amount=amount, deposit_currency=coin.code, withdraw_currency=currency
            )
            assert bool(order["deposit_address_extra_id"]) is (coin.code in needing)


class TestCurrencyForms:
    @pytest.mark.parametrize(
        ("form", "code"),
        [
            ("USDTERC", "USDTERC"),
            ({"code": "USDT", "network": "ETH"}, "USDTERC"),
            ({"code": "USDT", "network": "TRON"}, "USDTTRC"),
            ({"code": "USDTERC", "network": "ETH"}, "USDTERC"),
            ({"contract_address": "0xdAC17F958D2ee523a2206206994597C13D831ec7", "network": "ETH"}, "USDTERC"),
            ({"contract_address": "0xdac17f958d2ee523a2206206994597c13d831ec7", "network": "ETH"}, "USDTERC"),
            ({"contract_address": None, "network": "ETH"}, "ETH"),
            ({"contract_address": None, "network": "MATIC"}, "POL"),
            ({"code": "POL", "network": "POL"}, "POL"),
        ],
    )
    async def test_every_form_is_understood_and_echoed(self, stage: Stage, form: object, code: str) -> None:
        order = await stage.create(deposit_amount=None, withdraw_amount="0.01", deposit_currency=form)
        assert order["deposit_currency"] == form
        assert (await stage.details(order))["deposit_currency"] == form
        assert order["deposit_address"].startswith(f"PRACTICE-{code}-")

    @pytest.mark.parametrize(
        "form",
        [
            "NOPE",
            "btc",
            "EUR",
            "",
            7,
            [],
            {},
            {"code": "USDT"},
            {"code": "USDT", "network": "EHT"},
            {"code": "USDT", "network": "BTC"},
            {"contract_address": "0x0", "network": "ETH"},
            {"contract_address": None, "network": ["ETH"]},
        ],
    )
    async def test_what_is_no_currency_is_a_field_error(self, stage: Stage, form: object) -> None:
        expected = {"deposit_currency": ["Currency is not supported."]}
        assert await stage.refused(deposit_currency=form) == expected

    def test_no_two_coins_share_a_form(self) -> None:
        for coin in COINS:
            assert find(coin.code) is coin
            assert find({"code": coin.symbol, "network": coin.network}) is coin
            assert find({"contract_address": coin.contract, "network": coin.network}) is coin


class TestRefusals:
    async def test_400_for_missing_currencies_byte_for_byte(self, stage: Stage) -> None:
        response = await stage.post({"withdraw_amount": "0.01"})
        assert (response.status_code, response.text) == (400, MISSING)

    async def test_400_names_only_what_is_missing(self, stage: Stage) -> None:
        body = await stage.refused(withdraw_currency=None)
        assert body == {"detail": "Invalid input", "errors": {"withdraw_currency": ["This field is required."]}}

    @pytest.mark.parametrize("body", ["", "{", "[]", '"BTC"', "null", '{"deposit_amount": NaN}'])
    async def test_400_for_what_is_no_json_object(self, stage: Stage, body: str) -> None:
        headers = {"Authorization": f"ApiKey {stage.key}"}
        response = await stage.http.post(f"{API}/orders/", headers=headers, content=body)
        assert (response.status_code, response.json()) == (400, {"detail": "JSON parse error"})

    async def test_both_amounts_are_refused(self, stage: Stage) -> None:
        body = await stage.refused(withdraw_amount="0.01")
        assert body == complaint("Only one of withdraw_amount and deposit_amount may be present.")

    async def test_no_amount_is_refused(self, stage: Stage) -> None:
        body = await stage.refused(deposit_amount=None)
        assert body == complaint("Either withdraw_amount or deposit_amount must be present.")

    @pytest.mark.parametrize("amount", ["", "five", "-5", "1e3", "NaN", "Infinity", "1_000", "1,5", "٥", True, [], {}])
    async def test_an_amount_that_is_no_number_is_a_field_error(self, stage: Stage, amount: object) -> None:
        assert await stage.refused(deposit_amount=amount) == {"deposit_amount": ["A valid number is required."]}

    async def test_an_amount_of_zero_is_a_field_error(self, stage: Stage) -> None:
        body = await stage.refused(deposit_amount="0.00")
        assert body == {"deposit_amount": ["Ensure this value is greater than 0."]}

    async def test_an_amount_finer_than_its_coin_is_a_field_error(self, stage: Stage) -> None:
        body = await stage.refused(deposit_amount="500.0000001")
        assert body == {"deposit_amount": ["Ensure that there are no more than 6 decimal places."]}

    @pytest.mark.parametrize("side", ["HOLD", "buy", "", 1])
    async def test_a_side_that_is_none_is_a_field_error(self, stage: Stage, side: object) -> None:
        assert await stage.refused(side=side) == {"side": [f'"{side}" is not a valid choice.']}

    @pytest.mark.parametrize("name", ["withdraw_address", "refund_address", "rate_id", "withdraw_extra_id"])
    async def test_texts_are_texts_of_some_length(self, stage: Stage, name: str) -> None:
        assert await stage.refused(**{name: 5}) == {name: ["Not a valid string."]}
        too_long = {name: ["Ensure this field has no more than 256 characters."]}
        assert await stage.refused(**{name: "x" * 257}) == too_long

    async def test_a_coin_cannot_be_swapped_for_itself(self, stage: Stage) -> None:
        form = {"code": "USDC", "network": "ETH"}
        body = await stage.refused(withdraw_currency=form)
        assert body == complaint("Deposit and withdraw currency are the same.")

    async def test_a_disabled_pair_is_temporarily_unavailable(self, stage: Stage) -> None:
        body = await stage.refused(deposit_currency="BTC", withdraw_currency="XMR", deposit_amount="0.01")
        assert body == complaint("Pair XMRBTC is temporarily unavailable.")

    @pytest.mark.parametrize(
        ("fields", "said"),
        [
            ({"deposit_amount": "19.99"}, "Minimum deposit amount is 20 USDC on this trade."),
            ({"deposit_amount": "100000.01"}, "Maximum deposit amount is 100000 USDC on this trade."),
            ({"withdraw_amount": "0.00039"}, "Minimum receive amount is 0.0004 BTC on this trade."),
            ({"withdraw_amount": "2.1"}, "Maximum receive amount is 2 BTC on this trade."),
        ],
    )
    async def test_limits_are_held_against_the_amount_that_was_given(
        self, stage: Stage, fields: dict[str, str], said: str
    ) -> None:
        assert await stage.refused(**{"deposit_amount": None, **fields}) == complaint(said)

    async def test_the_limits_themselves_can_be_had(self, stage: Stage) -> None:
        rate = await stage.rate("BTCUSDC")
        for name in ("deposit", "withdraw"):
            for end in ("min", "max"):
                amounts = {"deposit_amount": None, f"{name}_amount": rate[f"{end}_{name}_amount"]}
                assert (await stage.create(rate_id=rate["rate_id"], **amounts))["status"] == "INITIAL"


class TestRateIds:
    async def test_with_a_rate_the_order_has_a_fixed_rate_deadline(self, stage: Stage) -> None:
        order = await stage.fixed()
        created = datetime.fromisoformat(order["created_on"])
        assert (datetime.fromisoformat(order["fixed_rate_deadline"]) - created).total_seconds() == 3600

    async def test_without_one_the_deadline_is_null(self, stage: Stage) -> None:
        assert (await stage.create())["fixed_rate_deadline"] is None

    async def test_the_promise_holds_though_the_price_moves(
        self, stage: Stage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        rate = await stage.rate("BTCUSDC")
        monkeypatch.setitem(DOLLARS, "BTC", "60000")
        promised, floating = await stage.create(rate_id=rate["rate_id"]), await stage.create()
        assert (await stage.details(promised))["rate"] == rate["rate"]
        assert floating["withdraw_amount"] < promised["withdraw_amount"] == "0.00991015"

    async def test_an_expired_rate_is_refused(self, stage: Stage) -> None:
        rate = await stage.rate("BTCUSDC")
        stage.hands.pass_(60)
        assert await stage.refused(rate_id=rate["rate_id"]) == complaint("Rate is expired or unknown.")

    async def test_an_unknown_rate_is_refused(self, stage: Stage) -> None:
        await stage.rate("BTCUSDC")
        assert await stage.refused(rate_id="waq1T39kPFn9-001ABB") == complaint("Rate is expired or unknown.")

    async def test_a_rate_of_another_pair_is_refused(self, stage: Stage) -> None:
        rate = await stage.rate("ETHUSDC")
        assert await stage.refused(rate_id=rate["rate_id"]) == complaint("Rate is of another pair.")

    async def test_the_lifetime_can_be_set(self, stage: Stage) -> None:
        await stage.control("swaps/rate_lifetime", seconds=5)
        assert int((await stage.rate("BTCUSDC"))["expiration_time_unix"]) == int(stage.hands.now + 5)


class TestUpdate:
    async def test_withdraw_address_and_memo_are_set(self, stage: Stage) -> None:
        order = await stage.create(withdraw_address=None)
        answer = (await stage.patch(order, withdraw_address=PAYOUT, withdraw_extra_id="5")).json()
        assert (answer["withdraw_address"], answer["withdraw_extra_id"]) == (PAYOUT, "5")
        assert (await stage.details(order))["withdraw_address"] == PAYOUT

    @pytest.mark.parametrize("again", [{"withdraw_address": "other"}, {"withdraw_address": PAYOUT}])
    async def test_withdraw_address_is_set_once_only(self, stage: Stage, again: dict[str, str]) -> None:
        order = await stage.create(withdraw_address=None)
        assert (await stage.patch(order, withdraw_address=PAYOUT)).status_code == 200
        refused = await stage.patch(order, **again)
        assert (refused.status_code, refused.json()) == (400, complaint("Withdraw address is already set."))
        assert (await stage.details(order))["withdraw_address"] == PAYOUT

    async def test_an_address_given_at_creation_counts_too(self, stage: Stage) -> None:
        order = await stage.create()
        for change in ({"withdraw_address": "other"}, {"withdraw_extra_id": "5"}):
            assert (await stage.patch(order, **change)).json() == complaint("Withdraw address is already set.")

    async def test_withdraw_address_cannot_be_set_after_processing_began(self, stage: Stage) -> None:
        order = await stage.create(withdraw_address=None)
        await stage.put(order, "PRE-RELEASE", force=True)
        refused = await stage.patch(order, withdraw_address=PAYOUT)
        said = "Withdraw address cannot be set once the order is being processed."
        assert (refused.status_code, refused.json()) == (400, complaint(said))

    @pytest.mark.parametrize("status", ["UNCONFIRMED PAYMENT", "PENDING KYC", "PAID"])
    async def test_withdraw_address_can_be_set_until_then(self, stage: Stage, status: str) -> None:
        order = await stage.create(withdraw_address=None)
        await stage.put(order, status, force=True)
        assert (await stage.patch(order, withdraw_address=PAYOUT)).status_code == 200

    async def test_marked_as_paid_true_and_false(self, stage: Stage) -> None:
        order = await stage.create()
        for marked in (True, False):
            assert (await stage.patch(order, marked_as_paid=marked)).status_code == 200
            assert (await stage.steered(order))["marked_as_paid"] is marked
            assert await stage.status(order) == "INITIAL"

    async def test_deposit_transaction_is_what_the_person_says_until_one_is_seen(self, stage: Stage) -> None:
        order = await stage.create()
        await stage.patch(order, marked_as_paid=True, deposit_transaction="a1b2c3")
        assert (await stage.details(order))["deposit_transaction"] == "a1b2c3"
        transaction = (await stage.pay(order))["transaction"]
        await stage.patch(order, deposit_transaction="another")
        assert (await stage.details(order))["deposit_transaction"] == transaction

    @pytest.mark.parametrize("mark", ["true", 1, "yes"])
    async def test_a_mark_is_a_boolean(self, stage: Stage, mark: object) -> None:
        refused = await stage.patch(await stage.create(), marked_as_paid=mark)
        assert (refused.status_code, refused.json()) == (400, {"marked_as_paid": ["Must be a valid boolean."]})

    async def test_a_closed_order_cannot_be_marked(self, stage: Stage) -> None:
        order = await stage.create()
        await stage.put(order, "CANCELED")
        refused = await stage.patch(order, marked_as_paid=True)
        assert (refused.status_code, refused.json()) == (400, complaint("Order is CANCELED."))

    async def test_a_refused_update_changes_nothing(self, stage: Stage) -> None:
        order = await stage.create()
        await stage.patch(order, withdraw_address="other", marked_as_paid=True, deposit_transaction="a1")
        assert not (await stage.steered(order))["marked_as_paid"]
        assert (await stage.details(order))["deposit_transaction"] == ""

    async def test_what_is_not_in_the_list_is_ignored(self, stage: Stage) -> None:
        order = await stage.create(refund_address=REFUND)
        answer = await stage.patch(order, refund_address="other", status="COMPLETED", deposit_amount="1")
        assert answer.status_code == 200
        assert answer.json() == order


class TestQuirks:
    async def test_amounts_may_carry_more_decimals_than_their_coin_has(self, stage: Stage) -> None:
        await stage.control("swaps/quirks", more_decimals=True)
        assert (await stage.create())["withdraw_amount"] == "0.0099101593"

    async def test_an_amount_that_cannot_be_sent_is_meant_rounded_down(self, stage: Stage) -> None:
        await stage.control("swaps/quirks", more_decimals=True)
        order = await stage.create(
            deposit_currency="USDC", withdraw_currency="ETH", deposit_amount=None, withdraw_amount="0.0123456789"
        )
        assert order["deposit_amount"] == "32.99565404"
        assert "amount" in await stage.complaint(
            "swaps/deposit", address=order["deposit_address"], amount="32.99565404", currency="USDC"
        )
        assert (await stage.pay(order, amount="32.995654"))["taken"] == "seen"

    async def test_what_is_not_set_may_be_missing(self, stage: Stage) -> None:
        await stage.control("swaps/quirks", sparse_orders=True)
        order = await stage.create(withdraw_address=None)
        missing = {"withdraw_address", "refund_address", "fixed_rate_deadline", "deposit_transaction"}
        assert missing.isdisjoint(order)
        assert missing.isdisjoint(json.loads((await stage.get("/orders/")).text)["results"][0])


async def test_an_answer_is_json_in_the_documented_spelling(stage: Stage) -> None:
    response: httpx.Response = await stage.get("/orders/")
    assert response.headers["content-type"] == "application/json"
    assert response.text == '{"count": 0, "next": null, "previous": null, "results": []}'
