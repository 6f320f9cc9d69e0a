"""Who may do what in a chat: what Telegram says, for how long it counts, and that no answer is no yes."""

import asyncio
import json
from typing import Any, cast

import pytest
from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError, TelegramError

from chatbot.domain.chats import ChatType, KnownChat, Rights
from chatbot.domain.errors import RightsUnknown
from chatbot.domain.ids import ChatId, PersonId
from handlers.admins import Admins
from handlers.api import BotApi
from handlers.transport import Flooded
from tests.handlers.fakes import StillClock

BOT = 2
ANN, BEN = PersonId(5), PersonId(6)
HERE, THERE = ChatId(-7), ChatId(-8)


class Telegram:
    """Says what it is told to; `asked` are the calls."""

    def __init__(self) -> None:
        self.members: dict[tuple[int, int], dict[str, Any]] = {}
        self.chats: dict[Any, dict[str, Any]] = {}
        self.fault: Exception | None = None
        self.asked: list[tuple[str, Any]] = []
        self.go_on = asyncio.Event()
        self.go_on.set()

    def be(self, person: int, status: str, *, chat: int = HERE, **rights: bool) -> None:
        self.members[chat, person] = {"user": {"id": person, "is_bot": False}, "status": status, **rights}

    async def call(self, method: str, **fields: Any) -> bytes:
        self.asked.append((method, fields["chat_id"]))
        said = (
            self.chats.get(fields["chat_id"])
            if method == "getChat"
            else self.members.get((fields["chat_id"], fields["user_id"]))
        )
        await self.go_on.wait()
        if self.fault is not None:
            raise self.fault
        if said is None:
            raise BadRequest("Bad Request: " + ("chat not found" if method == "getChat" else "user not found"))
        return json.dumps(said).encode()


@pytest.fixture
def telegram() -> Telegram:
    return Telegram()


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def admins(telegram: Telegram, clock: StillClock) -> Admins:
    return Admins(api=cast(BotApi, telegram), bot=BOT, clock=clock)


@pytest.mark.parametrize(
    ("status", "is_admin"),
    [("creator", True), ("administrator", True)]
    + [(status, False) for status in ("member", "restricted", "left", "kicked", "owner", "")],
)
async def test_only_creator_and_administrators_are_admins(
    telegram: Telegram, admins: Admins, status: str, is_admin: bool
) -> None:
    telegram.be(ANN, status)
    assert await admins.is_admin(ANN, HERE) is is_admin


async def test_an_admin_of_another_group_is_none_here(telegram: Telegram, admins: Admins) -> None:
    telegram.be(ANN, "creator", chat=THERE)
    assert await admins.is_admin(ANN, THERE)
    assert not await admins.is_admin(ANN, HERE)


async def test_a_yes_holds_for_a_minute_and_a_no_for_ten_seconds(
    telegram: Telegram, admins: Admins, clock: StillClock
) -> None:
    telegram.be(ANN, "administrator")
    assert await admins.is_admin(ANN, HERE) and not await admins.is_admin(BEN, HERE)
    telegram.be(ANN, "member")
    telegram.be(BEN, "administrator")
    await clock.sleep(9.9)
    assert await admins.is_admin(ANN, HERE) and not await admins.is_admin(BEN, HERE)
    assert len(telegram.asked) == 2
    await clock.sleep(0.2)
    assert await admins.is_admin(ANN, HERE) and await admins.is_admin(BEN, HERE)
    await clock.sleep(50)
    assert not await admins.is_admin(ANN, HERE)


async def test_news_of_a_chat_end_what_was_remembered_of_it_alone(telegram: Telegram, admins: Admins) -> None:
    for chat in (HERE, THERE):
        telegram.be(ANN, "administrator", chat=chat)
        assert await admins.is_admin(ANN, chat)
        telegram.be(ANN, "member", chat=chat)
    admins.forget(HERE)
    assert not await admins.is_admin(ANN, HERE)
    assert await admins.is_admin(ANN, THERE)


async def test_news_that_come_while_telegram_answers_are_not_overtaken(telegram: Telegram, admins: Admins) -> None:
    telegram.be(ANN, "administrator")
    telegram.go_on.clear()
    asking = asyncio.ensure_future(admins.is_admin(ANN, HERE))
    await asyncio.sleep(0)
    telegram.be(ANN, "member")
    admins.forget(HERE)
    telegram.go_on.set()
    await asking
    assert not await admins.is_admin(ANN, HERE)


@pytest.mark.parametrize(
    "fault",
    [
        NetworkError("gone"),
        Flooded(3),
        TelegramError("not JSON"),
        BadRequest("member list is inaccessible"),
    ],
)
async def test_what_telegram_does_not_say_is_no_yes_and_is_not_remembered(
    telegram: Telegram, admins: Admins, fault: Exception
) -> None:
    telegram.be(ANN, "administrator")
    telegram.fault = fault
    with pytest.raises(RightsUnknown):
        await admins.is_admin(ANN, HERE)
    telegram.fault = None
    assert await admins.is_admin(ANN, HERE)


async def test_an_answer_that_is_none_is_no_yes(telegram: Telegram, admins: Admins) -> None:
    telegram.members[HERE, ANN] = {"status": 5}
    with pytest.raises(RightsUnknown):
        await admins.is_admin(ANN, HERE)


async def test_where_the_bot_was_removed_nobody_is_an_admin(telegram: Telegram, admins: Admins) -> None:
    telegram.fault = Forbidden("Forbidden: bot was kicked from the supergroup chat")
    assert not await admins.is_admin(ANN, HERE)


async def test_a_group_that_became_a_supergroup_is_asked_under_its_new_id(telegram: Telegram, admins: Admins) -> None:
    telegram.be(ANN, "creator", chat=THERE)

    async def call(method: str, **fields: Any) -> bytes:
        if fields["chat_id"] == HERE:
            raise ChatMigrated(THERE)
        return await Telegram.call(telegram, method, **fields)

    telegram.call = call  # type: ignore[method-assign]
    assert await admins.is_admin(ANN, HERE)


async def test_what_is_remembered_is_bounded(telegram: Telegram, admins: Admins, clock: StillClock) -> None:
    for number in range(10_000):
        await admins.is_admin(PersonId(number), HERE)
    await clock.sleep(11)
    await admins.is_admin(ANN, THERE)
    assert len(admins._answers) == 1


def _chat(kind: str, **more: object) -> dict[str, object]:
    return {"id": HERE, "type": kind, "title": "Corner", **more}


@pytest.mark.parametrize(
    ("chat", "me", "rights"),
    [
        (_chat("group"), {"status": "member"}, (True, True, False)),
        (_chat("group", permissions={"can_send_messages": False}), {"status": "member"}, (True, False, False)),
        (
            _chat("group", permissions={"can_send_messages": False}),
            {"status": "administrator", "can_pin_messages": True},
            (True, True, True),
        ),
        (_chat("group", permissions={"can_pin_messages": True}), {"status": "member"}, (True, True, True)),
        (
            _chat("supergroup", permissions={"can_pin_messages": True}),
            {"status": "administrator", "can_pin_messages": False},
            (True, True, False),
        ),
        (_chat("supergroup"), {"status": "restricted", "can_send_messages": False}, (True, False, False)),
        (_chat("supergroup"), {"status": "restricted", "can_send_messages": True}, (True, True, False)),
        (_chat("supergroup"), {"status": "restricted", "is_member": False}, (False, False, False)),
        (_chat("supergroup"), {"status": "left"}, (False, False, False)),
        (_chat("channel"), {"status": "administrator", "can_post_messages": True}, (True, True, False)),
        (_chat("channel"), {"status": "administrator", "can_edit_messages": True}, (True, False, True)),
        (_chat("channel"), {"status": "member"}, (True, False, False)),
    ],
)
async def test_what_the_bot_may_do_follows_from_its_rights_and_the_chats(
    telegram: Telegram,
    admins: Admins,
    chat: dict[str, object],
    me: dict[str, Any],
    rights: tuple[bool, bool, bool],
) -> None:
    telegram.chats[HERE] = chat
    telegram.members[HERE, BOT] = me
    is_in, may_write, may_pin = rights
    assert await admins.rights(HERE) == Rights(is_in=is_in, may_write=may_write, may_pin=may_pin)


async def test_a_chat_is_looked_up_by_name_and_people_are_none(telegram: Telegram, admins: Admins) -> None:
    telegram.chats["@corner"] = _chat("channel", username="corner")
    telegram.chats["@ann"] = {"id": 5, "type": "private", "first_name": "Ann"}
    expected = KnownChat(id=HERE, type=ChatType.CHANNEL, title="Corner", username="corner")
    assert await admins.look_up("@corner") == expected
    assert await admins.look_up("@ann") is None
    assert await admins.look_up("@nobody") is None
