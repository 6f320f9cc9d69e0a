"""Where the coins of a swap go: addresses and memos as people type and paste them, judged before any card."""

from dataclasses import replace
from decimal import Decimal

import pytest

from chatbot.domain.accounts import Account
from chatbot.domain.drafts import SwapQuestion
from chatbot.domain.swaps import Coin, SwapStatus
from chatbot.ports.addresses import Verdict
from tests.fakes.swap_service import DEPOSIT_ADDRESSES, PAYOUT, XRP
from tests.services.asking_swaps import (
    ETH_ADDRESS,
    TRON_ADDRESS,
    XRP_ADDRESS,
    answer,
    asked,
    card,
    choose,
    create,
    follow,
    labels,
    say,
    skip_refund,
    terms,
)
from tests.services.house import ANNA, House
from tests.services.swapping import created, look

WHOLE = f"500 USDC to BTC {PAYOUT}"
NONE_NEEDED = "I was told none is needed"
XLM_ADDRESS = "GAHK7EEG2WWHVKDNT4CEQFZGKF2LGDSW2IVM4S5DP42RBW3K6BTODB4A"
XRP_GROUPS = " ".join(XRP_ADDRESS[at : at + 4] for at in range(0, len(XRP_ADDRESS), 4))


def stellar(house: House) -> None:
    house.swap_service.listed.append(Coin(code="XLM", symbol="XLM", name="Lumen", network="XLM", decimals=7))
    house.swap_service.dollars["XLM"] = house.swap_service.fees["XLM"] = Decimal("0.1")


@pytest.fixture
async def account(house: House) -> Account:
    """A practice key for swaps; nothing else is linked."""
    report = await house.accounts.link_practice_swaps(ANNA)
    assert report.account is not None
    return report.account


@pytest.mark.parametrize(
    ("line", "address", "reason", "networks"),
    [
        ("500 USDC to BTC", PAYOUT[:-1] + "b", "checksum", ()),
        ("500 USDC to usdt on eth", TRON_ADDRESS, "not an address on Ethereum", ("TRON",)),
        ("500 USDC to BTC", f"bitcoin:{PAYOUT}?address=1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2", "", ()),
        ("500 USDC to usdt on eth", ETH_ADDRESS.replace("A", "a", 1), "checksum", ()),
    ],
)
@pytest.mark.usefixtures("account")
async def test_a_wrong_address_is_refused_whichever_way_it_comes(
    house: House, line: str, address: str, reason: str, networks: tuple[str, ...]
) -> None:
    by_line = asked(await say(house, f"{line} {address}"))
    await say(house, line)
    by_answer = asked(await answer(house, address))
    for question in (by_line, by_answer):
        assert question.draft.asking is SwapQuestion.ADDRESS and question.draft.request.address is None
        assert reason in question.problem and question.check is not None
        assert question.check.verdict is Verdict.WRONG
        assert set(networks) <= set(question.check.networks)


@pytest.mark.usefixtures("account")
async def test_an_address_without_a_checksum_goes_on_with_a_warning(house: House) -> None:
    ticket = await card(house, f"500 USDC to usdt on eth {ETH_ADDRESS.lower()}")
    no_checksum, alike = terms(ticket).warnings
    assert no_checksum.startswith("0x5aae…1beaed: ") and "no checksum" in no_checksum
    assert alike.endswith("Be sure that it takes USDT on Ethereum.")
    sure = await card(house, f"500 USDC to usdt on eth {ETH_ADDRESS}")
    assert terms(sure).warnings == (alike.replace("5aae", "5aAe").replace("1beaed", "1BeAed"),)


@pytest.mark.usefixtures("account")
async def test_a_network_nobody_knows_goes_on_with_a_warning(house: House) -> None:
    house.swap_service.listed.append(Coin(code="NEW", symbol="NEW", name="New", network="MOON", decimals=6))
    house.swap_service.dollars["NEW"] = house.swap_service.fees["NEW"] = Decimal(1)
    meant = asked(await say(house, "500 usdt on tron to NEW somewhere some memo"))
    assert "Is “some memo” really its memo?" in meant.problem
    ticket = await skip_refund(house, await choose(house, meant, "Yes"))
    assert "not known here" in terms(ticket).warnings[0]
    assert create(ticket).new.withdraw_extra_id == "some memo"


@pytest.mark.usefixtures("account")
async def test_a_needed_memo_is_asked_for_and_its_absence_warned_of(house: House) -> None:
    question = asked(await say(house, f"500 usdt on tron to XRP {XRP_ADDRESS}"))
    assert question.draft.asking is SwapQuestion.EXTRA_ID and question.problem == ""
    wrong = asked(await answer(house, "memo: abc"))
    assert "destination tag" in wrong.problem and wrong.draft.asking is SwapQuestion.EXTRA_ID
    ticket = await skip_refund(house, await choose(house, wrong, NONE_NEEDED))
    assert create(ticket).new.withdraw_extra_id == ""
    assert "no destination tag" in terms(ticket).warnings[0]
    again = asked(await say(house, f"500 usdt on tron to XRP {XRP_ADDRESS} 7"))
    assert again.draft.asking is SwapQuestion.REFUND
    assert create(await skip_refund(house, again)).new.withdraw_extra_id == "7"


@pytest.mark.usefixtures("account")
async def test_a_memo_where_there_is_none_is_not_sent(house: House) -> None:
    question = asked(await say(house, f"{WHOLE} 12345"))
    assert question.problem.endswith("but not “12345”: addresses on Bitcoin have no memo.")
    assert labels(question) == ["Go on without it"]
    ticket = await skip_refund(house, await choose(house, question, "Go on"))
    assert create(ticket).new.withdraw_extra_id == "" and terms(ticket).warnings == ()


_MEMO_LINES = [
    ("no memo", ""),
    ("none", ""),
    ("I don't need one", ""),
    ("not needed, thanks", ""),
    ("memo:12345", "12345"),
    ("tag=5", "5"),
    ("memo id 12345", "12345"),
    ("with memo 12345", "12345"),
    ("dt 12345", "12345"),
]


@pytest.mark.parametrize(("said", "memo"), _MEMO_LINES)
@pytest.mark.usefixtures("account")
async def test_no_words_are_taken_for_the_memo(house: House, said: str, memo: str) -> None:
    stellar(house)
    by_line = await skip_refund(house, await say(house, f"500 usdt on tron to XLM {XLM_ADDRESS} {said}"))
    await say(house, f"500 usdt on tron to XLM {XLM_ADDRESS}")
    by_answer = await skip_refund(house, await answer(house, said))
    assert create(by_line).new.withdraw_extra_id == create(by_answer).new.withdraw_extra_id == memo


@pytest.mark.parametrize(
    "said", ["12345 thanks", "my 1001", "1001 9xQeWvG816bUx9EPjHmaT23yvVM2ZWbrrpZb9PusVFin", "what?"]
)
@pytest.mark.usefixtures("account")
async def test_what_may_be_no_memo_is_asked_back(house: House, said: str) -> None:
    stellar(house)
    await say(house, f"500 usdt on tron to XLM {XLM_ADDRESS}")
    question = asked(await answer(house, said))
    if len(said) > 28:
        assert "at most 28" in question.problem
        return
    assert f"Is “{said}” really its memo?" in question.problem
    assert labels(question) == [f"Yes: {said}", NONE_NEEDED]
    ticket = await skip_refund(house, await choose(house, question, "Yes"))
    assert create(ticket).new.withdraw_extra_id == said


@pytest.mark.usefixtures("account")
async def test_a_refund_address_may_stand_in_the_line(house: House) -> None:
    line = f"500 usdt on tron to XRP {XRP_ADDRESS} 7 refund {TRON_ADDRESS}"
    new = create(await say(house, line)).new
    assert (new.withdraw_address, new.withdraw_extra_id, new.refund_address) == (XRP_ADDRESS, "7", TRON_ADDRESS)
    assert create(await say(house, f"{WHOLE} refund none")).new.refund_address == ""


@pytest.mark.parametrize(
    ("pasted", "memo"),
    [
        (XRP_GROUPS, None),
        (f"{XRP_GROUPS}\n{XRP_ADDRESS}\n12345", "12345"),
        (f"{XRP_ADDRESS}.", None),
        (f"ripple:{XRP_ADDRESS}?dt=12345&amount=1", "12345"),
        (f"{XRP_ADDRESS}?dt=12345", "12345"),
        (f"my address is {XRP_ADDRESS}", None),
        (f"address: <{XRP_ADDRESS}> tag 12345", "12345"),
    ],
)
@pytest.mark.usefixtures("account")
async def test_addresses_are_read_as_people_paste_them(house: House, pasted: str, memo: str | None) -> None:
    question = await say(house, f"500 usdt on tron to XRP {pasted}")
    if memo is None:
        assert asked(question).draft.request.address == XRP_ADDRESS
        question = await choose(house, asked(question), NONE_NEEDED)
    new = create(await skip_refund(house, question)).new
    assert (new.withdraw_address, new.withdraw_extra_id) == (XRP_ADDRESS, memo or "")


@pytest.mark.usefixtures("account")
async def test_nothing_that_was_changed_passes_without_its_checksum(house: House) -> None:
    for pasted in (f"{XRP_GROUPS[:-1]}C", f"ripple:{XRP_ADDRESS[:-1]}C", f"ripple:{XRP_ADDRESS}?to={PAYOUT}"):
        question = asked(await say(house, f"500 usdt on tron to XRP {pasted}"))
        assert question.draft.asking is SwapQuestion.ADDRESS and question.check is not None


@pytest.mark.usefixtures("account")
async def test_the_refund_address_is_checked_like_the_other(house: House) -> None:
    coin = replace(XRP, code="USDTXRP", symbol="USDT", contract="rsoLo2S1kiGeCcn6hCUXVrCpGMWLrRrLZz")
    house.swap_service.listed.append(coin)
    house.swap_service.dollars["USDTXRP"] = house.swap_service.fees["USDTXRP"] = Decimal(1)
    await say(house, f"500 USDT on XRP to BTC {PAYOUT}")
    wrong = asked(await answer(house, PAYOUT))
    assert wrong.draft.asking is SwapQuestion.REFUND and "not an address on XRP Ledger" in wrong.problem
    memo = asked(await answer(house, XRP_ADDRESS))
    assert memo.draft.asking is SwapQuestion.REFUND_EXTRA_ID
    new = create(await answer(house, "42")).new
    assert (new.refund_address, new.refund_extra_id) == (XRP_ADDRESS, "42")


async def test_addresses_used_before_are_offered_shortened_and_checked_again(house: House, account: Account) -> None:
    made = await created(house, account)
    house.swap_service.advance(made.swap.reference, SwapStatus.COMPLETED)
    await look(house, made)
    question = asked(await say(house, "500 USDC to BTC"))
    assert labels(question) == ["1A1zP1…DivfNa"]
    refund = await choose(house, question, "1A1zP1…DivfNa")
    assert create(await skip_refund(house, refund)).new.withdraw_address == PAYOUT


@pytest.mark.parametrize("status", [SwapStatus.INITIAL, SwapStatus.COMPLETED])
async def test_the_address_a_swap_is_paid_at_is_nobodys_own(house: House, account: Account, status: SwapStatus) -> None:
    await follow(house, account, status=status, status_name=status.value)
    paid_at = DEPOSIT_ADDRESSES["ETH"]
    question = asked(await say(house, f"500 USDC to usdt on eth {paid_at.lower()}"))
    assert "belongs to n.exchange" in question.problem
    await say(house, f"500 USDC to BTC {PAYOUT}")
    assert "belongs to n.exchange" in asked(await answer(house, paid_at)).problem
