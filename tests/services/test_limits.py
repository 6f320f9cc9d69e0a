from datetime import timedelta
from decimal import Decimal

import pytest

from chatbot.domain.accounts import Account
from chatbot.domain.errors import InputError, NotLinked
from chatbot.domain.limits import RAISE_DELAY, LimitKind
from chatbot.domain.protected import RaiseLimit
from chatbot.services.limits import LimitAsked, LimitSet
from tests.fakes.exchange import FakeExchange
from tests.services.house import ANNA, BORIS, CHAT, House


async def say(house: House, text: str) -> LimitAsked | LimitSet | RaiseLimit:
    return await house.limits.say(text, person=ANNA, chat=CHAT)


async def answer(house: House, text: str) -> LimitAsked | LimitSet | RaiseLimit:
    opened = await house.storage.dialogues.open_in(CHAT, person=ANNA, now=house.clock.at)
    assert opened is not None
    return await house.limits.answer(opened, text)


async def holding(house: House) -> dict[str, Decimal]:
    limits = (await house.limits.overview(ANNA)).limits
    return {kind.value: limits.of(kind) or Decimal(0) for kind in LimitKind}


async def test_lowering_is_done_at_once(house: House, account: Account) -> None:
    done = await say(house, "order 10000")
    assert isinstance(done, LimitSet) and done.changed.change.effective_at == house.clock.at
    assert (await holding(house))["order"] == 10_000


async def test_raising_changes_nothing_until_it_was_confirmed_and_then_waits(house: House, account: Account) -> None:
    action = await say(house, "order 30k")
    assert action == RaiseLimit(account=account.id, kind=LimitKind.ORDER, value=Decimal(30_000))
    assert (await house.limits.overview(ANNA)).waiting == ()
    done = await house.limits.raise_(action, person=ANNA, chat=CHAT)
    assert done.changed.change.effective_at == house.clock.at + RAISE_DELAY
    assert (await holding(house))["order"] == 25_000
    house.clock.at += RAISE_DELAY
    assert (await holding(house))["order"] == 30_000


async def test_what_was_confirmed_late_and_is_a_lowering_by_then_holds_at_once(house: House, account: Account) -> None:
    await house.limits.raise_(await raising(house, "order 50k"), person=ANNA, chat=CHAT)
    action = await raising(house, "order 40k")
    house.clock.at += RAISE_DELAY
    done = await house.limits.raise_(action, person=ANNA, chat=CHAT)
    assert done.changed.change.effective_at == house.clock.at
    assert (await holding(house))["order"] == 40_000


async def raising(house: House, text: str) -> RaiseLimit:
    action = await say(house, text)
    assert isinstance(action, RaiseLimit)
    return action


async def test_a_limit_of_somebody_elses_account_cannot_be_raised(house: House, account: Account) -> None:
    action = await raising(house, "order 50k")
    await house.link(BORIS)
    with pytest.raises(NotLinked):
        await house.limits.raise_(action, person=BORIS, chat=CHAT)


async def test_guided_the_value_is_asked_for_and_a_bad_answer_keeps_the_question(
    house: House, account: Account
) -> None:
    asked = await house.limits.ask(LimitKind.WITHDRAWALS, person=ANNA, chat=CHAT, account=account.id)
    assert isinstance(asked, LimitAsked) and asked.holds == 10_000
    for nonsense in ("lots", "-1", "1.005", "XRP QQQ 4"):
        with pytest.raises(InputError):
            await answer(house, nonsense)
    done = await answer(house, "0")
    assert isinstance(done, LimitSet) and done.changed.change.value == 0
    assert await house.storage.dialogues.open_in(CHAT, person=ANNA, now=house.clock.at) is None


async def test_an_answer_changes_the_account_it_was_asked_for(house: House, account: Account) -> None:
    await house.limits.ask(LimitKind.ORDER, person=ANNA, chat=CHAT, account=account.id)
    other = await house.link()
    done = await answer(house, "9")
    assert isinstance(done, LimitSet) and done.account == account
    assert (await house.limits.overview(ANNA, other.id)).limits.order == 25_000


@pytest.mark.parametrize(("typed", "lowers"), [("ETH 3.99", True), ("eth 4.01", False), ("ETH 0", True)])
async def test_a_currencys_first_own_limit_is_held_against_what_the_usual_one_is_worth(
    house: House, account: Account, typed: str, lowers: bool
) -> None:
    """10,000 USDT are 3.9992 ETH at the last price."""
    done = await say(house, f"withdrawals {typed}")
    assert isinstance(done, LimitSet if lowers else RaiseLimit)


async def test_a_currency_no_market_values_has_no_limit_to_begin_with(
    house: House, account: Account, exchange: FakeExchange
) -> None:
    await house.link(ODD="5")
    assert isinstance(await say(house, "withdrawals ODD 1"), RaiseLimit)
    assert isinstance(await say(house, "withdrawals ODD 0"), LimitSet)


@pytest.mark.parametrize("typed", ["ЕТН", "XYZ"])
async def test_a_currency_that_is_not_the_exchanges_is_refused(house: House, account: Account, typed: str) -> None:
    with pytest.raises(InputError):
        await say(house, f"withdrawals {typed} 5")


async def test_a_raise_that_waits_can_be_dropped(house: House, account: Account) -> None:
    done = await house.limits.raise_(await raising(house, "orders 200k"), person=ANNA, chat=CHAT)
    assert await house.limits.keep(done.changed.change.id, person=BORIS, chat=CHAT) is None
    assert await house.limits.keep(done.changed.change.id, person=ANNA, chat=CHAT) == done.changed.change
    assert await house.limits.keep(done.changed.change.id, person=ANNA, chat=CHAT) is None
    house.clock.at += 2 * RAISE_DELAY
    assert (await holding(house))["orders"] == 100_000


async def test_the_overview_counts_what_was_ordered_for_a_day(house: House, account: Account) -> None:
    await house.tap(await house.order_card(account))
    (counted,) = (await house.limits.overview(ANNA)).counted
    assert counted.spend.value == 5_000
    house.clock.at += timedelta(hours=24)
    assert (await house.limits.overview(ANNA)).counted == ()


async def test_nobody_without_an_account_has_limits(house: House) -> None:
    with pytest.raises(NotLinked):
        await house.limits.overview(ANNA)
