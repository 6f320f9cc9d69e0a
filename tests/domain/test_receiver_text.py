"""What is read in addresses, memos and transaction ids as people paste them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.domain.errors import InputError
from chatbot.domain.receiver_text import is_doubtful, read_memo, read_transaction, readings, says_none, split_refund

TRANSACTION = "4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("bc1qar 12345", ["bc1qar"]),
        ("my address is: bc1qar", ["bc1qar"]),
        ("address:bc1qar", ["bc1qar"]),
        ("<bc1qar>.", ["<bc1qar>.", "bc1qar"]),
        ("bitcoin:bc1qar?amount=1&label=me", ["bitcoin:bc1qar?amount=1&label=me", "bc1qar"]),
        ("ton://transfer/UQb1?text=7", ["ton://transfer/UQb1?text=7", "UQb1"]),
        ("ethereum:0xab?address=0xcd", ["ethereum:0xab?address=0xcd"]),
    ],
)
def test_an_address_is_read_literally_then_without_what_is_around_it(text: str, found: list[str]) -> None:
    assert [reading.address for reading in readings(text) if not reading.is_joined] == found


def test_groups_are_put_together_and_the_address_below_them_is_no_memo() -> None:
    whole = [reading for reading in readings("rN7n 7otQ RH\nrN7n7otQRH 7") if reading.address == "rN7n7otQRH"]
    assert [(reading.behind, reading.is_joined) for reading in whole] == [("7", True)]


def test_a_links_tag_stands_behind_its_address() -> None:
    assert readings("rN7n?dt=12345")[1].behind == "12345"
    assert readings("rN7n?dt=12345 7")[1].behind == "12345 7"


def test_where_nothing_is_said_there_is_no_address() -> None:
    with pytest.raises(InputError):
        readings("  ")


@given(st.text(max_size=60))
def test_the_first_reading_is_what_was_typed(text: str) -> None:
    try:
        first = readings(text)[0]
    except InputError:
        assert not text.strip()
    else:
        assert first.address in text and first.behind in text


@pytest.mark.parametrize(
    "text",
    ["none", " None. ", "-", "no memo", "no tag needed", "not needed", "I don’t need one", "I was told none", "n/a"],
)
def test_there_are_many_words_for_nothing(text: str) -> None:
    assert says_none(text) and read_memo(text) == ""


@pytest.mark.parametrize("text", ["0", "nonesuch", "12345", "note", "skipper"])
def test_what_only_begins_like_nothing_is_something(text: str) -> None:
    assert not says_none(text) and read_memo(text) == text


@pytest.mark.parametrize("memo", ["no clue", "1001 refund T9yD", "thanks", "yes", "T9yD14Nj9j7xAB4dbGeiX9h8unkKHxuWwb"])
def test_words_and_addresses_are_doubtful_memos(memo: str) -> None:
    assert is_doubtful(memo)


@pytest.mark.parametrize("memo", ["12345", "deposit-77", "a" * 64])
def test_plain_memos_are_not(memo: str) -> None:
    assert not is_doubtful(memo)


def test_a_refund_address_is_set_apart() -> None:
    assert split_refund("rN7n 7 with refund address: T9yD") == ("rN7n 7", "T9yD")
    assert split_refund("rN7n refundable") == ("rN7n refundable", None)


@pytest.mark.parametrize(
    "typed",
    [
        TRANSACTION,
        f" {TRANSACTION}\n",
        f"https://mempool.space/tx/{TRANSACTION}",
        f"https://x.io/#/tx/{TRANSACTION}?a=1",
    ],
)
def test_a_transaction_id_is_cut_out_of_what_was_pasted(typed: str) -> None:
    assert read_transaction(typed) == TRANSACTION


def test_nothing_is_no_transaction() -> None:
    assert read_transaction("none") == read_transaction("skip") == ""


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "abc",
        "sent it just now",
        "a" * 129,
        "приве́т" * 8,
        "https://x.io/tx/abc",
        f"https://x.io/{TRANSACTION}/{'b' * 40}",
    ],
)
def test_what_is_no_whole_id_is_asked_for_again(typed: str) -> None:
    with pytest.raises(InputError):
        read_transaction(typed)
