"""What the API reference of n.exchange says, sentence by sentence, and the tests that hold client and service to it:
the ones named after it. Sections are those of the reference; the points are those of its section 9.
"""

import re
from functools import cache
from pathlib import Path

import pytest

from chatbot.domain.swaps import Swap, SwapStatus
from chatbot.exchange.nexchange import endpoints, wire

TESTS = Path(__file__).parents[1]

ENDPOINTS = {
    "GET /orders/": ("test_a_list_is_read", "test_the_list_is_of_details"),
    "POST /orders/": ("test_a_created_order_is_read", "test_create_answers_201_with_the_order"),
    "GET /orders/<unique_reference>/": (
        "test_details_are_read_field_by_field",
        "test_details_have_the_rate_and_the_other_name_of_the_refund_memo",
    ),
    "PATCH /orders/<unique_reference>/": (
        "test_an_update_sends_its_field_and_no_other",
        "test_an_update_answers_in_the_shape_of_create",
    ),
    "GET /rate/": ("test_a_rate_is_read_field_by_field", "test_rates"),
    "GET /pair/": ("test_pairs_are_read", "test_pairs"),
    "GET /pair/<name>/": ("test_one_pair_is_read", "test_a_pair_by_name"),
    "GET /currency/": ("test_currencies_are_read_without_the_money_of_states", "test_currencies"),
}

HEADERS = {
    "Authorization": (
        "test_the_word_before_the_key_is_a_setting",
        "test_authorization_is_one_of_two_words_and_the_key",
    ),
    "Accept, Content-Type": ("test_every_endpoint_is_asked_as_documented_and_with_the_key",),
    "x-referral-token": (
        "test_no_referral_token_is_sent_where_there_is_none",
        "test_a_referral_token_is_noticed_and_not_shown",
    ),
    "X-User-Timezone": ("test_the_time_zone_is_told_with_its_offset", "test_user_timezone_is_read_on_create"),
}

QUERIES_AND_BODIES = {
    "page, page_size": (
        "test_a_page_has_a_hundred_orders_at_most",
        "test_a_page_has_twenty_unless_page_size_says_otherwise",
    ),
    "next, previous": (
        "test_next_says_that_there_is_more_and_is_never_followed",
        "test_next_and_previous_are_absolute_and_name_an_internal_host",
    ),
    "exactly one amount": ("test_exactly_one_amount_above_zero_is_sent_or_nothing", "test_both_amounts_are_refused"),
    "create: all its fields": (
        "test_what_is_asked_for_is_sent_and_nothing_else",
        "test_addresses_and_memos_are_kept",
    ),
    "create: rate_id": (
        "test_what_is_asked_for_is_sent_and_nothing_else",
        "test_with_a_rate_the_order_has_a_fixed_rate_deadline",
    ),
    "update: withdraw_address, withdraw_extra_id": (
        "test_a_payout_is_set_once_and_before_processing",
        "test_withdraw_address_and_memo_are_set",
    ),
    "update: once only, before processing": (
        "test_withdraw_address_is_set_once_only",
        "test_withdraw_address_cannot_be_set_after_processing_began",
    ),
    "update: marked_as_paid, deposit_transaction": (
        "test_a_swap_can_be_marked_with_its_transaction_and_the_mark_taken_back",
        "test_marked_as_paid_true_and_false",
    ),
    "rate: pairs": ("test_a_pairs_name_stays_one_value_of_the_query", "test_rates"),
    "rate: fiat_only, crypto_only": ("test_crypto_only_and_fiat_only_filter",),
}

STATUSES = {
    status: ("test_every_status_of_the_table_is_known", "test_each_status_is_told_by_its_documented_name")
    for status in SwapStatus
    if status is not SwapStatus.UNKNOWN
}

TRANSITIONS = {
    "success, KYC passed, KYC failed, refund retried": (
        "test_an_order_walks_its_flow_once_it_is_paid",
        "test_one_message_lives_through_every_status",
    ),
    "unpaid": (
        "test_unpaid_ends_canceled_with_its_window",
        "test_nobody_paid_and_it_was_cancelled_so_the_limits_have_it_back",
    ),
    "no others": ("test_the_steps_are_those_of_the_documented_flows", "test_any_other_step_needs_force"),
    "three are terminal": ("test_the_table_has_eleven_statuses_and_three_ends",),
    "a poller may miss some": (
        "test_a_poller_who_looks_late_misses_states",
        "test_every_change_that_is_seen_is_told_once_and_none_that_is_not",
    ),
    "nested transactions are ignored": ("test_nested_transactions_and_unknown_fields_are_ignored",),
}

ERRORS = {
    "400 with detail and errors": (
        "test_the_examples_of_the_reference",
        "test_400_for_missing_currencies_byte_for_byte",
    ),
    "400 in its observed forms": (
        "test_every_documented_body_becomes_a_sentence",
        "test_a_refusal_has_the_form_that_was_seen_in_production",
    ),
    "401": (
        "test_a_401_for_a_creation_or_a_rate_rejects_the_key_at_once",
        "test_401_where_credentials_are_missing_or_invalid",
    ),
    "401 on list and update": (
        "test_a_401_with_a_key_that_works_elsewhere_says_that_this_key_may_not_do_that",
        "test_key_that_may_not_list_says_so",
    ),
    "404": ("test_a_refusal_carries_its_status_and_the_services_words", "test_404"),
    "429": (
        "test_a_429_pauses_everybody_as_long_as_the_service_says",
        "test_above_the_limit_429_tells_when_to_come_again",
    ),
    "5xx, HTML, half answers": (
        "test_a_creation_is_sent_once_and_its_end_is_told_exactly",
        "test_any_status_with_html_before_or_after_the_order",
    ),
    "amounts beyond the limits, disabled pairs": (
        "test_limits_are_held_against_the_amount_that_was_given",
        "test_a_disabled_pair_is_temporarily_unavailable",
    ),
}

POINTS = {
    1: ("test_the_word_before_the_key_is_a_setting",),
    2: ("test_the_side_is_a_setting_and_turns_nothing_round", "test_side_changes_nothing_about_the_direction"),
    3: ("test_the_time_zone_is_told_with_its_offset", "test_the_offset_is_that_of_the_moment"),
    4: ("test_both_currencies_are_read_in_every_form", "test_every_form_is_understood_and_echoed"),
    5: (
        "test_both_spellings_of_an_extra_id_are_read_letter_by_letter",
        "test_details_have_the_rate_and_the_other_name_of_the_refund_memo",
    ),
    6: ("test_rate_that_is_not_fixed_is_called_an_estimate", "test_without_one_the_deadline_is_null"),
    7: ("test_the_earlier_of_both_deadlines_counts",),
    8: ("test_a_deposit_after_the_deadline_is_kept_and_the_order_canceled", "test_help_is_at_hand"),
    9: ("test_there_is_no_cancel",),
    10: ("test_every_question_in_turn_by_typing",),
    11: (
        "test_memo_stands_as_prominent_as_the_address_and_says_what_is_lost_without_it",
        "test_a_needed_memo_is_asked_for_and_its_absence_warned_of",
    ),
    12: ("test_the_examples_of_the_reference", "test_what_is_no_currency_makes_the_answer_unreadable"),
    13: (
        "test_a_lost_answer_is_found_by_what_was_asked_and_never_sent_again",
        "test_orders_that_others_made_or_that_differ_are_not_taken_for_it",
    ),
    14: ("test_one_message_lives_through_every_status",),
}

SAID = {
    **{f"endpoint {name}": tests for name, tests in ENDPOINTS.items()},
    **{f"header {name}": tests for name, tests in HEADERS.items()},
    **QUERIES_AND_BODIES,
    **{f"status {status.value}": tests for status, tests in STATUSES.items()},
    **{f"transitions: {name}": tests for name, tests in TRANSITIONS.items()},
    **{f"error {name}": tests for name, tests in ERRORS.items()},
    **{f"point {number}": tests for number, tests in POINTS.items()},
}


@cache
def _tests() -> frozenset[str]:
    sources = (path.read_text() for path in TESTS.rglob("test_*.py"))
    return frozenset(name for source in sources for name in re.findall(r"def (test_\w+)", source))


@pytest.mark.parametrize("sentence", SAID)
def test_what_the_reference_says_has_a_test_named_after_it(sentence: str) -> None:
    assert set(SAID[sentence]) <= _tests()


def test_no_endpoint_status_or_point_is_left_out() -> None:
    asked = [endpoint for endpoint in vars(endpoints).values() if isinstance(endpoint, endpoints.Endpoint)]
    assert len(asked) == len(ENDPOINTS)
    assert len(STATUSES) == 11
    assert list(POINTS) == list(range(1, 15))


def test_every_documented_field_of_an_order_is_read() -> None:
    """Section 3.4, with both spellings of the extra ids; and nothing the reference does not tell of."""
    documented = {
        "unique_reference", "side", "withdraw_amount", "deposit_amount", "deposit_currency", "withdraw_currency",
        "status", "created_on", "payment_window_minutes", "fixed_rate_deadline", "rate", "deposit_address",
        "deposit_address_extra_id", "withdraw_address", "withdraw_extra_id", "withdraw_address_extra_id",
        "refund_address", "refund_extra_id", "refund_address_extra_id", "deposit_transaction", "withdraw_transaction",
    }  # fmt: skip
    assert set(wire.OrderInfo.__struct_fields__) == documented
    assert len(Swap.__dataclass_fields__) == len(documented) - 2 + 1  # one memo each; the status and its name


def test_every_documented_field_of_offers_pairs_and_currencies_is_read() -> None:
    """Sections 7.1 to 7.3; a coin's own withdrawal fee is that of the offer."""
    assert set(wire.RateInfo.__struct_encode_fields__) == {
        "pair", "from", "to", "withdrawal_fee", "rate", "rate_id", "max_withdraw_amount", "min_withdraw_amount",
        "max_deposit_amount", "min_deposit_amount", "expiration_time_unix",
    }  # fmt: skip
    assert set(wire.PairInfo.__struct_encode_fields__) == {"name", "to", "from", "disabled"}
    assert set(wire.CurrencyInfo.__struct_encode_fields__) == {
        "code", "name", "is_fiat", "network", "contract_address", "common_symbol", "decimals",
    }  # fmt: skip


def test_every_documented_field_of_a_request_is_sent() -> None:
    assert set(wire.NewOrderBody.__struct_fields__) == {
        "side", "withdraw_amount", "deposit_amount", "deposit_currency", "withdraw_currency", "withdraw_address",
        "withdraw_extra_id", "refund_address", "refund_extra_id", "rate_id",
    }  # fmt: skip
    assert set(wire.UpdateBody.__struct_fields__) == {
        "withdraw_address", "withdraw_extra_id", "marked_as_paid", "deposit_transaction",
    }  # fmt: skip
