"""From what was said to the card: every question, every limit, and what the card promises."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from chatbot.domain.accounts import Account
from chatbot.domain.drafts import Quantity, QuantityKind, Question, WithdrawalDraft
from chatbot.domain.errors import (
    InputError,
    NotLinked,
    Obstacle,
    Stopped,
)
from chatbot.domain.ids import AliasId
from chatbot.domain.intents import Withdraw, WithdrawTerms
from chatbot.domain.limits import LimitKind
from chatbot.domain.market import Market
from chatbot.domain.money import Amount
from chatbot.domain.number_text import written_in
from chatbot.domain.preferences import NumberStyle
from chatbot.domain.tickets import (
    Ticket,
    TicketState,
)
from tests.fakes.values import BTC, ticker
from tests.services.house import ANNA, BORIS, CHAT, House
from tests.services.withdrawing import answer, asked, choose, labels, lower, requested, say, terms, withdraw

DAY = timedelta(hours=24)

# Saying it


async def test_one_line_makes_a_card_with_everything_on_it(house: House, account: Account) -> None:
    card = await house.withdrawal_card("BTC 0.05 savings")
    assert withdraw(card) == Withdraw(account=account.id, currency="BTC", amount=Decimal("0.05"), alias="savings")
    assert terms(card) == WithdrawTerms(
        before=Amount(Decimal(1), "BTC"),
        after=Amount(Decimal("0.95"), "BTC"),
        uses=0,
        hold=DAY,
        held_until=None,
        value=Decimal(3005),  # by the ask, the highest price there is
        left=Amount(Decimal(10_000), "USDT"),
    )
    assert card.expires_at - card.created_at == timedelta(seconds=90)
    assert not requested(house.exchange)


@pytest.mark.parametrize(("style", "typed"), [(NumberStyle.COMMA, "1,500"), (NumberStyle.POINT, "1.500")])
async def test_an_amount_that_can_mean_two_numbers_is_asked_back_with_both(
    house: House, account: Account, style: NumberStyle, typed: str
) -> None:
    with written_in(style):
        by_line = asked(await say(house, f"USDT {typed} savings"))
        assert "can mean 1500 or 1.500" in by_line.problem
        card = await choose(house, by_line, "Use 1 thousand 500: 1500")
        assert (withdraw(card).amount, withdraw(card).alias) == (Decimal(1500), "savings")
        await say(house, "USDT")
        by_answer = asked(await answer(house, typed))
        where = asked(await choose(house, by_answer, labels(by_answer)[1]))
        assert where.draft.request.quantity == Quantity(kind=QuantityKind.VOLUME, value=Decimal("1.5"))


async def test_every_question_in_turn_by_typing(house: House, account: Account) -> None:
    currency = asked(await say(house, ""))
    assert currency.draft.asking is Question.CURRENCY and labels(currency) == ["BTC 1", "USDT 10,000"]
    quantity = asked(await answer(house, "btc"))
    assert quantity.draft.asking is Question.QUANTITY and labels(quantity) == ["25%", "50%", "Max"]
    assert quantity.available == Amount(Decimal(1), "BTC")
    where = asked(await answer(house, "0.01"))
    assert where.draft.asking is Question.ALIAS and labels(where) == []
    card = await answer(house, "my ledger")
    assert withdraw(card) == Withdraw(account=account.id, currency="BTC", amount=Decimal("0.01"), alias="my ledger")
    assert await house.questions.open_in(CHAT, person=ANNA) is None


@pytest.mark.usefixtures("account")
async def test_every_question_in_turn_by_tapping(house: House) -> None:
    await house.know(await house.accounts.active(ANNA), "USDT", "cold")
    question = await choose(house, asked(await say(house, "")), "USDT")
    question = await choose(house, asked(question), "25%")
    assert labels(asked(question)) == ["cold"]
    card = await choose(house, asked(question), "cold")
    assert (withdraw(card).currency, withdraw(card).amount, withdraw(card).alias) == ("USDT", Decimal(2_500), "cold")


@pytest.mark.usefixtures("account")
async def test_one_answer_may_say_the_rest(house: House) -> None:
    await say(house, "")
    card = await answer(house, "BTC 0.01 savings")
    assert withdraw(card).alias == "savings"


@pytest.mark.usefixtures("account")
async def test_a_choice_is_taken_once_by_its_person_in_its_chat(house: House) -> None:
    question = asked(await say(house, ""))
    choose = house.withdrawals.choose
    assert await choose(question.dialogue.id, 0, person=BORIS, chat=CHAT) is None
    for no_such in (-1, 2, 99):
        assert await choose(question.dialogue.id, no_such, person=ANNA, chat=CHAT) is None
    assert await choose(question.dialogue.id, 0, person=ANNA, chat=CHAT) is not None
    assert await choose(question.dialogue.id, 0, person=ANNA, chat=CHAT) is None


@pytest.mark.parametrize(
    ("available", "said", "amount"),
    [
        ("1.123456789", "max", "1.12345678"),
        ("0.33333333", "50%", "0.16666666"),
        ("0.00000003", "50%", "0.00000001"),
        ("1", "33.3%", "0.333"),
        ("1.123456789", "1.1234567800", "1.12345678"),
    ],
)
async def test_max_and_shares_are_rounded_down(house: House, available: str, said: str, amount: str) -> None:
    await house.link(BTC=available)
    await lower(house, await house.accounts.active(ANNA), LimitKind.WITHDRAWALS, "9", "BTC")
    house.exchange.tickers_now[BTC.code] = ticker(BTC, "100", "100", "100", average=Decimal(100))
    card = await say(house, f"BTC {said} savings")
    assert withdraw(card).amount == Decimal(amount)
    assert terms(card).after.value == Decimal(available) - Decimal(amount)


@pytest.mark.usefixtures("account")
async def test_more_decimals_than_there_are_is_refused_with_what_would_do(house: House) -> None:
    for text, shorter in (("BTC 0.123456789 savings", "0.12345678"), ("USDT 1.00001 savings", "1 ")):
        with pytest.raises(InputError, match=f"Write {shorter.strip()} if"):
            await say(house, text)


@pytest.mark.usefixtures("account")
async def test_too_much_is_told_with_the_most_there_is(house: House) -> None:
    question = asked(await say(house, "BTC 1.00000001 savings"))
    assert "Only 1 BTC is available, not 1.00000001." in question.problem
    assert question.draft.asking is None and labels(question) == ["Use 1 BTC"]
    await lower(house, await house.accounts.active(ANNA), LimitKind.WITHDRAWALS, "1", "BTC")
    house.exchange.tickers_now[BTC.code] = ticker(BTC, "100", "100", "100", average=Decimal(100))
    card = await choose(house, question, "Use")
    assert (withdraw(card).amount, withdraw(card).alias) == (Decimal(1), "savings")


async def test_what_is_bound_in_orders_is_not_available(house: House, account: Account) -> None:
    await house.tap(await house.order_card(account, volume=Decimal("0.1")))
    question = asked(await say(house, "USDT 5000.01 savings"))
    assert question.available == Amount(Decimal(5_000), "USDT")


async def test_with_nothing_there_nothing_is_offered(house: House, account: Account) -> None:
    for said in ("ETH 1 savings", "ETH max savings"):
        question = asked(await say(house, said))
        assert question.problem == "There is no ETH available to withdraw." and not question.draft.choices
    house.exchange.holders["key-1"].totals["BTC"] = Decimal("0.000000001")
    assert asked(await say(house, "BTC max savings")).problem == "That is less than can be sent."
    assert account


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("ВТС", "looks like BTC but is written with other letters"),
        ("ＢＴＣ", "looks like BTC"),
        ("USDТ", "looks like USDT"),
        ("BTCC", "Did you mean BTC"),
        ("DOGE", "does not list"),
        ("B\u200bTC", "looks like BTC"),
    ],
)
@pytest.mark.usefixtures("account")
async def test_look_alikes_and_strangers_among_currencies_are_refused_by_name(
    house: House, typed: str, said: str
) -> None:
    with pytest.raises(InputError, match=said):
        await say(house, f"{typed} 0.01 savings")


@pytest.mark.parametrize("alias", ["sav\u202eings", "a\u200bb", "x" * 65, "two  spaces", "tab\there"])
@pytest.mark.usefixtures("account")
async def test_an_alias_that_cannot_be_shown_as_it_is_sent_is_refused(house: House, alias: str) -> None:
    with pytest.raises(InputError):
        await say(house, f"BTC 0.01 {alias}")


async def test_aliases_used_before_are_offered_latest_first_then_those_added(house: House, account: Account) -> None:
    for alias in ("savings", "cold", "third"):
        house.exchange.save_alias(house.exchange.holders["key-1"].credentials, "BTC", alias)
        await house.know(account, "BTC", alias)
    for alias in ("cold", "savings", "cold"):
        house.clock.pass_(1)
        await house.confirm(await house.withdrawal_card(f"BTC 0.001 {alias}"))
    assert labels(asked(await say(house, "BTC 0.001"))) == ["cold", "savings", "third"]
    assert labels(asked(await say(house, "USDT 1"))) == []
    assert terms(await house.withdrawal_card("BTC 0.001 cold")).uses == 2


async def test_without_an_account_there_is_nothing_to_withdraw_from(house: House) -> None:
    with pytest.raises(NotLinked):
        await say(house, "BTC 1 savings")


async def test_a_new_card_shows_todays_terms_and_the_same_withdrawal(house: House, account: Account) -> None:
    card = await house.withdrawal_card()
    house.exchange.holders["key-1"].totals["BTC"] = Decimal("0.5")
    again = await house.withdrawals.again(card)
    assert isinstance(again, Ticket) and again.id != card.id and again.client_id != card.client_id
    assert again.intent == card.intent and terms(again).before == Amount(Decimal("0.5"), "BTC")
    assert again.account == account.id


# The card's word on waiting


@pytest.mark.parametrize("order_of_events", ["added", "used", "added and over", "unknown", "removed after its use"])
async def test_the_card_says_exactly_what_the_second_step_does(
    house: House, account: Account, order_of_events: str
) -> None:
    if order_of_events == "added":
        await house.storage.aliases.add(
            account, currency="BTC", name="savings", person=ANNA, chat=CHAT, now=house.clock.at
        )
        house.clock.pass_(3600)
    elif order_of_events != "unknown":
        await house.know(account)
    if "use" in order_of_events:
        await house.confirm(await house.withdrawal_card("BTC 0.001 savings"))
    if "removed" in order_of_events:
        (alias,) = await house.storage.aliases.of((account.id,))
        await house.storage.aliases.remove(AliasId(alias.id), person=ANNA, chat=CHAT, now=house.clock.at)
    card = await house.withdrawal_card()
    said = terms(card)
    due = said.held_until or (house.clock.at + said.hold if said.hold else None)
    done = await house.confirm(card)
    assert done.send_at == due
    assert done.state is (TicketState.DONE if due is None else TicketState.HELD)


async def test_a_first_use_is_held_and_the_next_waits_for_the_same_moment(house: House, account: Account) -> None:
    first = await house.confirm(await house.withdrawal_card("BTC 0.01 savings"))
    assert (first.state, first.send_at) == (TicketState.HELD, house.clock.at + DAY)
    house.clock.pass_(3600)
    card = await house.withdrawal_card("BTC 0.01 savings")
    assert terms(card).held_until == first.send_at
    second = await house.confirm(card)
    assert second.send_at == first.send_at and not requested(house.exchange)
    assert account


# Limits


async def test_limits_are_shown_and_kept(house: House, account: Account) -> None:
    await house.know(account)
    await house.confirm(await house.withdrawal_card("BTC 0.05 savings"))
    assert terms(await house.withdrawal_card("BTC 0.05 savings")).left == Amount(Decimal(6995), "USDT")
    assert terms(await house.withdrawal_card("USDT 5 savings")).left == Amount(Decimal(6995), "USDT")
    too_large = asked(await say(house, "BTC 0.09 savings"))
    assert too_large.stopped is not None and too_large.stopped.obstacle is Obstacle.WITHDRAWAL_TOO_LARGE
    assert too_large.draft.request.quantity is None and too_large.draft.request.alias == "savings"
    await house.confirm(await house.withdrawal_card("BTC 0.08 savings"))
    used_up = asked(await say(house, "BTC 0.05 savings"))
    assert used_up.stopped is not None and used_up.stopped.obstacle is Obstacle.WITHDRAWALS_USED_UP
    house.clock.pass_(DAY.total_seconds())
    assert terms(await house.withdrawal_card("BTC 0.05 savings")).left == Amount(Decimal(10_000), "USDT")


async def test_a_currencys_own_limit_is_shown_and_kept_in_that_currency(house: House, account: Account) -> None:
    await house.know(account)
    await lower(house, account, LimitKind.WITHDRAWALS, "0.02", "BTC")
    card = await house.withdrawal_card("BTC 0.015 savings")
    assert terms(card).left == Amount(Decimal("0.02"), "BTC")
    await house.confirm(card)
    used_up = asked(await say(house, "BTC 0.00500001 savings"))
    assert used_up.stopped is not None and used_up.stopped.left == Amount(Decimal("0.005"), "BTC")
    assert labels(used_up) == ["Use 0.005 BTC"]


async def test_the_largest_amount_a_limit_allows_is_offered_and_passes(house: House, account: Account) -> None:
    await house.know(account)
    question = asked(await say(house, "BTC max savings"))
    assert question.stopped is not None and len(labels(question)) == 1
    card = await house.withdrawals.choose(question.dialogue.id, 0, person=ANNA, chat=CHAT)
    assert isinstance(card, Ticket) and terms(card).value is not None
    again = asked(await say(house, "BTC max savings"))
    smaller = await house.withdrawals.answer(again.dialogue, "0.01")
    assert isinstance(smaller, Ticket) and terms(smaller).after == Amount(Decimal("0.99"), "BTC")


async def test_a_limit_lowered_while_the_card_is_open_stops_the_second_step(house: House, account: Account) -> None:
    await house.know(account)
    card = await house.proceed(await house.withdrawal_card())
    await lower(house, account, LimitKind.WITHDRAWAL, "3000")
    with pytest.raises(Stopped):
        await house.tickets.confirm(card.id, person=ANNA)
    assert not requested(house.exchange) and (await house.read(card)).state is TicketState.CONTINUED


async def test_what_no_market_values_needs_a_limit_of_its_own(house: House) -> None:
    account = await house.link(XYZ="10")
    house.exchange.listed.append(_market("XYZ", "EUR"))
    with pytest.raises(Stopped) as stopped:
        await say(house, "XYZ 1 savings")
    assert stopped.value.obstacle is Obstacle.NOT_VALUED
    await lower(house, account, LimitKind.WITHDRAWALS, "1", "XYZ")
    assert terms(await say(house, "XYZ 1 savings")).value is None


def _market(base: str, counter: str) -> Market:
    return replace(BTC, code=f"{base}{counter}", base=base, counter=counter)  # type: ignore[arg-type]


@pytest.mark.usefixtures("account")
async def test_an_open_question_survives_a_restart(house: House) -> None:
    await say(house, "BTC 0.01")
    dialogue = await house.restarted().questions.open_in(CHAT, person=ANNA)
    assert dialogue is not None and isinstance(dialogue.draft, WithdrawalDraft)
    assert withdraw(await house.restarted().withdrawals.answer(dialogue, "savings")).amount == Decimal("0.01")
