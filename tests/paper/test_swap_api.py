"""n.exchange's documented endpoints: who may ask, and the shapes of the answers."""

import re
from decimal import Decimal

import pytest

from chatbot.paper.swaps.coins import BY_CODE, COINS, PAIRS
from tests.paper.setting import still_exchange
from tests.paper.swap_setting import API, ORDER, Stage
from tests.paper.test_api import assert_shape

DECIMAL = re.compile(r"[0-9]+\.[0-9]+")
DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
TEXT = re.compile(r"\S.*")
ANY = re.compile(r".*")
REFERENCE = re.compile(r"[A-Z0-9]{6,12}")
HEAD = {
    "unique_reference": REFERENCE,
    "side": re.compile("BUY|SELL"),
    "withdraw_amount": DECIMAL,
    "deposit_amount": DECIMAL,
    "deposit_currency": TEXT,
    "withdraw_currency": TEXT,
    "status": re.compile("INITIAL"),
    "created_on": DATE,
    "payment_window_minutes": int,
    "fixed_rate_deadline": DATE,
}
ADDRESSES = {
    "deposit_address": TEXT,
    "deposit_address_extra_id": ANY,
    "withdraw_address": ANY,
    "withdraw_extra_id": ANY,
    "refund_address": ANY,
}
TRANSACTIONS = {"deposit_transaction": ANY, "withdraw_transaction": ANY}
CREATED = {**HEAD, **ADDRESSES, "refund_extra_id": ANY, **TRANSACTIONS}
DETAILED = {**HEAD, "rate": DECIMAL, **ADDRESSES, "refund_address_extra_id": ANY, **TRANSACTIONS}
RATE = {
    "pair": TEXT,
    "from": TEXT,
    "to": TEXT,
    "withdrawal_fee": DECIMAL,
    "rate": DECIMAL,
    "rate_id": re.compile(r"[A-Za-z0-9]{27}-[0-9A-F]{6}"),
    "max_withdraw_amount": DECIMAL,
    "min_withdraw_amount": DECIMAL,
    "max_deposit_amount": DECIMAL,
    "min_deposit_amount": DECIMAL,
    "expiration_time_unix": re.compile(r"[0-9]{10}"),
}
UNAUTHORIZED = '{"detail": "Authentication credentials were not provided"}'
NOT_FOUND = '{"detail": "Not found"}'


class TestHeaders:
    @pytest.mark.parametrize("word", ["ApiKey", "Bearer"])
    async def test_authorization_is_one_of_two_words_and_the_key(self, stage: Stage, word: str) -> None:
        response = await stage.http.get(f"{API}/orders/", headers={"Authorization": f"{word} {stage.key}"})
        assert response.status_code == 200

    @pytest.mark.parametrize("path", ["/orders/", "/orders/ABCDEF/", "/rate/", "/pair/", "/pair/random/"])
    @pytest.mark.parametrize("shown", [None, "ApiKey nx_wrong", "Token {key}", "{key}", "ApiKey", "apikey {key}"])
    async def test_401_where_credentials_are_missing_or_invalid(
        self, stage: Stage, path: str, shown: str | None
    ) -> None:
        headers = {} if shown is None else {"Authorization": shown.format(key=stage.key)}
        response = await stage.http.get(f"{API}{path}", headers=headers)
        assert (response.status_code, response.text) == (401, UNAUTHORIZED)

    async def test_401_where_somebody_creates_without_a_key(self, stage: Stage) -> None:
        response = await stage.http.post(f"{API}/orders/", json=ORDER)
        assert (response.status_code, response.text) == (401, UNAUTHORIZED)
        assert stage.venue.all() == ()

    async def test_currencies_are_for_everybody(self, stage: Stage) -> None:
        assert (await stage.http.get(f"{API}/currency/")).status_code == 200
        wrong = {"Authorization": "ApiKey nx_wrong"}
        assert (await stage.http.get(f"{API}/currency/", headers=wrong)).status_code == 200

    @pytest.mark.parametrize("zone", ["GMT +04:00 (Asia/Dubai)", "GMT -03:30 (America/St_Johns)", "GMT +00:00 (UTC)"])
    async def test_user_timezone_is_read_on_create(self, stage: Stage, zone: str) -> None:
        response = await stage.post(ORDER, X_User_Timezone=zone)
        assert response.status_code == 201
        assert (await stage.steered(response.json()))["time_zone"] == zone

    @pytest.mark.parametrize(
        "zone", ["UTC", "GMT+04:00 (Asia/Dubai)", "GMT +4:00 (Asia/Dubai)", "GMT +04:00", "GMT +04:00 (Asia/Nowhere)"]
    )
    async def test_a_malformed_user_timezone_is_a_400_that_says_so(self, stage: Stage, zone: str) -> None:
        response = await stage.post(ORDER, X_User_Timezone=zone)
        assert response.status_code == 400
        assert response.json() == {"X-User-Timezone": ["Use the form GMT ±HH:MM (IANA_Timezone)."]}

    async def test_user_timezone_may_be_missing_as_clients_do(self, stage: Stage) -> None:
        assert (await stage.steered(await stage.create()))["time_zone"] == ""

    async def test_a_referral_token_is_noticed_and_not_shown(self, stage: Stage) -> None:
        response = await stage.post(ORDER, x_referral_token="canary-referral")
        shown = await stage.http.get("/control/swaps")
        assert (await stage.steered(response.json()))["referred"] is True
        assert "canary" not in shown.text + response.text


class TestShapes:
    async def test_create_answers_201_with_the_order(self, stage: Stage) -> None:
        rate = await stage.rate("BTCUSDC")
        response = await stage.post({**ORDER, "rate_id": rate["rate_id"]})
        assert response.status_code == 201
        assert_shape(response.json(), CREATED)

    async def test_details_have_the_rate_and_the_other_name_of_the_refund_memo(self, stage: Stage) -> None:
        order = await stage.fixed(refund_extra_id="12345")
        details = await stage.details(order)
        assert_shape(details, DETAILED)
        assert (order["refund_extra_id"], details["refund_address_extra_id"]) == ("12345", "12345")

    async def test_the_list_is_of_details(self, stage: Stage) -> None:
        order = await stage.fixed()
        listed = (await stage.get("/orders/")).json()
        assert listed == {"count": 1, "next": None, "previous": None, "results": [await stage.details(order)]}

    async def test_an_update_answers_in_the_shape_of_create(self, stage: Stage) -> None:
        answer = (await stage.patch(await stage.fixed(), marked_as_paid=True)).json()
        assert_shape(answer, CREATED)

    async def test_rates(self, stage: Stage) -> None:
        assert_shape((await stage.get("/rate/", pairs="BTCUSDC,ETHBTC")).json(), [RATE])

    async def test_pairs(self, stage: Stage) -> None:
        pairs = (await stage.get("/pair/")).json()
        assert_shape(pairs, [{"name": TEXT, "to": TEXT, "from": TEXT, "disabled": bool}])
        assert all(pair["name"] == pair["to"] + pair["from"] for pair in pairs)
        assert sorted(pair["name"] for pair in pairs if pair["disabled"]) == ["DOGEADA", "XMRBTC"]

    async def test_currencies(self, stage: Stage) -> None:
        currencies = (await stage.get("/currency/")).json()
        coin = {
            "code": TEXT,
            "name": TEXT,
            "is_fiat": bool,
            "network": TEXT,
            "contract_address": ANY,
            "common_symbol": TEXT,
            "decimals": int,
            "withdrawal_fee": DECIMAL,
        }
        tokens = [each for each in currencies if each["contract_address"] is not None]
        assert_shape(tokens, [coin])
        own = [each for each in currencies if each["contract_address"] is None and not each["is_fiat"]]
        assert_shape([{**each, "contract_address": ""} for each in own], [coin])
        assert [each["code"] for each in currencies if each["is_fiat"]] == ["EUR"]

    async def test_amounts_have_the_decimals_of_their_coins(self, stage: Stage) -> None:
        order = await stage.create()
        assert (order["deposit_amount"], order["withdraw_amount"]) == ("500.000000", "0.00991015")


class TestOrderList:
    async def test_the_newest_comes_first(self, stage: Stage) -> None:
        made = [(await stage.create())["unique_reference"] for _ in range(3)]
        listed = (await stage.get("/orders/")).json()["results"]
        assert [order["unique_reference"] for order in listed] == made[::-1]

    async def test_a_page_has_twenty_unless_page_size_says_otherwise(self, stage: Stage) -> None:
        for _ in range(25):
            await stage.create()
        queries = ("", "page=2", "page_size=7", "page_size=100", "page_size=1000", "page_size=0")
        sizes = [len((await stage.get(f"/orders/?{query}")).json()["results"]) for query in queries]
        assert sizes == [20, 5, 7, 25, 25, 20]

    async def test_next_and_previous_are_absolute_and_name_an_internal_host(self, stage: Stage) -> None:
        for _ in range(3):
            await stage.create()
        middle = (await stage.get("/orders/", page=2, page_size=1)).json()
        internal = "http://nexchange-web.internal:8000/en/api/v2/orders/"
        assert middle["next"] == f"{internal}?page=3&page_size=1"
        assert middle["previous"] == f"{internal}?page=1&page_size=1"
        assert middle["count"] == 3

    @pytest.mark.parametrize("page", ["0", "2", "-1", "one", ""])
    async def test_a_page_that_does_not_exist_is_a_404(self, stage: Stage, page: str) -> None:
        response = await stage.get("/orders/", page=page)
        assert (response.status_code, response.json()) == (404, {"detail": "Invalid page."})

    async def test_a_key_sees_only_its_own_orders(self, stage: Stage) -> None:
        order = await stage.create()
        assert (await stage.get("/orders/", key=stage.other_key)).json()["count"] == 0
        path = f"/orders/{order['unique_reference']}/"
        assert (await stage.get(path, key=stage.other_key)).status_code == 404


class TestRates:
    async def test_rate_is_deposit_units_for_one_withdraw_unit_with_a_small_spread(self, stage: Stage) -> None:
        assert (await stage.rate("BTCUSDC"))["rate"] == "50200.000"
        assert (await stage.rate("USDCBTC"))["rate"] == "0.00002008"

    def test_rates_follow_the_markets(self) -> None:
        exchange = still_exchange()
        exchange.set_price("BTCUSDT", Decimal(80_000))
        btc, usdc = BY_CODE["BTC"], BY_CODE["USDC"]
        assert exchange.swaps.quotes.now(withdraw=btc, deposit=usdc).price == 80_320

    async def test_every_pair_that_is_not_disabled_has_a_rate_of_its_own(self, stage: Stage) -> None:
        rates = (await stage.get("/rate/")).json()
        assert {rate["pair"] for rate in rates} == set(PAIRS) - {"DOGEADA", "XMRBTC"}
        assert len({rate["rate_id"] for rate in rates}) == len(rates)

    def test_every_offer_leaves_something_after_the_fee(self) -> None:
        for quote in still_exchange().swaps.quotes.promise(PAIRS.values()):
            assert quote.withdraw_for(quote.limits.least_deposit, places=8) > 0
            assert 0 < quote.limits.least_deposit < quote.limits.most_deposit
            assert 0 < quote.limits.least_withdraw < quote.limits.most_withdraw

    async def test_a_rate_lives_for_a_minute(self, stage: Stage) -> None:
        assert int((await stage.rate("BTCUSDC"))["expiration_time_unix"]) == int(stage.hands.now) + 60

    async def test_crypto_only_and_fiat_only_filter(self, stage: Stage) -> None:
        crypto = (await stage.get("/rate/", pairs="BTCUSDC", crypto_only="true")).json()
        assert len(crypto) == 1
        assert (await stage.get("/rate/", fiat_only="true")).json() == []

    async def test_unknown_and_disabled_pairs_have_none(self, stage: Stage) -> None:
        assert (await stage.get("/rate/", pairs="BTCNOPE,XMRBTC")).json() == []

    async def test_a_deposit_amount_is_answered_with_what_comes_out_after_fees(self, stage: Stage) -> None:
        query = {"from": "USDC", "to": "BTC", "deposit_amount": "500"}
        (row,) = (await stage.get("/rate/", **query)).json()
        assert row["withdraw_amount"] == "0.00991015"
        assert row["withdraw_amount"] == (await stage.create(rate_id=row["rate_id"]))["withdraw_amount"]

    async def test_coins_may_be_named_by_contract_and_network(self, stage: Stage) -> None:
        query = {
            "from_contract_address": "0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48",
            "from_network": "ETH",
            "to_contract_address": "",
            "to_network": "BTC",
        }
        (row,) = (await stage.get("/rate/", **query)).json()
        assert row["pair"] == "BTCUSDC"
        assert (await stage.get("/rate/", **{**query, "to_network": "NOPE"})).json() == []

    async def test_an_array_may_come_in_an_array(self, stage: Stage) -> None:
        await stage.control("swaps/quirks", nested_rates=True)
        ((row,),) = (await stage.get("/rate/", pairs="BTCUSDC")).json()
        assert row["pair"] == "BTCUSDC"


class TestPairs:
    async def test_a_pair_by_name(self, stage: Stage) -> None:
        expected = {"name": "BTCUSDC", "to": "BTC", "from": "USDC", "disabled": False}
        assert (await stage.get("/pair/BTCUSDC/")).json() == expected
        assert (await stage.get("/pair/XMRBTC/")).json()["disabled"] is True

    async def test_random_and_most_traded_are_names_too(self, stage: Stage) -> None:
        assert (await stage.get("/pair/random/")).json()["name"] in PAIRS
        assert (await stage.get("/pair/most_traded/")).json()["name"] == "BTCUSDTERC"

    async def test_an_unknown_pair_is_a_404(self, stage: Stage) -> None:
        response = await stage.get("/pair/BTCNOPE/")
        assert (response.status_code, response.text) == (404, NOT_FOUND)

    def test_names_are_unique(self) -> None:
        assert len(PAIRS) == len(COINS) * (len(COINS) - 1)


class TestNoSuchThing:
    @pytest.mark.parametrize("path", ["/orders/NOSUCH/", "/orders", "/rates/", "/"])
    async def test_404(self, stage: Stage, path: str) -> None:
        response = await stage.get(path)
        assert (response.status_code, response.text) == (404, NOT_FOUND)

    async def test_404_where_nobody_has_the_order_that_is_updated(self, stage: Stage) -> None:
        response = await stage.patch({"unique_reference": "NOSUCH"}, marked_as_paid=True)
        assert (response.status_code, response.text) == (404, NOT_FOUND)

    async def test_there_is_no_cancel(self, stage: Stage) -> None:
        order = await stage.create()
        path = f"{API}/orders/{order['unique_reference']}/"
        response = await stage.http.delete(path, headers={"Authorization": f"ApiKey {stage.key}"})
        assert response.status_code == 405
        assert await stage.status(order) == "INITIAL"
