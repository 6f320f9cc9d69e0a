"""Cards of swaps in the chat: they follow, count down, and never let anybody pay by what is out of date."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from telegram.error import NetworkError

from chatbot.domain.ids import MessageId, SwapId
from chatbot.domain.preferences import NumberStyle
from chatbot.domain.swaps import SwapStatus
from handlers.actions import RefreshSwap
from handlers.transport import Flooded
from tests.fakes.swap_service import DEPOSIT_ADDRESSES, swap
from tests.handlers.conversation import Conversation
from tests.handlers.swapping import Desk
from tests.services.house import CHAT

MINUTE, HOUR = 60, 3_600
TO = DEPOSIT_ADDRESSES["ETH"]


async def test_picture_goes_as_soon_as_the_deposit_is_seen(desk: Desk) -> None:
    await desk.created()
    await desk.goes_on(SwapStatus.UNCONFIRMED_PAYMENT)
    assert desk.pictures == [] and "deposit seen" in desk.card.text and TO not in desk.card.text
    assert (await desk.followed()).picture is None


async def test_one_message_lives_through_every_status(desk: Desk) -> None:
    await desk.created()
    card = desk.card.id
    for status in (SwapStatus.PAID, SwapStatus.PRE_RELEASE, SwapStatus.RELEASED, SwapStatus.COMPLETED):
        await desk.goes_on(status)
        assert desk.card.id == card and str(status) in desk.card.text


async def test_time_left_is_counted_down_between_looks(desk: Desk) -> None:
    await desk.created()
    assert "59 min left" in desk.card.text
    await desk.look(after=9 * MINUTE)
    await desk.paint(after=MINUTE)
    assert "49 min left" in desk.card.text and TO in desk.card.text
    await desk.look(after=47 * MINUTE)
    await desk.paint(after=MINUTE)
    assert "1 min left" in desk.card.text and TO in desk.card.text
    await desk.paint(after=70)
    assert "1 min left" not in desk.card.text and " s left" in desk.card.text


async def test_at_the_deadline_address_and_picture_are_gone_whatever_the_service_says(desk: Desk) -> None:
    await desk.created()
    await desk.paint(after=HOUR)
    assert TO not in desk.card.text and "do not send anything" in desk.card.text
    assert desk.pictures == [] and (await desk.followed()).picture is None


async def test_a_restart_goes_on_counting_with_the_same_messages(desk: Desk) -> None:
    await desk.created()
    before = {shown.id for shown in desk.anna.shown}
    desk.another()
    await desk.look(after=30 * MINUTE)
    await desk.paint()
    assert "29 min left" in desk.card.text and TO in desk.card.text
    desk.another()
    await desk.paint(after=HOUR)
    assert TO not in desk.card.text and desk.pictures == []
    assert {shown.id for shown in desk.anna.shown} < before


async def test_card_that_nobody_looked_at_for_five_minutes_is_not_to_be_paid_by_until_somebody_does(desk: Desk) -> None:
    await desk.created()
    await desk.paint(after=4 * MINUTE)
    assert TO in desk.card.text and len(desk.pictures) == 1
    await desk.paint(after=2 * MINUTE)
    assert TO not in desk.card.text and desk.pictures == []
    assert desk.card.text.startswith("⚠️ Refresh before you pay")
    await desk.look()
    await desk.paint(after=MINUTE)
    assert TO in desk.card.text and len(desk.pictures) == 1


async def test_start_finds_every_card_that_waits_for_its_deposit(desk: Desk) -> None:
    made = await desk.created()
    far = desk.house.clock.now() + timedelta(days=1)
    await desk.house.storage.swaps.update(made.id, lambda old: replace(old, next_look_at=far), now=far)
    desk.another()
    await desk.paint(after=HOUR)
    assert TO not in desk.card.text and desk.pictures == []


async def test_countdown_gives_way_to_what_is_said_in_the_chat(desk: Desk, anna: Conversation) -> None:
    await desk.created()
    desk.house.clock.pass_(5 * MINUTE)
    await anna.say("/stop")
    shown = desk.card.text
    await desk.painter.step()
    begun, desk.errands.begun = desk.errands.begun, []
    await asyncio.gather(*begun)
    assert desk.card.text == shown
    await desk.paint(after=15)
    assert desk.card.text != shown


async def test_card_that_was_deleted_comes_anew_with_news_and_not_to_count(desk: Desk, anna: Conversation) -> None:
    await desk.created()
    del anna.chat.messages[desk.card.id]
    await desk.paint(after=5 * MINUTE)
    assert desk.cards == []
    await desk.goes_on(SwapStatus.PAID)
    assert "deposit confirmed" in desk.card.text


async def test_crash_between_sending_and_writing_down_gives_two_cards_and_not_none(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.asked()
    await desk.confirm()

    async def die(*_: object, **__: object) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as patched:
        patched.setattr(desk.house.storage.swaps, "attach", die)
        with pytest.raises(RuntimeError, match="killed"):
            await desk.paint()
    desk.another()
    await desk.paint()
    assert len(desk.cards) == 2 and len(desk.pictures) == 1
    assert (await desk.followed()).message == desk.cards[-1].id


async def test_crash_between_sending_a_picture_and_writing_it_down_leaves_one_picture(
    desk: Desk, anna: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.asked()
    await desk.confirm()
    attach = desk.house.storage.swaps.attach

    async def die(swap: SwapId, *, message: MessageId | None = None, picture: MessageId | None = None) -> None:
        if picture:
            raise RuntimeError("killed")
        await attach(swap, message=message, picture=picture)

    with monkeypatch.context() as patched:
        patched.setattr(desk.house.storage.swaps, "attach", die)
        with pytest.raises(RuntimeError, match="killed"):
            await desk.paint()
    desk.another()
    await desk.paint(after=MINUTE)
    assert len(desk.pictures) == 1
    await anna.tap("QR")
    await desk.paint()
    assert (await desk.followed()).picture == desk.pictures[-1].id


async def test_picture_that_may_have_arrived_is_not_sent_again_unasked(
    desk: Desk, anna: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.asked()
    await desk.confirm()
    send = anna.chat.send

    async def no_answer(method: str, **fields: object) -> int:
        sent = await send(method, **fields)
        if method == "sendPhoto":
            raise NetworkError("broke")
        return sent

    with monkeypatch.context() as patched:
        patched.setattr(anna.chat, "send", no_answer)
        await desk.paint()
    await desk.paint(after=10)
    assert len(desk.pictures) == 1


async def test_what_telegram_did_not_take_is_painted_later(
    desk: Desk, anna: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.asked()
    await desk.confirm()

    async def flooded(*_: object, **__: object) -> int:
        raise Flooded(120.0)

    with monkeypatch.context() as patched:
        patched.setattr(anna.chat, "send", flooded)
        await desk.paint()
    assert desk.cards == []
    await desk.paint(after=2 * MINUTE)
    assert TO in desk.card.text and len(desk.pictures) == 1


async def test_picture_that_did_not_go_is_sent_later_below_the_card_that_did(
    desk: Desk, anna: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.asked()
    await desk.confirm()
    send = anna.chat.send

    async def no_pictures(method: str, **fields: object) -> int:
        if method == "sendPhoto":
            raise Flooded(120.0)
        return await send(method, **fields)

    with monkeypatch.context() as patched:
        patched.setattr(anna.chat, "send", no_pictures)
        await desk.paint()
    assert len(desk.cards) == 1 and desk.pictures == []
    await desk.look(after=2 * MINUTE)
    await desk.paint()
    assert len(desk.cards) == 1 and len(desk.pictures) == 1


async def test_picture_that_cannot_be_deleted_is_tried_again_and_let_be_after_two_days(
    desk: Desk, anna: Conversation
) -> None:
    await desk.created()
    anna.chat.keeps = True
    await desk.goes_on(SwapStatus.PAID)
    assert (await desk.followed()).picture is not None
    anna.chat.keeps = False
    await desk.paint(after=10)
    assert (await desk.followed()).picture is None and desk.pictures == []
    await desk.house.storage.swaps.attach((await desk.followed()).id, picture=MessageId(1))
    anna.chat.keeps = True
    await desk.goes_on(SwapStatus.RELEASED)
    await desk.paint(after=timedelta(hours=49).total_seconds())
    assert (await desk.followed()).picture is None


async def test_doubtful_order_is_never_shown_with_its_address(desk: Desk) -> None:
    await desk.created()
    made = await desk.followed()
    await desk.goes_on(SwapStatus.INITIAL, deposit_address="0x52908400098527886E0F7030069857D2E4169EE8")
    assert desk.card.text.startswith("🛑 Do not pay") and "0x529084" not in desk.card.text
    assert desk.pictures == [] and made.swap.deposit_address == TO


async def test_old_card_that_cannot_be_deleted_says_that_it_is_further_down(desk: Desk, anna: Conversation) -> None:
    made = await desk.created()
    anna.chat.keeps = True
    first = desk.card
    await anna.say(f"/swap {made.swap.reference}")
    await desk.paint()
    assert first.text == "The card of this swap is further down now." and desk.card.id > first.id


async def test_refresh_shows_when_it_was_looked(desk: Desk, anna: Conversation) -> None:
    desk.service.put(desk.key, swap(status=SwapStatus.PAID, status_name="PAID"))
    await anna.say("/swap ABCDEF")
    await desk.paint()
    desk.house.clock.pass_(30 * MINUTE)
    await anna.tap_forged(RefreshSwap(swap=(await desk.followed()).id))
    await desk.paint()
    assert "as of 12:30 UTC" in desk.card.text


async def test_card_is_written_as_its_reader_wants_numbers(desk: Desk, anna: Conversation) -> None:
    await anna.say("/settings")
    await anna.tap("Numbers")
    await anna.tap("76.519,57")
    await desk.asked("1500.5 USDC to BTC")
    await desk.confirm()
    await desk.paint()
    assert desk.house.preferences.of_chat(CHAT).numbers is NumberStyle.POINT
    assert "Send exactly 1.500,5 USDC" in desk.card.text and "in one transfer: 1500.5" in desk.card.text
