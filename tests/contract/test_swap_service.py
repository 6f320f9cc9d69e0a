"""Laws of `ports.swaps.SwapService`: what the services rely on, whoever stands behind the port."""

from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal

import pytest
import pytest_asyncio

from chatbot.domain.errors import Cause, KeyRejected, NotSent, OutcomeUnknown, Refused, SwapNotFound
from chatbot.domain.money import EXACT, divide, multiply, round_down, round_up
from chatbot.domain.secrets import Secret, SwapKey
from chatbot.domain.swaps import Currency, Rate, Swap, SwapPage, SwapStatus
from chatbot.ports.exchange import Priority
from tests.contract.swapping import SwapVenue, fake_swaps, practice_swaps
from tests.fakes.exchange import permitted
from tests.fakes.swap_service import PAYOUT, new_swap

PERSON = Priority.PERSON
NEW = new_swap(refund_address="0x52908400098527886E0F7030069857D2E4169EE7")
OPEN = new_swap(withdraw_address="")
OTHER = "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2"


pytestmark = pytest.mark.asyncio(loop_scope="module")
"""One venue serves all laws: each has keys of its own."""


@pytest_asyncio.fixture(params=["fake", "nexchange"], scope="module", loop_scope="module")
async def venue(request: pytest.FixtureRequest) -> AsyncIterator[SwapVenue]:
    async with fake_swaps() if request.param == "fake" else practice_swaps() as venue:
        yield venue


@pytest_asyncio.fixture(loop_scope="module")
async def anna(venue: SwapVenue) -> SwapKey:
    return await venue.open_key()


async def offered(venue: SwapVenue, key: SwapKey, pair: str = "BTCUSDC") -> Rate:
    rate = await venue.service.rate(key, pair=pair, priority=PERSON)
    assert rate is not None
    return rate


async def read(venue: SwapVenue, key: SwapKey, reference: str) -> Swap:
    return await venue.service.swap(key, reference=reference, priority=PERSON)


async def listed(venue: SwapVenue, key: SwapKey, *, page: int = 1, size: int = 20) -> SwapPage:
    return await venue.service.swaps(key, page=page, size=size, priority=PERSON)


async def test_every_pair_is_of_two_coins_and_some_can_be_swapped(venue: SwapVenue, anna: SwapKey) -> None:
    coins = await venue.service.coins(priority=PERSON)
    pairs = {pair.name: pair for pair in await venue.service.pairs(anna, priority=PERSON)}
    codes = {coin.code for coin in coins}
    assert len(codes) == len(coins) and {"BTC", "USDC", "XRP"} <= codes and "EUR" not in codes
    assert all(pair.name == pair.withdraw + pair.deposit and pair.deposit in codes for pair in pairs.values())
    assert pairs[venue.disabled].is_disabled and not pairs["BTCUSDC"].is_disabled


async def test_an_offer_is_of_its_pair_and_holds_for_a_while(venue: SwapVenue, anna: SwapKey) -> None:
    rate = await offered(venue, anna)
    assert (rate.pair, rate.deposit, rate.withdraw) == ("BTCUSDC", "USDC", "BTC")
    assert rate.price > 1 and rate.withdrawal_fee >= 0 and rate.rate_id
    assert rate.expires_at > venue.clock.now()
    for unknown in ("BTCNOTHING", venue.disabled):
        assert await venue.service.rate(anna, pair=unknown, priority=PERSON) is None


async def test_a_created_swap_is_the_one_that_was_asked_for(venue: SwapVenue, anna: SwapKey) -> None:
    rate = await offered(venue, anna)
    made = await venue.service.create(anna, new=replace(NEW, rate_id=rate.rate_id), permit=permitted)
    asked = (NEW.deposit, NEW.withdraw, NEW.deposit_amount, NEW.withdraw_address, "", NEW.refund_address, "")
    assert asked == (
        made.deposit,
        made.withdraw,
        made.deposit_amount,
        made.withdraw_address,
        made.withdraw_extra_id,
        made.refund_address,
        made.refund_extra_id,
    )
    assert (made.status, made.deposit_transaction, made.withdraw_transaction) == (SwapStatus.INITIAL, "", "")
    assert made.deposit_address and made.deposit_extra_id == ""
    assert made.pay_until is not None and made.pay_until > venue.clock.now()
    assert made.fixed_until is not None
    floating = await venue.service.create(anna, new=NEW, permit=permitted)
    assert floating.fixed_until is None and floating.reference != made.reference


async def test_the_amount_that_was_not_given_follows_from_the_offer(venue: SwapVenue, anna: SwapKey) -> None:
    rate = await offered(venue, anna)
    sends = replace(NEW, rate_id=rate.rate_id)
    received = EXACT.subtract(divide(Decimal(500), rate.price), rate.withdrawal_fee)
    made = await venue.service.create(anna, new=sends, permit=permitted)
    assert made.withdraw_amount == round_down(received, decimals=8)
    gets = replace(sends, deposit_amount=None, withdraw_amount=Decimal("0.01"))
    sent = multiply(EXACT.add(Decimal("0.01"), rate.withdrawal_fee), rate.price)
    made = await venue.service.create(anna, new=gets, permit=permitted)
    assert (made.withdraw_amount, made.deposit_amount) == (Decimal("0.01"), round_up(sent, decimals=6))


async def test_currencies_come_back_in_the_form_they_were_sent(venue: SwapVenue, anna: SwapKey) -> None:
    for form in (
        Currency(code="USDT", network="ETH"),
        Currency(contract="0xdAC17F958D2ee523a2206206994597C13D831ec7", network="ETH"),
        Currency(network="ETH"),
    ):
        new = replace(NEW, deposit_amount=Decimal(30), deposit=form)
        made = await venue.service.create(anna, new=new, permit=permitted)
        assert (made.deposit, made.withdraw) == (form, NEW.withdraw)
        assert (await read(venue, anna, made.reference)).deposit == form


async def test_a_coin_that_needs_a_memo_comes_with_one(venue: SwapVenue, anna: SwapKey) -> None:
    made = await venue.service.create(anna, new=replace(NEW, deposit=Currency(code="XRP")), permit=permitted)
    assert made.deposit_extra_id


async def test_a_list_pages_newest_first_and_ends(venue: SwapVenue, anna: SwapKey) -> None:
    made = [await venue.service.create(anna, new=NEW, permit=permitted) for _ in range(3)]
    first, second = [await listed(venue, anna, page=page, size=2) for page in (1, 2)]
    references = [swap.reference for swap in (*first.swaps, *second.swaps)]
    assert references == [swap.reference for swap in reversed(made)]
    assert (first.count, first.has_next, second.number, second.has_next) == (3, True, 2, False)
    assert second.swaps[0] == await read(venue, anna, made[0].reference)
    with pytest.raises(Refused):
        await listed(venue, anna, page=3, size=2)


async def test_a_payout_is_set_once_and_before_processing(venue: SwapVenue, anna: SwapKey) -> None:
    made = await venue.service.create(anna, new=OPEN, permit=permitted)
    assert made.withdraw_address == ""

    async def set_to(address: str, reference: str) -> Swap:
        return await venue.service.set_payout(
            anna, reference=reference, address=address, extra_id="7", permit=permitted
        )

    changed = await set_to(PAYOUT, made.reference)
    assert (changed.reference, changed.withdraw_address, changed.withdraw_extra_id) == (made.reference, PAYOUT, "7")
    with pytest.raises(Refused):
        await set_to(OTHER, made.reference)
    assert (await read(venue, anna, made.reference)).withdraw_address == PAYOUT
    late = await venue.service.create(anna, new=OPEN, permit=permitted)
    await venue.advance(late.reference, SwapStatus.RELEASED)
    with pytest.raises(Refused):
        await set_to(PAYOUT, late.reference)


async def test_a_swap_can_be_marked_with_its_transaction_and_the_mark_taken_back(
    venue: SwapVenue, anna: SwapKey
) -> None:
    made = await venue.service.create(anna, new=NEW, permit=permitted)
    for paid, transaction, stands in ((True, "", ""), (True, "a1b2", "a1b2"), (False, "", "a1b2")):
        marked = await venue.service.mark(
            anna, reference=made.reference, paid=paid, transaction=transaction, permit=permitted
        )
        assert (marked.status, marked.deposit_transaction) == (SwapStatus.INITIAL, stands)


async def test_every_status_is_told_as_it_is(venue: SwapVenue, anna: SwapKey) -> None:
    for status in (status for status in SwapStatus if status is not SwapStatus.UNKNOWN):
        made = await venue.service.create(anna, new=NEW, permit=permitted)
        await venue.advance(made.reference, status)
        swap = await read(venue, anna, made.reference)
        assert (swap.status, swap.status_name) == (status, status.value)


async def test_a_creation_whose_answer_was_lost_is_unknown_and_stands_once(venue: SwapVenue, anna: SwapKey) -> None:
    await venue.lose_next_answer("create")
    with pytest.raises(OutcomeUnknown):
        await venue.service.create(anna, new=NEW, permit=permitted)
    (made,) = (await listed(venue, anna)).swaps
    assert (made.deposit_amount, made.withdraw_address) == (NEW.deposit_amount, NEW.withdraw_address)


async def test_a_payout_whose_answer_was_lost_is_unknown_and_stands(venue: SwapVenue, anna: SwapKey) -> None:
    made = await venue.service.create(anna, new=OPEN, permit=permitted)
    await venue.lose_next_answer("set_payout")
    with pytest.raises(OutcomeUnknown):
        await venue.service.set_payout(anna, reference=made.reference, address=PAYOUT, extra_id="", permit=permitted)
    assert (await read(venue, anna, made.reference)).withdraw_address == PAYOUT


async def test_what_is_refused_makes_nothing(venue: SwapVenue, anna: SwapKey) -> None:
    withdraw, deposit = Currency(code=venue.disabled[:3]), Currency(code=venue.disabled[3:])
    for wrong in (
        replace(NEW, deposit_amount=Decimal("0.000001")),
        replace(NEW, deposit=Currency(code="NOTHING")),
        replace(NEW, deposit=deposit, withdraw=withdraw),
    ):
        with pytest.raises(Refused) as caught:
            await venue.service.create(anna, new=wrong, permit=permitted)
        assert caught.value.code == 400 and caught.value.reason
    assert (await listed(venue, anna)).swaps == ()


async def test_swaps_are_their_owners_alone(venue: SwapVenue, anna: SwapKey) -> None:
    made = await venue.service.create(anna, new=OPEN, permit=permitted)
    boris = await venue.open_key()
    for reference in (made.reference, "NOSUCHSWAP"):
        for asking in (
            read(venue, boris, reference),
            venue.service.mark(boris, reference=reference, paid=True, transaction="", permit=permitted),
            venue.service.set_payout(boris, reference=reference, address=PAYOUT, extra_id="", permit=permitted),
        ):
            with pytest.raises(SwapNotFound):
                await asking
    assert (await listed(venue, boris)).swaps == ()
    assert (await read(venue, anna, made.reference)).withdraw_address == ""


async def test_a_wrong_key_is_rejected_by_every_call_for_somebody(venue: SwapVenue, anna: SwapKey) -> None:
    wrong = SwapKey(api_key=Secret("wrong"))
    service = venue.service
    for asking in (
        service.rate(wrong, pair="BTCUSDC", priority=PERSON),
        service.swaps(wrong, page=1, size=20, priority=PERSON),
        service.swap(wrong, reference="X", priority=PERSON),
        service.create(wrong, new=NEW, permit=permitted),
        service.set_payout(wrong, reference="X", address=PAYOUT, extra_id="", permit=permitted),
        service.mark(wrong, reference="X", paid=True, transaction="", permit=permitted),
    ):
        with pytest.raises(KeyRejected):
            await asking
    assert await service.coins(priority=PERSON)
    assert (await listed(venue, anna)).swaps == ()


async def test_what_lost_its_permit_is_not_sent(venue: SwapVenue, anna: SwapKey) -> None:
    def locked() -> None:
        raise NotSent(Cause.STOPPED)

    made = await venue.service.create(anna, new=OPEN, permit=permitted)
    for refused in (
        venue.service.create(anna, new=NEW, permit=locked),
        venue.service.set_payout(anna, reference=made.reference, address=PAYOUT, extra_id="", permit=locked),
        venue.service.mark(anna, reference=made.reference, paid=True, transaction="t", permit=locked),
    ):
        with pytest.raises(NotSent) as caught:
            await refused
        assert caught.value.cause is Cause.STOPPED
    (standing,) = (await listed(venue, anna)).swaps
    assert (standing.withdraw_address, standing.deposit_transaction) == ("", "")
