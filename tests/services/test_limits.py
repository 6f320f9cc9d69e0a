from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from chatbot.domain.accounts import Account
from chatbot.domain.errors import InputError, NoSwapKey, NotLinked, Obstacle, Stopped
from chatbot.domain.intents import WithdrawTerms
from chatbot.domain.limits import RAISE_DELAY, LimitKind
from chatbot.domain.money import Amount
from chatbot.domain.protected import RaiseLimit
from chatbot.services.limits import LimitAsked, LimitSet
from tests.fakes.exchange import FakeExchange
from tests.fakes.values import BTC, ticker
from tests.services.house import ANNA, BORIS, CHAT, House
from tests.services.swapping import link_swaps


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


@pytest.mark.parametrize("typed", ["ETH 3.99", "eth 400000", "ETH 0"])
async def test_a_currencys_first_own_limit_only_narrows_what_the_usual_one_leaves(
    house: House, account: Account, typed: str
) -> None:
    assert isinstance(await say(house, f"withdrawals {typed}"), LimitSet)
    assert isinstance(await say(house, "withdrawals ETH 500000"), RaiseLimit)


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


async def test_the_account_that_swaps_has_limits_of_its_own(house: House, account: Account) -> None:
    key = await link_swaps(house)
    assert (await house.limits.overview(ANNA)).other == key
    of_key = await house.limits.overview(ANNA, key.id)
    assert (of_key.account, of_key.other, of_key.limits.swap) == (key, account, Decimal(5_000))
    done = await say(house, "swap 2000")
    assert isinstance(done, LimitSet) and done.account == key
    assert (await house.limits.overview(ANNA, key.id)).limits.swap == 2_000
    assert (await house.limits.overview(ANNA)).limits.swap == 5_000  # of the other account, where it says nothing
    assert await say(house, "swaps 50k") == RaiseLimit(account=key.id, kind=LimitKind.SWAPS, value=Decimal(50_000))
    done = await house.limits.raise_(await raising(house, "swaps 50k"), person=ANNA, chat=CHAT)
    assert done.changed.change.effective_at == house.clock.at + RAISE_DELAY
    waiting = (await house.limits.overview(ANNA, key.id)).waiting
    assert [each.value for each in waiting] == [50_000]


async def test_an_account_has_only_the_limits_of_its_kind(house: House, account: Account) -> None:
    with pytest.raises(NoSwapKey):
        await say(house, "swap 2000")
    key = await link_swaps(house)
    for kind, other in ((LimitKind.SWAP, account), (LimitKind.ORDER, key)):
        with pytest.raises(InputError, match="no such limit"):
            await house.limits.ask(kind, person=ANNA, chat=CHAT, account=other.id)
        with pytest.raises(InputError, match="no such limit"):
            raise_ = RaiseLimit(account=other.id, kind=kind, value=Decimal(10**6))
            await house.limits.raise_(raise_, person=ANNA, chat=CHAT)
    asked = await house.limits.ask(LimitKind.SWAP, person=ANNA, chat=CHAT, account=key.id)
    assert isinstance(asked, LimitAsked) and asked.holds == 5_000
    assert isinstance(await answer(house, "0"), LimitSet)


async def test_who_only_swaps_sees_those_limits(house: House) -> None:
    key = await link_swaps(house)
    shown = await house.limits.overview(ANNA)
    assert (shown.account, shown.other) == (key, None)
    with pytest.raises(NotLinked):
        await say(house, "order 5")
    with pytest.raises(NotLinked):
        await house.limits.overview(BORIS, key.id)


async def test_nobody_without_an_account_has_limits(house: House) -> None:
    with pytest.raises(NotLinked):
        await house.limits.overview(ANNA)


async def test_withdrawals_of_all_currencies_count_against_the_day_together(house: House) -> None:
    account = await house.link(BTC="10", ETH="100", USDT="100000")
    for currency in ("BTC", "ETH", "USDT"):
        await house.know(account, currency, "cold")
    for words in ("BTC 0.08 cold", "ETH 1.9 cold"):  # 4,808 and 4,751.9
        await house.confirm(await house.withdrawal_card(words))
    for words in ("USDT 440.11 cold", "BTC 0.01 cold", "ETH 1 cold"):
        with pytest.raises(Stopped) as caught:
            await house.withdrawal_card(words)
        assert caught.value.obstacle is Obstacle.WITHDRAWALS_USED_UP
        assert (caught.value.limit, caught.value.currency) == (Amount(Decimal(10_000), "USDT"), "")
    await house.confirm(await house.withdrawal_card("USDT 440.1 cold"))


async def test_an_own_limit_set_before_does_not_outlive_a_lower_one_of_the_day(house: House, account: Account) -> None:
    assert isinstance(await say(house, "withdrawals BTC 0.16"), LimitSet)
    assert isinstance(await say(house, "withdrawals 10"), LimitSet)
    with pytest.raises(Stopped):
        await house.withdrawal_card("BTC 0.08 savings")


async def test_the_card_says_which_limit_is_reached_first(house: House, account: Account) -> None:
    await say(house, "withdrawals BTC 0.1")
    card = await house.withdrawal_card("BTC 0.05 savings")
    assert isinstance(card.terms, WithdrawTerms) and card.terms.left == Amount(Decimal("0.1"), "BTC")
    await say(house, "withdrawals 6000")
    card = await house.withdrawal_card("BTC 0.05 savings")
    assert isinstance(card.terms, WithdrawTerms) and card.terms.left == Amount(Decimal(6_000), "USDT")


async def test_a_strange_last_price_neither_raises_nor_passes_anything(house: House, account: Account) -> None:
    usual = house.exchange.tickers_now[BTC.code]
    for strange in (replace(usual, last=Decimal("0.01")), ticker(BTC, "0.01", "0.01", "0.01")):
        house.exchange.tickers_now[BTC.code] = strange
        with pytest.raises(Stopped):
            await house.withdrawal_card("BTC 0.9 savings")  # 54,090 USDT
        await say(house, "withdrawals BTC 100000")
        with pytest.raises(Stopped):
            await house.withdrawal_card("BTC 0.9 savings")
