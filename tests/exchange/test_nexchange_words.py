"""Every documented field and status of n.exchange's orders, and what is made of what is odd."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from chatbot.domain.errors import OutcomeUnknown, Unavailable
from chatbot.domain.swaps import Currency, Swap, SwapStatus
from chatbot.exchange.nexchange.gateway import NexchangeGateway
from chatbot.ports.exchange import Priority
from tests.exchange.raw_server import RawServer, ok, sample
from tests.exchange.swapping import CREATED, KEY, NEW, REFERENCE, order
from tests.fakes.exchange import permitted

PERSON = Priority.PERSON
HOUR = timedelta(hours=1)
AT = datetime(2023, 10, 15, 10, 30, tzinfo=UTC)
EXAMPLE = Swap(
    reference=REFERENCE,
    side="SELL",
    deposit=Currency(code="USDC"),
    withdraw=Currency(code="BTC"),
    deposit_amount=Decimal("500.00"),
    withdraw_amount=Decimal("0.01000000"),
    status=SwapStatus.UNCONFIRMED_PAYMENT,
    status_name="UNCONFIRMED PAYMENT",
    created_at=AT,
    payment_window=HOUR,
    fixed_until=AT + HOUR,
    price=Decimal("50000.00"),
    deposit_address="1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
    deposit_extra_id="",
    withdraw_address="1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
    withdraw_extra_id="",
    refund_address="1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2",
    refund_extra_id="",
    deposit_transaction="a1b2c3d4e5f6...",
    withdraw_transaction="",
)


@pytest.fixture
def read(server: RawServer, swaps: NexchangeGateway) -> "Reads":
    return Reads(server, swaps)


class Reads:
    """Asks for details that the server answers with the reference's example, changed."""

    def __init__(self, server: RawServer, swaps: NexchangeGateway) -> None:
        self.server = server
        self.swaps = swaps

    async def __call__(self, **changes: Any) -> Swap:
        self.server.will(ok(order(**changes)))
        return await self.swaps.swap(KEY, reference=REFERENCE, priority=PERSON)


async def test_details_are_read_field_by_field(read: Reads) -> None:
    assert await read() == EXAMPLE


async def test_a_created_order_is_read(server: RawServer, swaps: NexchangeGateway) -> None:
    server.will(ok(CREATED))
    made = await swaps.create(KEY, new=NEW, permit=permitted)
    assert (made.reference, made.status, made.price) == (REFERENCE, SwapStatus.INITIAL, None)
    assert (made.withdraw_address, made.refund_address, made.deposit_transaction) == ("", "", "")
    assert made.pay_until == AT + HOUR


async def test_a_list_is_read(server: RawServer, swaps: NexchangeGateway) -> None:
    server.will(ok(sample("nexchange/orders")))
    page = await swaps.swaps(KEY, page=1, size=20, priority=PERSON)
    assert (page.number, page.count, page.has_next) == (1, 1, False)
    assert [swap.reference for swap in page.swaps] == ["ABCDEF"]


async def test_next_says_that_there_is_more_and_is_never_followed(server: RawServer, swaps: NexchangeGateway) -> None:
    listed = sample("nexchange/orders").replace(b'"next": null', b'"next": "http://internal:8000/orders/?page=2"')
    server.will(ok(listed))
    page = await swaps.swaps(KEY, page=1, size=20, priority=PERSON)
    assert page.has_next and len(server.requests) == 1
    await swaps.swaps(KEY, page=2, size=20, priority=PERSON)
    assert server.requests[1].target == "/en/api/v2/orders/?page=2&page_size=20"


async def test_an_empty_page_is_the_last_one(server: RawServer, swaps: NexchangeGateway) -> None:
    server.will(ok(b'{"count": 40, "next": "https://x/?page=4", "previous": null, "results": []}'))
    assert not (await swaps.swaps(KEY, page=3, size=20, priority=PERSON)).has_next


@pytest.mark.parametrize("broken", [b'"count": 1,', b'"next": null, '])
async def test_a_list_that_does_not_say_how_much_there_is_cannot_be_read(
    broken: bytes, server: RawServer, swaps: NexchangeGateway
) -> None:
    assert broken in sample("nexchange/orders")
    server.will(ok(sample("nexchange/orders").replace(broken, b"")))
    with pytest.raises(Unavailable):
        await swaps.swaps(KEY, page=1, size=20, priority=PERSON)


@pytest.mark.parametrize(
    "broken", [b'"status": "INITIAL", ', b'"deposit_amount": "500.00",', b'"created_on": "2023-10-15T10:30:00Z",']
)
async def test_an_order_that_cannot_be_read_is_counted_and_does_not_hide_the_others(
    broken: bytes, server: RawServer, swaps: NexchangeGateway
) -> None:
    page = json.loads(sample("nexchange/orders"))
    assert broken in sample("nexchange/orders")
    odd = json.loads(sample("nexchange/orders").replace(broken, b""))["results"][0]
    server.will(ok(json.dumps({**page, "count": 3, "results": [odd, *page["results"], odd]}).encode()))
    read = await swaps.swaps(KEY, page=1, size=20, priority=PERSON)
    assert ([swap.reference for swap in read.swaps], read.unreadable, read.count) == (["ABCDEF"], 2, 3)


STATUSES = (
    "CANCELED",
    "INITIAL",
    "UNCONFIRMED PAYMENT",
    "PAID",
    "PRE-RELEASE",
    "RELEASED",
    "COMPLETED",
    "INITIATED REFUND",
    "REFUNDED",
    "REFUND FAILED",
    "PENDING KYC",
)


@pytest.mark.parametrize("name", STATUSES)
async def test_every_status_of_the_table_is_known(name: str, read: Reads) -> None:
    swap = await read(status=name)
    assert swap.status is not SwapStatus.UNKNOWN
    assert (swap.status.value, swap.status_name) == (name, name)


def test_the_table_has_eleven_statuses_and_three_ends() -> None:
    known = [status for status in SwapStatus if status is not SwapStatus.UNKNOWN]
    assert {status.value for status in known} == set(STATUSES)
    assert {status.value for status in known if status.is_final} == {"COMPLETED", "CANCELED", "REFUNDED"}


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("ON HOLD", "ON HOLD"),
        ("CANCELLED", "CANCELLED"),
        ("payed", "payed"),
        ("UNKNOWN", "UNKNOWN"),
        (17, "17"),
        ("", ""),
        ("A\u202eB\n" + "x" * 90, "A B " + "x" * 36),
    ],
)
async def test_a_status_that_is_not_in_the_table_keeps_its_name_and_is_no_end(
    written: object, name: str, read: Reads
) -> None:
    swap = await read(status=written)
    assert (swap.status, swap.status_name, swap.status.is_final) == (SwapStatus.UNKNOWN, name, False)


STATUS_CODES = {
    0: "CANCELED",
    11: "INITIAL",
    12: "UNCONFIRMED PAYMENT",
    13: "PAID",
    14: "PRE-RELEASE",
    15: "RELEASED",
    16: "COMPLETED",
    6: "INITIATED REFUND",
    8: "REFUNDED",
    7: "REFUND FAILED",
    9: "PENDING KYC",
}


@pytest.mark.parametrize(("code", "name"), STATUS_CODES.items())
async def test_a_status_is_known_by_its_code_and_in_any_letters(code: int, name: str, read: Reads) -> None:
    assert {(await read(status=written)).status.value for written in (code, str(code), name.lower(), name)} == {name}


CURRENCIES: dict[str, tuple[object, Currency]] = {
    "a code": ("USDTERC", Currency(code="USDTERC")),
    "code and network": ({"code": "USDT", "network": "ETH"}, Currency(code="USDT", network="ETH")),
    "the page's misspelling": ({"code": "USDT", "network": "EHT"}, Currency(code="USDT", network="EHT")),
    "a contract and its network": (
        {"contract_address": "0xdAC1", "network": "ETH"},
        Currency(contract="0xdAC1", network="ETH"),
    ),
    "a network's own coin": ({"contract_address": None, "network": "BTC"}, Currency(network="BTC")),
    "a code without its network": ({"code": "BTC", "network": None}, Currency(code="BTC")),
    "more than is needed": (
        {"code": "BTC", "network": "BTC", "contract_address": "", "name": "Bitcoin"},
        Currency(code="BTC", network="BTC"),
    ),
}


@pytest.mark.parametrize("name", CURRENCIES)
async def test_both_currencies_are_read_in_every_form(name: str, read: Reads) -> None:
    written, meant = CURRENCIES[name]
    assert (await read(deposit_currency=written)).deposit == meant
    assert (await read(withdraw_currency=written)).withdraw == meant


@pytest.mark.parametrize(
    "written", ["", "B TC", "<b>", "x" * 41, {}, {"contract_address": "0x1"}, {"code": "\u202e"}, 7, None, ["BTC"]]
)
async def test_what_is_no_currency_makes_the_answer_unreadable(written: object, read: Reads) -> None:
    with pytest.raises(Unavailable):
        await read(deposit_currency=written)


EXTRA_IDS = {
    "deposit_address_extra_id": "deposit_extra_id",
    "withdraw_extra_id": "withdraw_extra_id",
    "withdraw_address_extra_id": "withdraw_extra_id",
    "refund_extra_id": "refund_extra_id",
    "refund_address_extra_id": "refund_extra_id",
}


@pytest.mark.parametrize("name", EXTRA_IDS)
async def test_both_spellings_of_an_extra_id_are_read_letter_by_letter(name: str, read: Reads) -> None:
    nothing = dict.fromkeys(EXTRA_IDS, ...)
    assert getattr(await read(**nothing), EXTRA_IDS[name]) == ""
    for memo, meant in (("104 Kasa Şubesi ", "104 Kasa Şubesi "), (104729, "104729"), ("007", "007")):
        assert getattr(await read(**(nothing | {name: memo})), EXTRA_IDS[name]) == meant
        assert (
            getattr(await read(**{name: memo}), EXTRA_IDS[name]) == meant
        )  # beside the other spelling, which is empty


@pytest.mark.parametrize("memo", ["a\nb", "a\u202eb", "\u200b1", "x" * 257, True, ["1"]])
async def test_a_memo_with_anything_invisible_makes_the_answer_unreadable(memo: object, read: Reads) -> None:
    with pytest.raises(Unavailable):
        await read(deposit_address_extra_id=memo)


OPTIONAL = {
    "side": "",
    "payment_window_minutes": None,
    "fixed_rate_deadline": None,
    "rate": None,
    "deposit_address": "",
    "deposit_address_extra_id": "",
    "withdraw_address": "",
    "withdraw_extra_id": "",
    "refund_address": "",
    "refund_extra_id": "",
    "deposit_transaction": "",
    "withdraw_transaction": "",
}
OURS = {
    "payment_window_minutes": "payment_window",
    "fixed_rate_deadline": "fixed_until",
    "rate": "price",
    "deposit_address_extra_id": "deposit_extra_id",
}


@pytest.mark.parametrize("name", OPTIONAL)
async def test_an_optional_field_may_be_missing_null_or_empty(name: str, read: Reads) -> None:
    for written in (..., None, "") if name != "payment_window_minutes" else (..., None):
        swap = await read(**{name: written})
        assert getattr(swap, OURS.get(name, name)) == OPTIONAL[name]
        assert swap.reference == REFERENCE


@pytest.mark.parametrize(
    "name",
    ["unique_reference", "deposit_amount", "withdraw_amount", "deposit_currency", "withdraw_currency", "status",
     "created_on"],
)  # fmt: skip
async def test_what_is_evidence_has_to_be_there(name: str, server: RawServer, swaps: NexchangeGateway) -> None:
    for written in (..., None):
        server.will(ok(order(**{name: written})))
        with pytest.raises(OutcomeUnknown):
            await swaps.create(KEY, new=NEW, permit=permitted)


async def test_nested_transactions_and_unknown_fields_are_ignored(read: Reads) -> None:
    nested = [{"type": "deposit", "status": 10, "tx_id": "x"}, {"type": "withdrawal", "status": "STAGED"}]
    assert await read(transactions=nested, modified_on=None, pair={"name": "BTCUSDC"}) == EXAMPLE


@pytest.mark.parametrize("side", ["BUY", "SELL"])
async def test_either_side_is_accepted_and_turns_nothing_round(side: str, read: Reads) -> None:
    swap = await read(side=side)
    assert swap.side == side
    assert (swap.deposit, swap.withdraw) == (EXAMPLE.deposit, EXAMPLE.withdraw)


@pytest.mark.parametrize(
    "written", ["0.123456789012345678901234567890", "500", "500.00", "0", "1000000000000000000.000000000000000001"]
)
async def test_amounts_are_exact_as_texts_and_as_numbers(written: str, read: Reads) -> None:
    assert (await read(deposit_amount=written)).deposit_amount == Decimal(written)
    number = order(withdraw_amount="@").replace(b'"@"', written.encode())
    read.server.will(ok(number))
    swap = await read.swaps.swap(KEY, reference=REFERENCE, priority=PERSON)
    assert str(swap.withdraw_amount) == written


@pytest.mark.parametrize(
    "written",
    ["", " 1", "NaN", "Infinity", "1e500", "1E", "1_000", "1,5", "-1", "+1", "0x10", "١", ".5", "5.", "9" * 41, True,
     None, {}],
)  # fmt: skip
async def test_what_is_no_plain_number_is_refused(written: object, read: Reads) -> None:
    with pytest.raises(Unavailable):
        await read(deposit_amount=written)


@pytest.mark.parametrize(("written", "meant"), [("1E-7", "0.0000001"), ("5e2", "500"), ("0E-8", "0")])
async def test_small_amounts_may_be_written_with_an_exponent(written: str, meant: str, read: Reads) -> None:
    assert (await read(withdraw_amount=written)).withdraw_amount == Decimal(meant)


@pytest.mark.parametrize("odd", ["sent it just now", "x" * 257, "1A\n1z", True, ["1A1z"], {}, 7])
@pytest.mark.parametrize("name", ["deposit_transaction", "withdraw_transaction"])
async def test_a_transaction_that_is_none_never_makes_an_order_unreadable(name: str, odd: object, read: Reads) -> None:
    assert getattr(await read(**{name: odd}), name) == ""


@pytest.mark.parametrize("odd", ["", "about 50,000", "NaN", True, ["1"], {}])
async def test_a_rate_that_is_none_never_makes_an_order_unreadable(odd: object, read: Reads) -> None:
    assert (await read(rate=odd)).price is None


@pytest.mark.parametrize("number", [b"1e500", b"NaN", b"-0.5", b"9" * 400])
async def test_what_is_no_plain_json_number_is_refused(number: bytes, read: Reads) -> None:
    read.server.will(ok(order(deposit_amount="@").replace(b'"@"', number)))
    with pytest.raises(Unavailable):
        await read.swaps.swap(KEY, reference=REFERENCE, priority=PERSON)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2023-10-15T10:30:00Z", AT),
        ("2023-10-15T10:30:00", AT),
        ("2023-10-15T14:30:00+04:00", AT),
        ("2023-10-15T10:30:00.250000Z", AT + timedelta(milliseconds=250)),
    ],
)
async def test_dates_are_iso_8601_in_utc(written: str, meant: datetime, read: Reads) -> None:
    assert (await read(created_on=written)).created_at == meant
    assert (await read(fixed_rate_deadline=written)).fixed_until == meant


@pytest.mark.parametrize("written", ["", "soon", "1697365800", 1697365800, "0001-01-01T00:00:00+14:00", "9999-12-31"])
async def test_what_is_no_date_makes_the_answer_unreadable(written: object, read: Reads) -> None:
    with pytest.raises(Unavailable):
        await read(created_on=written)


@pytest.mark.parametrize("minutes", [-1, 10**9, "-1", "sixty", 1.5, True])
async def test_a_payment_window_is_some_minutes(minutes: object, read: Reads) -> None:
    with pytest.raises(Unavailable):
        await read(payment_window_minutes=minutes)


async def test_a_payment_window_may_be_written_as_a_text(read: Reads) -> None:
    assert (await read(payment_window_minutes="60")).payment_window == HOUR


async def test_line_breaks_around_a_memo_are_none_of_it(read: Reads) -> None:
    assert (await read(deposit_address_extra_id="12345\r\n")).deposit_extra_id == "12345"


async def test_the_earlier_of_both_deadlines_counts(read: Reads) -> None:
    assert (await read(payment_window_minutes=15)).pay_until == AT + timedelta(minutes=15)
    assert (await read(fixed_rate_deadline="2023-10-15T10:40:00Z")).pay_until == AT + timedelta(minutes=10)
    floating = await read(fixed_rate_deadline=None)
    assert (floating.fixed_until, floating.pay_until) == (None, AT + HOUR)
    assert (await read(fixed_rate_deadline=None, payment_window_minutes=None)).pay_until is None


@pytest.mark.parametrize("address", ["1A1z P1eP", "1A1z\u200bP1eP", "bc1q\u0430", "x" * 257, True, ["1A1z"]])
@pytest.mark.parametrize("name", ["deposit_address", "withdraw_address", "refund_address"])
async def test_an_address_is_plain_ascii_or_the_answer_is_unreadable(name: str, address: object, read: Reads) -> None:
    with pytest.raises(Unavailable):
        await read(**{name: address})


@pytest.mark.parametrize("reference", ["", "A B", "A/B", "Ä", "x" * 65])
async def test_a_reference_that_is_none_makes_the_answer_unreadable(
    reference: str, server: RawServer, swaps: NexchangeGateway
) -> None:
    server.will(ok(order(unique_reference=reference)))
    with pytest.raises(OutcomeUnknown):
        await swaps.create(KEY, new=NEW, permit=permitted)


async def test_another_orders_details_are_not_taken_for_this_ones(read: Reads) -> None:
    with pytest.raises(Unavailable):
        await read(unique_reference="ABCDEF123457")
    assert (await read(unique_reference="abcdef123456")).reference == "abcdef123456"
