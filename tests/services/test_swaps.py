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
from chatbot.domain.secrets import Secret, SwapKey
from chatbot.domain.swaps import Currency, NewSwap
from chatbot.domain.tickets import Ticket, TicketState
from chatbot.ports.limits import NewLimit
from tests.fakes.swap_service import BTC, DEPOSIT_ADDRESSES, PAYOUT, USDC, USDT_ETH, USDT_TRON, XRP
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
from tests.services.house import ANNA, BORIS, CARD, CHAT, House

WHOLE = f"500 USDC to BTC {PAYOUT}"
NONE_NEEDED = "I was told none is needed"


@pytest.fixture
async def account(house: House) -> Account:
    """A practice key for swaps; nothing else is linked."""
    report = await house.accounts.link_practice_swaps(ANNA)
    assert report.account is not None
    return report.account


# Saying it


async def test_one_line_makes_a_card_with_everything_on_it(house: House, account: Account) -> None:
    ticket = await card(house, WHOLE)
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
    assert labels(deposit)[:3] == ["BTC", "USDT on Tron", "ETH on Ethereum"]
    network = asked(await answer(house, "usdt"))
    assert network.draft.asking is SwapQuestion.DEPOSIT and labels(network) == ["USDT on Ethereum", "USDT on Tron"]
    withdraw = asked(await answer(house, "tron"))
    assert withdraw.draft.asking is SwapQuestion.WITHDRAW and withdraw.draft.request.deposit == USDT_TRON
    assert labels(withdraw)[:3] == ["BTC", "ETH on Ethereum", "USDT on Ethereum"]
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
    assert "“1,500” can mean two" in by_line.problem and labels(by_line) == ["Send 1,500 USDC", "Send 1.5 USDC"]
    refund = await choose(house, by_line, "1,500 USDC")
    assert create(await skip_refund(house, refund)).new.deposit_amount == Decimal(1500)
    await say(house, "USDC to BTC")
    by_answer = asked(await answer(house, "1,500"))
    address = asked(await choose(house, by_answer, "1,500 USDC"))
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


async def test_without_a_key_what_was_said_waits_for_one(house: House) -> None:
    for words in ("", WHOLE, "1,500 USDC to BTC"):
        with pytest.raises(NoSwapKey) as caught:
            await say(house, words)
        assert caught.value.practice
        waiting = await house.linking.waiting(person=ANNA, chat=CHAT)
        assert waiting is not None and (waiting.withdraw_text == "BTC") == bool(words)


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
    again = asked(await answer(house, "usdt on foonet"))
    assert again.problem == "I know no network called “foonet”. USDT is swapped on Ethereum, Tron."
    assert labels(again) == ["USDT on Ethereum", "USDT on Tron"]
    assert asked(await answer(house, "tron")).draft.request.deposit == USDT_TRON


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
    ticket = await card(house, WHOLE)
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
async def test_offers_stay_below_ones_own_limit_too(house: House, account: Account) -> None:
    new = NewLimit(account=account, kind=LimitKind.SWAP, value=Decimal(300))
    assert await house.storage.limits.lower(new, person=ANNA, chat=CHAT, now=house.clock.at) is not None
    house.swap_service.limits = (Decimal(100), Decimal(100_000))
    assert labels(asked(await say(house, "usdc to usdt on tron"))) == ["100 USDC", "200 USDC"]
    over = asked(await say(house, "1000000 usdc to usdt on tron"))
    assert over.problem.startswith("The most here is 100,000 USDC") and labels(over) == ["Use 300 USDC"]


@pytest.mark.usefixtures("account")
async def test_a_coin_without_a_market_is_worth_what_the_service_gives_or_asks_for_it_whichever_is_more(
    house: House,
) -> None:
    line = f"500 XRP to LTC {DEPOSIT_ADDRESSES['LTC']}"
    assert terms(await card(house, line)).value == 250
    house.swap_service.dollars["XRP"] = Decimal("0.05")  # it gives a tenth
    house.clock.pass_(10)
    assert terms(await card(house, line)).value == 25
    house.swap_service.asked["XRP"] = Decimal("0.5")  # and asks for the whole
    house.clock.pass_(10)
    assert terms(await card(house, line)).value == 250


@pytest.mark.usefixtures("account")
async def test_a_coin_without_a_price_is_not_sent_and_what_loses_much_is_warned_of(house: House) -> None:
    dollars = ("USDTERC", "USDTTRC")
    house.swap_service.unswapped = {name for usdt in dollars for name in (f"XRP{usdt}", f"{usdt}XRP")}
    question = asked(await say(house, f"500 XRP to BTC {PAYOUT}"))
    assert "says what XRP is worth" in question.problem
    assert question.draft.asking is SwapQuestion.DEPOSIT and "XRP" not in labels(question)
    house.swap_service.fees["USDTTRC"] = Decimal(60)
    dear = await card(house, f"500 usdc to usdt on tron {TRON_ADDRESS}")
    assert terms(dear).warnings[0].startswith("What comes back is worth about 12% less")
    house.swap_service.fees["USDTTRC"] = Decimal(25)
    assert terms(await card(house, f"500 usdc to usdt on tron {TRON_ADDRESS}")).warnings == ()


@pytest.mark.parametrize(
    ("said", "problem", "offered"),
    [
        ("500 eur to btc", "not money of states", "USDT on Tron"),
        ("to get 0.01 BTC", "", "USDT on Tron"),
        ("500 nosuchcoin to btc", "no coin NOSUCHCOIN", "USDT on Tron"),
    ],
)
@pytest.mark.usefixtures("account")
async def test_what_can_be_sent_is_offered_and_never_what_is_to_come(
    house: House, said: str, problem: str, offered: str
) -> None:
    question = asked(await say(house, said))
    assert problem in question.problem and offered in labels(question) and "BTC" not in labels(question)


@pytest.mark.usefixtures("account")
async def test_who_locked_everything_is_told_before_an_address_is_asked(house: House) -> None:
    question = asked(await say(house, "USDC to BTC"))
    await house.locks.lock(ANNA, chat=CHAT, message=CARD)
    with pytest.raises(Stopped) as caught:
        await answer(house, "500")
    assert caught.value.obstacle is Obstacle.LOCKED
    assert await house.questions.find(question.dialogue.id, person=ANNA, chat=CHAT) is not None


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


async def test_again_is_with_the_key_it_was_made_with(house: House, account: Account) -> None:
    """A newer key would be the one to swap with otherwise."""
    first = await card(house, WHOLE)
    house.swap_service.open("a-newer-key")
    report = await house.accounts.link_swap_key(
        ANNA, venue=Venue.PAPER_SWAPS, key=SwapKey(api_key=Secret("a-newer-key"))
    )
    assert report.account is not None and await house.accounts.swap_account(ANNA) == report.account
    asked_again = asked(
        await house.swaps.again(
            replace(first, intent=replace(create(first), new=replace(create(first).new, withdraw_address="")))
        )
    )
    assert asked_again.account == account


def test_the_examples_are_of_different_networks() -> None:
    assert len({USDT_ETH.network, USDT_TRON.network, BTC.network, XRP.network}) == 4
