"""What n.exchange tells everybody is asked for once; what it offers somebody is theirs, for seconds."""

import asyncio
from datetime import timedelta

import pytest

from chatbot.domain.errors import Cause, InputError, KeyRejected, NotPermitted, Unavailable
from chatbot.domain.secrets import SwapKey
from chatbot.domain.swaps import Pair, Rate
from chatbot.exchange.shared_swaps import COINS_FRESH, PAIRS_FRESH, RATES_FRESH, SharedSwapReads
from chatbot.ports.exchange import Priority
from tests.fakes.clock import FakeClock, settle
from tests.fakes.exchange import permitted
from tests.fakes.swap_service import FakeSwapService, new_swap

PERSON = Priority.PERSON


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def service(clock: FakeClock) -> "Gated":
    return Gated(clock)


@pytest.fixture
def shared(service: "Gated", clock: FakeClock) -> SharedSwapReads:
    return SharedSwapReads(service, clock=clock)


@pytest.fixture
def anna(service: "Gated") -> SwapKey:
    return service.open("anna")


@pytest.fixture
def boris(service: "Gated") -> SwapKey:
    return service.open("boris")


class Gated(FakeSwapService):
    """Answers about pairs when it is told to."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__(clock)
        self.gate = asyncio.Event()
        self.gate.set()
        self.asked_by: list[SwapKey] = []

    async def pairs(self, key: SwapKey, *, priority: Priority) -> tuple[Pair, ...]:
        self.asked_by.append(key)
        await self.gate.wait()
        return await super().pairs(key, priority=priority)

    async def rate(self, key: SwapKey, *, pair: str, priority: Priority) -> Rate | None:
        self.asked_by.append(key)
        return await super().rate(key, pair=pair, priority=priority)


async def rate(shared: SharedSwapReads, key: SwapKey, pair: str = "BTCUSDC") -> Rate:
    rate = await shared.rate(key, pair=pair, priority=PERSON)
    assert rate is not None
    return rate


async def test_coins_and_pairs_serve_everybody_for_minutes(
    shared: SharedSwapReads, service: Gated, clock: FakeClock, anna: SwapKey, boris: SwapKey
) -> None:
    for key in (anna, boris):
        assert await shared.coins(priority=PERSON) and await shared.pairs(key, priority=PERSON)
    clock.pass_(PAIRS_FRESH.total_seconds() - 1)
    await shared.pairs(boris, priority=PERSON)
    assert service.calls == ["coins", "pairs"]
    clock.pass_(2)
    await shared.pairs(boris, priority=PERSON)
    clock.pass_(COINS_FRESH.total_seconds())
    await shared.coins(priority=PERSON)
    assert service.calls == ["coins", "pairs", "pairs", "coins"]
    assert service.asked_by == [anna, boris]


async def test_an_old_list_serves_on_while_the_service_is_away(
    shared: SharedSwapReads, service: Gated, clock: FakeClock, anna: SwapKey
) -> None:
    coins, pairs = await shared.coins(priority=PERSON), await shared.pairs(anna, priority=PERSON)
    clock.pass_(COINS_FRESH.total_seconds() + 1)
    service.fail("coins", Unavailable(Cause.TIMEOUT))
    service.fail("pairs", Unavailable(Cause.TIMEOUT))
    assert await shared.coins(priority=PERSON) == coins
    assert await shared.pairs(anna, priority=PERSON) == pairs


@pytest.mark.parametrize(
    "error", [KeyRejected(status=401), NotPermitted(code=403, reason="no"), InputError("This key holds a space.")]
)
async def test_a_key_that_is_turned_away_costs_its_owner_only(
    error: Exception, shared: SharedSwapReads, service: Gated, anna: SwapKey, boris: SwapKey
) -> None:
    service.gate.clear()
    service.fail("pairs", error)
    asking = [asyncio.create_task(shared.pairs(key, priority=PERSON)) for key in (anna, boris)]
    await settle()
    assert service.asked_by == [anna], "boris waits for the same answer"
    service.gate.set()
    outcomes = await asyncio.gather(*asking, return_exceptions=True)
    assert outcomes[0] is error
    assert isinstance(outcomes[1], tuple) and service.asked_by == [anna, boris]


async def test_a_failure_of_the_service_reaches_all_who_wait(
    shared: SharedSwapReads, service: Gated, anna: SwapKey, boris: SwapKey
) -> None:
    service.gate.clear()
    service.fail("pairs", Unavailable(Cause.TIMEOUT))
    asking = [asyncio.create_task(shared.pairs(key, priority=PERSON)) for key in (anna, boris)]
    await settle()
    service.gate.set()
    outcomes = await asyncio.gather(*asking, return_exceptions=True)
    assert all(isinstance(outcome, Unavailable) for outcome in outcomes) and service.asked_by == [anna]


async def test_an_offer_serves_its_person_for_seconds(shared: SharedSwapReads, clock: FakeClock, anna: SwapKey) -> None:
    first = await rate(shared, anna)
    clock.pass_(RATES_FRESH.total_seconds() - 0.1)
    assert await rate(shared, anna) == first
    clock.pass_(0.2)
    assert (await rate(shared, anna)).rate_id != first.rate_id


async def test_an_offer_is_never_somebody_elses(
    shared: SharedSwapReads, service: Gated, anna: SwapKey, boris: SwapKey
) -> None:
    offers = {(await rate(shared, key, pair)).rate_id for key in (anna, boris) for pair in ("BTCUSDC", "ETHUSDC")}
    assert len(offers) == 4
    assert service.asked_by == [anna, anna, boris, boris]


async def test_an_offer_never_serves_past_its_end(
    shared: SharedSwapReads, service: Gated, clock: FakeClock, anna: SwapKey
) -> None:
    service.rate_life = timedelta(seconds=2)
    first = await rate(shared, anna)
    clock.pass_(1.9)
    assert await rate(shared, anna) == first
    clock.pass_(0.1)
    second = await rate(shared, anna)
    assert second.rate_id != first.rate_id and second.expires_at > clock.now()


async def test_what_is_kept_of_offers_has_a_bound_and_holds_no_key(
    shared: SharedSwapReads, service: Gated, clock: FakeClock
) -> None:
    for number in range(300):
        await rate(shared, service.open(f"canary-{number}"))
    assert len(shared._rates) == 256
    assert "canary" not in repr(shared._rates)
    before = len(service.asked_by)
    await rate(shared, service.open("canary-299"))
    assert len(service.asked_by) == before


async def test_what_belongs_to_somebody_passes_straight_through(
    shared: SharedSwapReads, service: Gated, anna: SwapKey
) -> None:
    made = await shared.create(anna, new=new_swap(withdraw_address=""), permit=permitted)
    for _ in range(2):
        assert (await shared.swap(anna, reference=made.reference, priority=PERSON)) == made
        assert (await shared.swaps(anna, page=1, size=20, priority=PERSON)).swaps == (made,)
    paid = await shared.set_payout(anna, reference=made.reference, address="x", extra_id="7", permit=permitted)
    await shared.mark(anna, reference=made.reference, paid=True, transaction="t", permit=permitted)
    assert (paid.withdraw_address, paid.withdraw_extra_id) == ("x", "7") and service.is_marked(made.reference)
    assert service.calls == ["create", "swap", "swaps", "swap", "swaps", "set_payout", "mark"]
    service.wait = timedelta(seconds=3)
    assert shared.expected_wait(PERSON) == service.wait
