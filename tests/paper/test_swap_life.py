"""Every documented flow and status, what becomes of deposits, and where the coins go."""

from decimal import Decimal
from itertools import pairwise

import pytest

from chatbot.paper.swaps.orders import TERMINAL, TRANSITIONS, Status
from tests.paper.swap_setting import DOLLARS, PAYOUT, REFUND, Json, Stage

DEAD = "0x000000000000000000000000000000000000dEaD"
OWN_BTC = "1BitcoinEaterAddressDontSendf59kuE"
PAID = ["PAID", "PRE-RELEASE", "RELEASED", "COMPLETED"]
SEEN = ["INITIAL", "UNCONFIRMED PAYMENT"]
FLOWS = {
    "success": [*SEEN, *PAID],
    "kyc_passed": [*SEEN, "PENDING KYC", *PAID],
    "kyc_failed": [*SEEN, "PENDING KYC", "INITIATED REFUND", "REFUNDED"],
    "refund_retried": [
        *SEEN,
        "PENDING KYC",
        "INITIATED REFUND",
        "REFUND FAILED",
        "INITIATED REFUND",
        "REFUNDED",
    ],
}
STEPS = sorted((before, after) for before, following in TRANSITIONS.items() for after in following)
LEAPS = [(before, after) for before in Status for after in Status if after not in TRANSITIONS[before]]


async def at(stage: Stage, status: Status) -> Json:
    """An order in this status, by command."""
    await stage.control("swaps/timetable", seconds=None)
    order = await stage.create()
    if status is not Status.INITIAL:
        await stage.put(order, status, force=True)
    return order


class TestFlows:
    @pytest.mark.parametrize("flow", FLOWS)
    async def test_an_order_walks_its_flow_once_it_is_paid(self, stage: Stage, flow: str) -> None:
        await stage.control("swaps/flow", flow=flow)
        order = await stage.create()
        await stage.pay(order)
        assert await stage.walk(order) == FLOWS[flow][1:]
        assert (await stage.steered(order))["passed"] == FLOWS[flow]

    async def test_unpaid_ends_canceled_with_its_window(self, stage: Stage) -> None:
        order = await stage.create()
        stage.hands.pass_(60 * 60 - 2)
        assert await stage.status(order) == "INITIAL"
        stage.hands.pass_(2)
        assert await stage.status(order) == "CANCELED"

    async def test_nothing_moves_before_a_deposit_is_seen(self, stage: Stage) -> None:
        order = await stage.create()
        await stage.patch(order, marked_as_paid=True, deposit_transaction="a1b2c3")
        assert await stage.walk(order) == ["INITIAL"]

    async def test_the_flow_of_one_order_can_be_changed(self, stage: Stage) -> None:
        one, other = await stage.create(), await stage.create()
        await stage.control(f"swaps/{one['unique_reference']}/flow", flow="kyc_passed")
        for order in (one, other):
            await stage.pay(order)
        stage.hands.pass_(3)
        assert [await stage.status(order) for order in (one, other)] == ["PENDING KYC", "PAID"]

    async def test_a_poller_who_looks_late_misses_states(self, stage: Stage) -> None:
        order = await stage.create()
        await stage.pay(order)
        stage.hands.pass_(9)
        assert await stage.status(order) == "RELEASED"
        assert (await stage.steered(order))["passed"] == FLOWS["success"][:-1]

    async def test_the_timetable_can_be_changed(self, stage: Stage) -> None:
        await stage.control("swaps/timetable", seconds=60)
        order = await stage.create()
        await stage.pay(order)
        stage.hands.pass_(59)
        assert await stage.status(order) == "UNCONFIRMED PAYMENT"
        stage.hands.pass_(1)
        assert await stage.status(order) == "PAID"

    async def test_without_a_timetable_only_commands_move_orders(self, stage: Stage) -> None:
        await stage.control("swaps/timetable", seconds=None)
        order, unpaid = await stage.create(), await stage.create()
        await stage.pay(order)
        stage.hands.pass_(100_000)
        assert [await stage.status(each) for each in (order, unpaid)] == ["UNCONFIRMED PAYMENT", "INITIAL"]

    async def test_a_timetable_that_comes_back_starts_from_there(self, stage: Stage) -> None:
        await stage.control("swaps/timetable", seconds=None)
        order = await stage.create()
        await stage.pay(order)
        stage.hands.pass_(1000)
        await stage.control("swaps/timetable", seconds=3)
        assert await stage.walk(order) == FLOWS["success"][1:]

    async def test_an_order_without_payout_address_waits_at_paid(self, stage: Stage) -> None:
        order = await stage.create(withdraw_address=None)
        await stage.pay(order)
        assert await stage.walk(order) == ["UNCONFIRMED PAYMENT", "PAID"]
        await stage.patch(order, withdraw_address=PAYOUT)
        assert await stage.walk(order) == PAID


class TestStatuses:
    @pytest.mark.parametrize("status", list(Status))
    async def test_each_status_is_told_by_its_documented_name(self, stage: Stage, status: Status) -> None:
        assert await stage.status(await at(stage, status)) == status.value

    @pytest.mark.parametrize(("before", "after"), STEPS)
    async def test_each_documented_step_can_be_commanded(self, stage: Stage, before: Status, after: Status) -> None:
        order = await at(stage, before)
        assert (await stage.put(order, after))["status"] == after
        assert await stage.status(order) == after

    async def test_any_other_step_needs_force(self, stage: Stage) -> None:
        orders = {status: await at(stage, status) for status in Status}
        for before, after in LEAPS:
            path = f"swaps/{orders[before]['unique_reference']}/status"
            assert await stage.complaint(path, status=after) == f"status: {after} does not follow {before}"
        await stage.put(orders[Status.CANCELED], "PAID", force=True)
        assert await stage.status(orders[Status.CANCELED]) == "PAID"

    def test_the_steps_are_those_of_the_documented_flows(self) -> None:
        walked = {step for flow in FLOWS.values() for step in pairwise(flow)} | {("INITIAL", "CANCELED")}
        assert {(before.value, after.value) for before, after in STEPS} == walked
        assert {status for status, following in TRANSITIONS.items() if not following} == TERMINAL

    async def test_a_command_waits_for_a_payout_address_too(self, stage: Stage) -> None:
        order = await stage.create(withdraw_address=None)
        await stage.put(order, "PAID", force=True)
        path = f"swaps/{order['unique_reference']}/status"
        assert "payout address" in await stage.complaint(path, status="PRE-RELEASE")


class TestDeposits:
    async def test_the_right_amount_is_seen_and_begins_the_flow(self, stage: Stage) -> None:
        order = await stage.create()
        answer = await stage.pay(order)
        assert (answer["taken"], answer["message"]) == ("seen", "Seen, being confirmed.")
        assert (answer["reference"], answer["status"]) == (order["unique_reference"], "UNCONFIRMED PAYMENT")
        assert (await stage.details(order))["deposit_transaction"] == answer["transaction"]

    @pytest.mark.parametrize("amount", ["499.999999", "500.000001", "1"])
    async def test_another_amount_goes_to_review_and_is_sent_back_whole(self, stage: Stage, amount: str) -> None:
        order = await stage.create(refund_address=REFUND)
        answer = await stage.pay(order, amount=amount)
        said = "Seen, but 500 USDC were due: it goes to review and is sent back."
        assert (answer["taken"], answer["message"]) == ("review", said)
        assert await stage.walk(order) == FLOWS["kyc_failed"][1:]
        (arrival,) = (await stage.wallet(address=REFUND))["arrivals"]
        assert (arrival["kind"], arrival["code"], arrival["amount"]) == ("refund", "USDC", amount)

    @pytest.mark.parametrize(("memo", "said"), [("", "missing"), ("999", "wrong")])
    async def test_a_missing_or_wrong_memo_loses_the_deposit(self, stage: Stage, memo: str, said: str) -> None:
        order = await stage.create(deposit_currency="XRP")
        answer = await stage.pay(order, extra_id=memo)
        message = f"Kept: the memo is {said}, so nobody can tell whose it is."
        assert (answer["taken"], answer["message"], answer["status"]) == ("kept", message, "INITIAL")
        assert await stage.balance("XRP") == 4500
        assert (await stage.pay(order))["taken"] == "seen"

    async def test_a_memo_that_nobody_asked_for_does_no_harm(self, stage: Stage) -> None:
        assert (await stage.pay(await stage.create(), extra_id="5"))["taken"] == "seen"

    async def test_another_coin_is_kept(self, stage: Stage) -> None:
        order = await stage.create()
        answer = await stage.pay(order, currency="USDCSOL")
        assert (answer["taken"], answer["message"]) == ("kept", "Kept: this address is for USDC on ETH only.")
        assert await stage.status(order) == "INITIAL"

    async def test_a_second_deposit_is_kept(self, stage: Stage) -> None:
        order = await stage.create()
        first = await stage.pay(order)
        answer = await stage.pay(order)
        assert (answer["taken"], answer["message"]) == ("kept", "Kept: this order had its deposit already.")
        assert (await stage.details(order))["deposit_transaction"] == first["transaction"]

    @pytest.mark.parametrize("seconds", [3, None])
    async def test_a_deposit_after_the_deadline_is_kept_and_the_order_canceled(
        self, stage: Stage, seconds: int | None
    ) -> None:
        await stage.control("swaps/timetable", seconds=seconds)
        order = await stage.create()
        stage.hands.pass_(3600)
        answer = await stage.pay(order)
        said = "Kept: it came after the deadline, the order is canceled."
        assert (answer["taken"], answer["message"], answer["status"]) == ("kept", said, "CANCELED")

    async def test_an_address_that_nobody_has_is_refused_and_nothing_is_sent(self, stage: Stage) -> None:
        said = await stage.complaint("swaps/deposit", address="PRACTICE-BTC-00", amount="0.1", currency="BTC")
        assert said == "address: nobody at the practice exchange has this address, nothing was sent"
        assert await stage.balance("BTC") == 1

    async def test_the_wallet_cannot_send_more_than_it_has(self, stage: Stage) -> None:
        order = await stage.create()
        said = await stage.complaint("swaps/deposit", address=order["deposit_address"], amount="20001", currency="USDC")
        assert said == "amount: the demo wallet has only 20000 USDC"

    async def test_a_coin_may_be_named_by_symbol_and_network(self, stage: Stage) -> None:
        order = await stage.create(deposit_currency="USDTTRC")
        assert (await stage.pay(order, currency="USDT", network="TRON"))["taken"] == "seen"


class TestCoins:
    async def test_what_was_swapped_arrives_with_the_last_status_and_once(self, stage: Stage) -> None:
        order = await stage.create(withdraw_address=OWN_BTC)
        await stage.pay(order)
        assert await stage.balance("USDC") == 19_500
        stage.hands.pass_(9)
        details = await stage.details(order)
        assert details["status"] == "RELEASED"
        assert await stage.balance("BTC") == 1
        stage.hands.pass_(3)
        assert await stage.status(order) == "COMPLETED"
        assert await stage.balance("BTC") == Decimal("1.00991015")
        (arrival,) = (await stage.wallet())["arrivals"]
        assert (arrival["kind"], arrival["code"], arrival["amount"]) == ("payout", "BTC", "0.00991015")
        assert arrival["transaction"] == details["withdraw_transaction"] != ""

    async def test_payouts_to_other_addresses_can_be_asked_for(self, stage: Stage) -> None:
        order = await stage.create(withdraw_currency="XRP", withdraw_address="rSomebody", withdraw_extra_id="77")
        await stage.pay(order)
        await stage.walk(order)
        assert (await stage.wallet())["arrivals"] == []
        (arrival,) = (await stage.wallet(address="rSomebody"))["arrivals"]
        assert (arrival["extra_id"], arrival["reference"]) == ("77", order["unique_reference"])

    async def test_a_refund_without_an_address_goes_back_where_it_came_from(self, stage: Stage) -> None:
        await stage.control("swaps/flow", flow="kyc_failed")
        order = await stage.create()
        await stage.pay(order)
        assert await stage.balance("USDC") == 19_500
        await stage.walk(order)
        assert await stage.balance("USDC") == 20_000

    async def test_a_refund_goes_to_the_refund_address_with_its_memo(self, stage: Stage) -> None:
        await stage.control("swaps/flow", flow="refund_retried")
        order = await stage.create(deposit_currency="XRP", refund_address="rMine", refund_extra_id="7")
        await stage.pay(order)
        await stage.walk(order)
        (arrival,) = (await stage.wallet(address="rMine"))["arrivals"]
        assert (arrival["amount"], arrival["extra_id"]) == ("500", "7")

    async def test_a_floating_order_is_settled_at_the_rate_of_its_payment(
        self, stage: Stage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        fixed, floating = await stage.fixed(), await stage.create()
        monkeypatch.setitem(DOLLARS, "BTC", "100000")
        for order in (fixed, floating):
            await stage.pay(order)
        stage.hands.pass_(3)
        fixed, floating = await stage.details(fixed), await stage.details(floating)
        assert (fixed["withdraw_amount"], fixed["rate"]) == ("0.00991015", "50200.000")
        assert (floating["withdraw_amount"], floating["rate"]) == ("0.00493007", "100400.000")

    async def test_capitals_of_hexadecimal_addresses_are_no_difference(self, stage: Stage) -> None:
        order = await stage.create(withdraw_currency="ETH", withdraw_address=DEAD.lower())
        await stage.pay(order)
        await stage.walk(order)
        assert await stage.balance("ETH") > 10

    async def test_a_command_makes_the_deposit_come_from_elsewhere(self, stage: Stage) -> None:
        order = await stage.create(withdraw_address=OWN_BTC)
        await stage.put(order, "COMPLETED", force=True)
        assert await stage.balance("USDC") == 20_000
        assert await stage.balance("BTC") > 1
        assert (await stage.details(order))["deposit_transaction"] != ""

    async def test_no_jump_pays_out_twice(self, stage: Stage) -> None:
        order = await stage.create(withdraw_address=OWN_BTC)
        for status in ("COMPLETED", "RELEASED", "COMPLETED", "REFUNDED"):
            await stage.put(order, status, force=True)
        assert len((await stage.wallet())["arrivals"]) == 1
