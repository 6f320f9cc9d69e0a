import re
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.domain.factors import (
    LOCKED_FOR,
    RECOVERY_BYTES,
    STEP,
    WRONG_IN_A_ROW,
    Factor,
    OneTimeCode,
    RecoveryCode,
    accepted_step,
    after_right,
    after_wrong,
    read_code,
    recovery_code,
    recovery_hash,
    resembles_code,
)
from chatbot.domain.secrets import Secret

SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # of the RFC's test vectors
APP = pyotp.TOTP(SECRET)
NOW = datetime(2026, 11, 20, 12, 0, 10, tzinfo=UTC)
STEP_NOW = int(NOW.timestamp()) // STEP
FRESH = Factor(since=NOW, last_step=STEP_NOW - 9, failures=0, locked_until=None, recovery_left=8)


def judged(digits: str, *, last: int = -1, now: datetime = NOW) -> int | None:
    return accepted_step(OneTimeCode(digits), code_at=pyotp.HOTP(SECRET).at, last_step=last, now=now)


# https://www.rfc-editor.org/rfc/rfc6238#appendix-B, the last six of its eight digits
@pytest.mark.parametrize(
    ("unix", "digits"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_codes_are_those_of_the_rfc(unix: int, digits: str) -> None:
    assert judged(digits, now=datetime.fromtimestamp(unix, UTC)) == unix // 30


def test_the_current_code_and_the_one_before_are_accepted_and_no_other() -> None:
    accepted = {away: judged(APP.at(NOW + timedelta(seconds=STEP * away))) for away in range(-5, 6)}
    assert accepted == {away: STEP_NOW + away if away in (0, -1) else None for away in range(-5, 6)}


@pytest.mark.parametrize("last", [STEP_NOW, STEP_NOW + 1])
def test_a_code_of_an_accepted_step_or_an_older_one_is_a_replay(last: int) -> None:
    assert judged(APP.at(NOW), last=last) is None
    assert judged(APP.at(NOW - timedelta(seconds=STEP)), last=last) is None


def test_the_current_code_is_good_after_the_one_before_but_not_the_other_way_round() -> None:
    before = NOW - timedelta(seconds=STEP)
    assert judged(APP.at(before), last=STEP_NOW - 2) == STEP_NOW - 1
    assert judged(APP.at(NOW), last=STEP_NOW - 1) == STEP_NOW
    assert judged(APP.at(before), last=STEP_NOW - 1) is None


def test_a_code_ends_with_the_step_after_its_own_to_the_microsecond() -> None:
    begin = datetime.fromtimestamp(STEP_NOW * STEP, UTC)
    shown = APP.at(begin)
    assert judged(shown, now=begin - timedelta(microseconds=1)) is None
    assert judged(shown, now=begin) == STEP_NOW
    assert judged(shown, now=begin + timedelta(seconds=2 * STEP, microseconds=-1)) == STEP_NOW
    assert judged(shown, now=begin + timedelta(seconds=2 * STEP)) is None


@pytest.mark.parametrize("typed", ["123456", "123 456", " 123456\n", "123-456", "1 2 3 4 5 6", "123\u00a0456"])
def test_six_digits_are_read_as_people_type_them(typed: str) -> None:
    assert read_code(typed) == OneTimeCode("123456")


@pytest.mark.parametrize("typed", ["7K4QM-2XTB9", "7k4qm2xtb9", " 7k4qm 2xtb9 ", "7K4QM–2XTB9"])
def test_recovery_codes_are_read_whatever_case_and_dashes(typed: str) -> None:
    assert read_code(typed) == RecoveryCode("7K4QM2XTB9")


def test_look_alikes_mean_what_they_look_like() -> None:
    assert read_code("OIL0o-iIlL1") == RecoveryCode("0110011111")


@pytest.mark.parametrize(
    "typed",
    ["", "12345", "1234567", "١٢٣٤٥٦", "１２３４５６", "abcdef", "7K4QM-2XTB", "7K4QM-2XTBU", "7K4QM-2XTB99", "+12345"],
)
def test_what_cannot_be_a_code_is_none(typed: str) -> None:
    assert read_code(typed) is None


@pytest.mark.parametrize(("typed", "resembles"), [("123456", True), ("7k4qm2xtb9", True), ("thanks a lot", False)])
def test_words_out_of_the_blue_are_not_taken_for_codes(typed: str, resembles: bool) -> None:
    assert resembles_code(typed) is resembles


@given(st.binary(min_size=RECOVERY_BYTES, max_size=RECOVERY_BYTES))
def test_recovery_codes_are_easy_to_type_and_read_back(chance: bytes) -> None:
    shown = recovery_code(chance)
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}", shown)
    assert read_code(shown) == RecoveryCode(shown.replace("-", ""))


@given(st.integers(0, 2**50 - 1), st.integers(0, 2**50 - 1))
def test_fifty_bits_tell_recovery_codes_apart(one: int, other: int) -> None:
    shown = {recovery_code(number.to_bytes(RECOVERY_BYTES)) for number in (one, other)}
    assert len(shown) == len({one, other})


def test_the_hash_of_a_recovery_code_hangs_on_the_factors_secret() -> None:
    code = RecoveryCode("7K4QM2XTB9")
    hashes = {recovery_hash(code, secret=Secret(secret)) for secret in (SECRET, SECRET[::-1])}
    assert len(hashes) == 2 and all(len(each) == 32 for each in hashes)


def test_five_wrong_codes_in_a_row_lock_for_a_day_and_the_next_row_counts_anew() -> None:
    factor = FRESH
    for _ in range(WRONG_IN_A_ROW - 1):
        factor = after_wrong(factor, now=NOW)
        assert factor.locked_at(NOW) is None
    factor = after_wrong(factor, now=NOW)
    assert factor.locked_at(NOW) == NOW + LOCKED_FOR
    assert factor.locked_at(NOW + LOCKED_FOR - timedelta(microseconds=1)) is not None
    assert factor.locked_at(NOW + LOCKED_FOR) is None
    assert after_wrong(factor, now=NOW + LOCKED_FOR).failures == 1


@pytest.mark.parametrize("step", [STEP_NOW, None])
def test_a_right_code_ends_the_row(step: int | None) -> None:
    tired = after_wrong(after_wrong(FRESH, now=NOW), now=NOW)
    rested = after_right(tired, step=step)
    assert rested.failures == 0
    assert rested.last_step == (FRESH.last_step if step is None else step)
    assert rested.recovery_left == (7 if step is None else 8)
