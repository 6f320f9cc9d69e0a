"""Every error body of n.exchange's, turned into a sentence."""

import json

import pytest

from chatbot.exchange.nexchange.errors import sentence
from tests.exchange.raw_server import sample

REQUIRED = "currency to send: This field is required; currency to receive: This field is required"

SENTENCES: dict[str, tuple[object, str]] = {
    "detail": ({"detail": "Not found"}, "Not found"),
    "detail in a list": ({"detail": ["Not", "found."]}, "Not; found"),
    "detail that only sums up": ({"detail": "Invalid input", "rate_id": ["It has expired."]}, "rate: It has expired."),
    "errors without detail": ({"errors": {"refund_address": "Bad checksum."}}, "refund address: Bad checksum."),
    "errors in a list": ({"errors": ["Too small.", "Too late."]}, "Too small; Too late"),
    "errors as a text": ({"errors": "Too small."}, "Too small."),
    "non_field_errors": ({"non_field_errors": ["User's IP has risk."]}, "User's IP has risk."),
    "non_field_errors within errors": ({"errors": {"non_field_errors": ["No."]}, "detail": "Invalid input"}, "No."),
    "a list by field": (
        {"withdraw_address": ["Invalid address.", "Too short."]},
        "payout address: Invalid address; payout address: Too short",
    ),
    "a field we have no word for": ({"some_new_field": ["Bad."]}, "some new field: Bad."),
    "within a currency": ({"deposit_currency": {"network": ["Unknown."]}}, "network: Unknown."),
    "a bare string": ("Pair BTCETH is temporarily unavailable.", "Pair BTCETH is temporarily unavailable."),
    "a bare list": (["Minimum receive amount is 0.01 BTC on this trade."],
                    "Minimum receive amount is 0.01 BTC on this trade."),
    "the same thing twice": ({"errors": ["No.", "No."]}, "No."),
}  # fmt: skip


@pytest.mark.parametrize("name", SENTENCES)
def test_every_documented_body_becomes_a_sentence(name: str) -> None:
    body, said = SENTENCES[name]
    assert sentence(json.dumps(body).encode()) == said


def test_the_examples_of_the_reference() -> None:
    assert sentence(sample("nexchange/invalid")) == REQUIRED
    assert sentence(sample("nexchange/unauthorized")) == "Authentication credentials were not provided"
    assert sentence(sample("nexchange/not_found")) == "Not found"


@pytest.mark.parametrize(
    "field",
    ["deposit_currency", "withdraw_currency", "deposit_amount", "withdraw_amount", "withdraw_address", "marked_as_paid",
     "withdraw_extra_id", "refund_address", "refund_extra_id", "deposit_transaction", "rate_id", "side"],
)  # fmt: skip
def test_every_field_of_a_request_is_said_in_words(field: str) -> None:
    name, _, message = sentence(json.dumps({field: ["Bad."]}).encode()).partition(": ")
    assert message == "Bad." and "_" not in name and " id" not in name


@pytest.mark.parametrize(
    "body",
    [b"", b"{}", b"[]", b"null", b"7", b"true", b'""', b'"  "',
     b"Bad Request", b"<html>bad</html>", b"\xff", b'{"a":1}',
     b'{"message": "Bad Request"}', b'{"error": {"code": "x", "message": "y"}}', b'{"detail": 7}', b'{"detail": null}',
     b'{"errors": [{"code": 1020, "message": "Access denied"}]}', b'{"deposit_amount": "500"}', b'{"detail": {}}',
     b'"<html><body>Bad gateway</body></html>"', b'{"detail": "<!DOCTYPE html>"}', b'{"x": ["<b>no</b>"]}',
     b"[" * 5_000, b'{"x":' * 5_000],
)  # fmt: skip
def test_what_is_no_word_of_the_service_is_none(body: bytes) -> None:
    assert sentence(body) == ""


def test_what_is_nested_too_deep_is_not_searched_for_ever() -> None:
    assert sentence(b'{"x":' * 200 + b'["no"]' + b"}" * 200) == ""


def test_hostile_bodies_become_short_lines_without_anything_invisible() -> None:
    long = sentence(json.dumps({"detail": "x\n\u202ey\x00" * 10_000}).encode())
    many = sentence(json.dumps({f"field_{number}": ["No."] for number in range(10_000)}).encode())
    name = sentence(json.dumps({"\u202e<b>" + "n" * 10_000: ["No."]}).encode())
    for said in (long, many, name):
        assert 0 < len(said) <= 200 and said.isprintable()
    assert many.count("No") == 6
