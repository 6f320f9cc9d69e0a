"""From what was said to a swap's card: every question, every refusal, and what the card promises."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from chatbot.domain.accounts import Account, Venue
from chatbot.domain.drafts import SwapQuestion
from chatbot.domain.errors import (
    Cause,
    InputError,
    KeyRejected,
    NoSwapKey,
    NotPermitted,
    Obstacle,
    Stopped,
    Unavailable,
)
from chatbot.domain.intents import SwapTerms
from chatbot.domain.limits import LimitKind
from chatbot.domain.money import Amount
from chatbot.domain.swaps import Coin, Currency, NewSwap, SwapStatus
from chatbot.domain.tickets import Ticket, TicketState
from chatbot.ports.addresses import Verdict
from chatbot.ports.limits import NewLimit
from tests.fakes.swap_service import BTC, DEPOSIT_ADDRESSES, PAYOUT, USDC, USDT_ETH, USDT_TRON, XRP
from tests.services.asking_swaps import (
    ETH_ADDRESS,
    TRON_ADDRESS,
    XRP_ADDRESS,
    answer,
    asked,
    choose,
    create,
    follow,
    labels,
    say,
    skip_refund,
    terms,
)
from tests.services.house import ANNA, BORIS, CARD, CHAT, House

WHOLE = f"500 USDC to BTC {PAYOUT}"
NONE_NEEDED = "I was told none is needed"


@pytest.fixture
async def account(house: House) -> Account:
    """A practice key for swaps; nothing else is linked."""
    report = await house.accounts.link_practice_swaps(ANNA)
    assert report.account is not None
    return report.account


async def card(house: House, words: str = WHOLE) -> Ticket:
    ticket = await skip_refund(house, await say(house, words))
    assert isinstance(ticket, Ticket)
    return ticket


# Saying it


async def test_one_line_makes_a_card_with_everything_on_it(house: House, account: Account) -> None:
    ticket = await card(house)
    assert create(ticket).new == NewSwap(
        deposit=Currency(code="USDC"),
        withdraw=Currency(code="BTC"),
        deposit_amount=Decimal(500),
        withdraw_amount=None,
        withdraw_address=PAYOUT,
        rate_id=create(ticket).new.rate_id,
    )
    assert (create(ticket).account, create(ticket).deposit, create(ticket).withdraw) == (account.id, USDC, BTC)
    assert terms(ticket) == SwapTerms(
        deposit=Amount(Decimal(500), "USDC"),
        withdraw=Amount(Decimal("0.00950000"), "BTC"),
        price=Decimal(50_000),
        fee=Amount(Decimal("0.0005"), "BTC"),
        rate_until=house.clock.now() + house.swap_service.rate_life,
        least=Amount(Decimal(1), "USDC"),
        most=Amount(Decimal(1_000_000_000), "USDC"),
        warnings=(),
        value=terms(ticket).value,
        left=Amount(Decimal(10_000), "USDT"),
    )
    assert ticket.venue is Venue.PAPER_SWAPS and ticket.state is TicketState.PENDING
    assert ticket.expires_at - ticket.created_at == timedelta(seconds=90)
    assert not house.swap_service.changes


@pytest.mark.usefixtures("account")
async def test_the_amount_to_receive_can_be_named_instead(house: House) -> None:
    ticket = await card(house, f"0.01 BTC from USDC {PAYOUT}")
    new = create(ticket).new
    assert (new.deposit_amount, new.withdraw_amount) == (None, Decimal("0.01"))
    assert terms(ticket).deposit == Amount(Decimal("525.000000"), "USDC")
    assert terms(ticket).withdraw == Amount(Decimal("0.01"), "BTC")


@pytest.mark.usefixtures("account")
async def test_every_question_in_turn_by_typing(house: House) -> None:
    deposit = asked(await say(house, ""))
    assert deposit.draft.asking is SwapQuestion.DEPOSIT
    assert labels(deposit)[:3] == ["BTC", "USDT on Tron", "ETH"]
    network = asked(await answer(house, "usdt"))
    assert network.draft.asking is SwapQuestion.DEPOSIT and labels(network) == ["USDT on Ethereum", "USDT on Tron"]
    withdraw = asked(await answer(house, "tron"))
    assert withdraw.draft.asking is SwapQuestion.WITHDRAW and withdraw.draft.request.deposit == USDT_TRON
    assert labels(withdraw)[:3] == ["BTC", "ETH", "USDT on Ethereum"]
    amount = asked(await answer(house, "xrp"))
    assert amount.draft.asking is SwapQuestion.AMOUNT and labels(amount) == ["1 USDT", "2 USDT", "5 USDT", "10 USDT"]
    assert amount.rate is not None and amount.rate.pair == "XRPUSDTTRC"
    address = asked(await answer(house, "1,000.50"))
    assert address.draft.asking is SwapQuestion.ADDRESS
    memo = asked(await answer(house, XRP_ADDRESS))
    assert memo.draft.asking is SwapQuestion.EXTRA_ID and labels(memo) == [NONE_NEEDED]
    refund = asked(await answer(house, "104729"))
    assert refund.draft.asking is SwapQuestion.REFUND and labels(refund) == ["Skip"]
    new = create(await answer(house, TRON_ADDRESS)).new
    assert new == NewSwap(
        deposit=Currency(code="USDT", network="TRON"),
        withdraw=Currency(code="XRP"),
        deposit_amount=Decimal("1000.50"),
        withdraw_amount=None,
        withdraw_address=XRP_ADDRESS,
        withdraw_extra_id="104729",
        refund_address=TRON_ADDRESS,
        rate_id=new.rate_id,
    )
    assert await house.questions.open_in(CHAT, person=ANNA) is None


@pytest.mark.usefixtures("account")
async def test_every_question_in_turn_by_tapping(house: House) -> None:
    house.swap_service.limits = (Decimal(50), Decimal(1000))
    question = await choose(house, asked(await say(house, "")), "USDT on Tron")
    question = await choose(house, asked(question), "BTC")
    question = await choose(house, asked(question), "100 USDT")
    assert asked(question).draft.asking is SwapQuestion.ADDRESS
    assert asked(question).problem == ""
    ticket = await skip_refund(house, await answer(house, PAYOUT))
    new = create(ticket).new
    assert new.deposit == Currency(code="USDT", network="TRON") and new.withdraw == Currency(code="BTC")


@pytest.mark.usefixtures("account")
async def test_an_amount_that_can_mean_two_numbers_is_asked_back_with_both(house: House) -> None:
    by_line = asked(await say(house, f"1,500 USDC to BTC {PAYOUT}"))
    assert "can mean 1500 or 1.500" in by_line.problem and labels(by_line) == ["Use 1500", "Use 1.500"]
    refund = await choose(house, by_line, "Use 1500")
    assert create(await skip_refund(house, refund)).new.deposit_amount == Decimal(1500)
    await say(house, "USDC to BTC")
    by_answer = asked(await answer(house, "1,500"))
    address = asked(await choose(house, by_answer, "Use 1500"))
    assert address.draft.asking is SwapQuestion.ADDRESS and address.draft.request.amount == Decimal(1500)


@pytest.mark.usefixtures("account")
async def test_a_choice_is_taken_once_by_its_person_in_its_chat(house: House) -> None:
    question = asked(await say(house, ""))
    choose_any, turn = house.swaps.choose, house.swaps.turn
    assert await choose_any(question.dialogue.id, 0, person=BORIS, chat=CHAT) is None
    assert await turn(question.dialogue.id, person=BORIS, chat=CHAT) is None
    for no_such in (-1, 99):
        assert await choose_any(question.dialogue.id, no_such, person=ANNA, chat=CHAT) is None
    assert await choose_any(question.dialogue.id, 0, person=ANNA, chat=CHAT) is not None
    assert await choose_any(question.dialogue.id, 0, person=ANNA, chat=CHAT) is None
    assert await turn(question.dialogue.id, person=ANNA, chat=CHAT) is None


async def test_without_a_key_nothing_is_asked(house: House) -> None:
    for words in ("", WHOLE, "1,500 USDC to BTC"):
        with pytest.raises(NoSwapKey) as caught:
            await say(house, words)
        assert caught.value.practice
    assert await house.questions.open_in(CHAT, person=ANNA) is None


@pytest.mark.usefixtures("account")
async def test_the_other_way_round_drops_amount_and_addresses(house: House) -> None:
    refund = asked(await say(house, f"500 usdt on tron to BTC {PAYOUT}"))
    turned = await house.swaps.turn(refund.dialogue.id, person=ANNA, chat=CHAT)
    request = asked(turned).draft.request
    assert (request.deposit, request.withdraw, request.withdraw_network_named) == (BTC, USDT_TRON, True)
    assert (request.amount, request.address, request.extra_id) == (None, None, None)


# Coins and offers


@pytest.mark.usefixtures("account")
async def test_an_unknown_coin_is_asked_again_with_the_nearest(house: House) -> None:
    question = asked(await say(house, f"500 USDCC to BTC {PAYOUT}"))
    assert "no coin USDCC" in question.problem and "USDC on Ethereum" in labels(question)
    ticket = await skip_refund(house, await choose(house, question, "USDC on Ethereum"))
    assert create(ticket).new.deposit_amount == Decimal(500)


@pytest.mark.usefixtures("account")
async def test_a_network_of_the_coin_that_is_not_swapped_is_said_so(house: House) -> None:
    question = asked(await say(house, "500 usdt on solana to btc"))
    assert "no coin USDT on Solana" in question.problem
    assert labels(question)[:2] == ["USDT on Ethereum", "USDT on Tron"]
    with pytest.raises(InputError, match="no network called “foonet”"):
        await answer(house, "usdt on foonet")


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("unswapped", "n.exchange does not swap USDC on Ethereum to BTC."),
        ("disabled", "n.exchange does not swap USDC on Ethereum to BTC right now."),
    ],
)
@pytest.mark.usefixtures("account")
async def test_a_pair_that_is_not_swapped_asks_for_another_coin(house: House, kind: str, sentence: str) -> None:
    getattr(house.swap_service, kind).add("BTCUSDC")
    question = asked(await say(house, WHOLE))
    assert question.problem == sentence and question.draft.asking is SwapQuestion.WITHDRAW
    other = asked(await choose(house, question, "USDT on Tron"))
    assert other.draft.asking is SwapQuestion.ADDRESS and other.draft.request.address is None


@pytest.mark.usefixtures("account")
async def test_a_coin_is_not_swapped_for_itself(house: House) -> None:
    question = asked(await say(house, "500 USDC to USDC"))
    assert "you send already" in question.problem and question.draft.asking is SwapQuestion.WITHDRAW
    assert "USDC on Ethereum" not in labels(question)


@pytest.mark.usefixtures("account")
async def test_an_offer_that_is_over_makes_no_card(house: House) -> None:
    house.swap_service.rate_life = timedelta(0)
    question = asked(await say(house, WHOLE))
    assert "has no rate for USDC on Ethereum to BTC now" in question.problem
    house.swap_service.rate_life = timedelta(minutes=1)
    assert asked(await choose(house, question, "USDT on Tron")).problem == ""


async def test_a_coin_that_is_listed_otherwise_now_is_found_again(house: House, account: Account) -> None:
    question = asked(await say(house, "500 USDC to BTC"))
    finer = replace(USDC, decimals=2)
    house.swap_service.listed[house.swap_service.listed.index(USDC)] = finer
    first = await skip_refund(house, await answer(house, PAYOUT))
    assert create(first).deposit == finer
    house.swap_service.listed.remove(finer)
    assert isinstance(first, Ticket)
    gone = asked(await house.swaps.again(first))
    assert "no coin USDC" in gone.problem and gone.draft.request.deposit is None
    assert gone.account == account and question.account == account


@pytest.mark.usefixtures("account")
async def test_a_card_ends_with_its_rate(house: House) -> None:
    house.swap_service.rate_life = timedelta(seconds=40)
    ticket = await card(house)
    assert ticket.expires_at == terms(ticket).rate_until == house.clock.now() + timedelta(seconds=40)


# Amounts


@pytest.mark.usefixtures("account")
async def test_an_amount_outside_of_the_offer_is_asked_again_with_the_one_that_fits(house: House) -> None:
    house.swap_service.limits = (Decimal(50), Decimal(800))
    low = asked(await say(house, f"49 USDC to BTC {PAYOUT}"))
    assert low.problem == "The least here is 50 USDC, not 49 USDC." and labels(low) == ["Use 50 USDC"]
    high = asked(await answer(house, "801"))
    assert high.problem == "The most here is 800 USDC, not 801 USDC."
    ticket = await skip_refund(house, await choose(house, high, "Use 800 USDC"))
    assert create(ticket).new.deposit_amount == Decimal(800)


@pytest.mark.usefixtures("account")
async def test_an_amount_finer_than_the_coin_is_asked_again(house: House) -> None:
    question = asked(await say(house, f"500.1234567 USDC to BTC {PAYOUT}"))
    assert labels(question) == ["Use 500.123456 USDC"]


@pytest.mark.usefixtures("account")
async def test_an_amount_may_be_said_in_either_coin_and_in_no_other(house: House) -> None:
    question = asked(await say(house, "USDC to BTC"))
    with pytest.raises(InputError, match="in USDC or in BTC, not in ETH"):
        await answer(house, "1 ETH")
    by_name = asked(await answer(house, "0.01 btc"))
    assert (by_name.draft.request.amount, by_name.draft.request.gets) == (Decimal("0.01"), True)
    assert await house.questions.find(question.dialogue.id, person=ANNA, chat=CHAT) is None


async def test_a_limit_is_told_with_the_most_that_it_leaves(house: House, account: Account) -> None:
    new = NewLimit(account=account, kind=LimitKind.SWAP, value=Decimal(300))
    assert await house.storage.limits.lower(new, person=ANNA, chat=CHAT, now=house.clock.at) is not None
    question = asked(await say(house, f"0.01 BTC from USDT on tron {PAYOUT}"))
    assert question.stopped is not None and question.stopped.obstacle is Obstacle.SWAP_TOO_LARGE
    most = labels(question)[0]
    assert most.endswith(" USDT")
    ticket = await skip_refund(house, await choose(house, question, most))
    value = terms(ticket).value
    assert value is not None and Decimal(280) < value <= 300
    assert create(ticket).new.withdraw_amount is None


@pytest.mark.usefixtures("account")
async def test_who_locked_everything_is_told_before_an_address_is_asked(house: House) -> None:
    question = asked(await say(house, "USDC to BTC"))
    await house.locks.lock(ANNA, chat=CHAT, message=CARD)
    with pytest.raises(Stopped) as caught:
        await answer(house, "500")
    assert caught.value.obstacle is Obstacle.LOCKED
    assert await house.questions.find(question.dialogue.id, person=ANNA, chat=CHAT) is not None


# Addresses and memos


@pytest.mark.parametrize(
    ("line", "address", "reason", "networks"),
    [
        ("500 USDC to BTC", PAYOUT[:-1] + "b", "checksum", ()),
        ("500 USDC to usdt on eth", TRON_ADDRESS, "not an address on Ethereum", ("TRON",)),
        ("500 USDC to BTC", "bitcoin:" + PAYOUT, "", ()),
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
    ticket = await card(house, "500 usdt on tron to NEW somewhere some memo")
    assert "not known here" in terms(ticket).warnings[0]
    assert create(ticket).new.withdraw_extra_id == "some memo"


@pytest.mark.usefixtures("account")
async def test_a_needed_memo_is_asked_for_and_its_absence_warned_of(house: House) -> None:
    question = asked(await say(house, f"500 usdt on tron to XRP {XRP_ADDRESS}"))
    assert question.draft.asking is SwapQuestion.EXTRA_ID and question.problem == ""
    wrong = asked(await answer(house, "my memo"))
    assert "destination tag" in wrong.problem and wrong.draft.asking is SwapQuestion.EXTRA_ID
    ticket = await skip_refund(house, await choose(house, wrong, NONE_NEEDED))
    assert create(ticket).new.withdraw_extra_id == ""
    assert "no destination tag" in terms(ticket).warnings[0]
    again = asked(await say(house, f"500 usdt on tron to XRP {XRP_ADDRESS} 7"))
    assert again.draft.asking is SwapQuestion.REFUND and again.draft.request.extra_id == "7"


@pytest.mark.usefixtures("account")
async def test_a_memo_where_there_is_none_is_not_sent(house: House) -> None:
    question = asked(await say(house, f"{WHOLE} 12345"))
    assert "Addresses on Bitcoin have no memo" in question.problem
    ticket = await skip_refund(house, await answer(house, "none"))
    assert create(ticket).new.withdraw_extra_id == "" and terms(ticket).warnings == ()


@pytest.mark.usefixtures("account")
async def test_the_refund_address_is_checked_like_the_other(house: House) -> None:
    await say(house, f"500 XRP to BTC {PAYOUT}")
    wrong = asked(await answer(house, PAYOUT))
    assert wrong.draft.asking is SwapQuestion.REFUND and "not an address on XRP Ledger" in wrong.problem
    memo = asked(await answer(house, XRP_ADDRESS))
    assert memo.draft.asking is SwapQuestion.REFUND_EXTRA_ID
    new = create(await answer(house, "42")).new
    assert (new.refund_address, new.refund_extra_id) == (XRP_ADDRESS, "42")


async def test_addresses_used_before_are_offered_shortened_and_checked_again(house: House, account: Account) -> None:
    await follow(house, account, reference="OLD1", status=SwapStatus.COMPLETED)
    await follow(house, account, reference="OLD2", status=SwapStatus.COMPLETED, withdraw_address="1notgood")
    question = asked(await say(house, "500 USDC to BTC"))
    assert labels(question) == ["1notgood", "1A1zP1…DivfNa"]
    assert asked(await choose(house, question, "1notgood")).draft.asking is SwapQuestion.ADDRESS
    question = asked(await say(house, "500 USDC to BTC"))
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


# Again, and what fails on the way


async def test_again_is_the_same_swap_at_todays_rate(house: House, account: Account) -> None:
    first = await skip_refund(house, await say(house, f"500 usdt on tron to XRP {XRP_ADDRESS} 7"))
    assert isinstance(first, Ticket)
    house.swap_service.dollars["XRP"] = Decimal("0.25")
    house.clock.pass_(3600)
    second = await house.swaps.again(first)
    old, new = create(first).new, create(second).new
    assert replace(new, rate_id=old.rate_id) == old and new.rate_id != old.rate_id
    assert terms(second).withdraw > terms(first).withdraw
    await house.storage.accounts.remove(ANNA, account.id, now=house.clock.at)
    with pytest.raises(NoSwapKey):
        await house.swaps.again(first)


async def test_again_checks_the_address_anew(house: House, account: Account) -> None:
    first = await card(house, f"500 USDC to usdt on eth {ETH_ADDRESS}")
    await follow(house, account, deposit_address=ETH_ADDRESS)
    assert "belongs to n.exchange" in asked(await house.swaps.again(first)).problem


@pytest.mark.parametrize(
    ("call", "error"),
    [
        ("coins", Unavailable(Cause.TIMEOUT)),
        ("pairs", KeyRejected(status=401)),
        ("rate", NotPermitted(code=403, reason="no")),
        ("rate", Unavailable(Cause.BUDGET)),
    ],
)
@pytest.mark.usefixtures("account")
async def test_what_fails_on_the_way_leaves_the_question_open(house: House, call: str, error: Exception) -> None:
    question = asked(await say(house, "USDC to BTC"))
    house.swap_service.fail(call, error)
    with pytest.raises(type(error)):
        await say(house, "500 USDC to BTC")
    found = await house.questions.open_in(CHAT, person=ANNA)
    assert found is not None and found.id == question.dialogue.id
    assert asked(await answer(house, "500")).draft.asking is SwapQuestion.ADDRESS


def test_the_examples_are_of_different_networks() -> None:
    assert len({USDT_ETH.network, USDT_TRON.network, BTC.network, XRP.network}) == 4
