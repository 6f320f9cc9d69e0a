"""Who manages what is told in a chat, and from where: by words and by buttons, over a real socket."""

from dataclasses import replace

import pytest

from chatbot.demo import members
from chatbot.demo.faults import Fault, FaultKind
from chatbot.demo.standings import Status
from chatbot.domain.ids import ChatId
from chatbot.domain.people import Access
from handlers.buttons import pack
from handlers.views import door
from tests.handlers.stage import ALICE, BOB, CAROL, GROUP, Manage, Stage, staged

FORUM, CHANNEL = -1_000_000_004_002, -1_000_000_004_003
"""Alice created these and the group; Bob and Carol are members. The bot may post in all."""


@pytest.fixture
def home(stage: Stage) -> Stage:
    """Somebody stands for the group and the forum."""
    stage.chats.vouched |= {ChatId(GROUP), ChatId(FORUM)}
    return stage


def promote(stage: Stage, user: int, *, chat: int = GROUP, status: Status = Status.ADMINISTRATOR) -> None:
    world = stage.chat.world
    members.change(world, world.chats[chat], world.people[user], status, by=world.people[ALICE])


def silence_telegram(stage: Stage, *, times: int = 1) -> None:
    fault = Fault(method="getchatmember", kind=FaultKind.HTML_502, times=times, seconds=0, chat=None)
    stage.chat.faults.add(fault)


def managed(by: int, where: int, *, args: str = "x", thread: int | None = None) -> str:
    return f"admin {args} by {by} in {where}/{thread}"


async def test_admins_manage_their_group_and_need_no_access_for_it(home: Stage) -> None:
    promote(home, CAROL)
    await home.write("/admin x", user=ALICE, chat=GROUP)
    await home.write("/admin x", user=CAROL, chat=GROUP)
    assert home.ran == [managed(ALICE, GROUP), managed(CAROL, GROUP)]


async def test_members_manage_nothing_and_are_told_so_once(home: Stage) -> None:
    await home.write("/admin x", user=BOB, chat=GROUP)
    await home.write("/admin y", user=BOB, chat=GROUP)
    assert home.ran == [] and home.said(GROUP) == [door.ADMINS_ONLY]


async def test_an_admin_of_a_group_nobody_stands_for_is_met_with_silence(stage: Stage) -> None:
    promote(stage, CAROL)
    await stage.write("/admin x", user=CAROL, chat=GROUP)
    assert stage.ran == [] and stage.said(GROUP) == []


async def test_in_private_managing_needs_access(stage: Stage) -> None:
    promote(stage, CAROL)
    await stage.write("/admin x", user=BOB)
    await stage.write("/admin x", user=CAROL)
    assert stage.ran == [managed(BOB, BOB)] and stage.said(CAROL) == [door.STRANGER]


async def test_who_is_an_admin_no_longer_manages_no_longer(home: Stage) -> None:
    promote(home, BOB)
    await home.write("/admin x", user=BOB, chat=GROUP)
    promote(home, BOB, status=Status.MEMBER)
    await home.clock.sleep(61)
    await home.write("/admin y", user=BOB, chat=GROUP)
    assert home.ran == [managed(BOB, GROUP)]


async def test_without_telegrams_word_nobody_is_an_admin(home: Stage) -> None:
    silence_telegram(home)
    await home.write("/admin x", user=ALICE, chat=GROUP)
    assert home.ran == [] and home.said(GROUP) == [door.UNCLEAR]
    await home.write("/admin y", user=ALICE, chat=GROUP)
    assert home.ran == [managed(ALICE, GROUP, args="y")]


async def test_what_is_set_belongs_to_the_topic_it_is_written_in(home: Stage) -> None:
    topic = next(number for number in home.chat.world.chats[FORUM].topics if number != 1)
    await home.write("/admin x", user=ALICE, chat=FORUM, thread=topic)
    await home.write("/admin y", user=ALICE, chat=FORUM)
    assert home.ran == [managed(ALICE, FORUM, thread=topic), managed(ALICE, FORUM, args="y")]


async def test_a_command_for_another_bot_is_left_to_it(home: Stage) -> None:
    await home.write("/admin@other_bot x", user=ALICE, chat=GROUP)
    await home.write("/admin@andx_practice_bot y", user=ALICE, chat=GROUP)
    assert home.ran == [managed(ALICE, GROUP, args="y")]


@pytest.mark.parametrize("how", [{"anonymous": True}, {"as_channel": True}])
async def test_who_hides_behind_a_chat_is_told_seldom_why_nothing_happens(home: Stage, how: dict[str, bool]) -> None:
    await home.write("/admin x", user=ALICE, chat=GROUP, **how)
    await home.write("/admin y", user=ALICE, chat=GROUP, **how)
    assert home.ran == []
    [said] = home.said(GROUP)
    assert said.startswith("I cannot see who you are")


async def test_what_was_forwarded_gets_no_such_answer(home: Stage) -> None:
    await home.write("/admin x", user=ALICE, chat=GROUP, forwarded=True, anonymous=True)
    assert home.ran == [] and home.said(GROUP) == []


async def test_a_tap_of_another_member_changes_nothing(home: Stage) -> None:
    await home.write("/admin x", user=ALICE, chat=GROUP)
    card = home.last(GROUP)
    home.ran.clear()
    assert await home.tap("Manage", message=card, user=BOB, chat=GROUP) == door.ADMINS_ONLY
    assert home.ran == []
    await home.tap("Manage", message=card, user=ALICE, chat=GROUP)
    assert home.ran == [f"managed {GROUP} by {ALICE}"]


async def test_without_telegrams_word_a_tap_changes_nothing(home: Stage) -> None:
    await home.write("/admin x", user=ALICE, chat=GROUP)
    home.ran.clear()
    await home.clock.sleep(61)
    silence_telegram(home)
    assert await home.tap("Manage", message=home.last(GROUP), user=ALICE, chat=GROUP) == door.UNCLEAR
    assert home.ran == []


@pytest.mark.parametrize("named", [CHANNEL, FORUM, BOB, ALICE])
async def test_in_a_group_a_button_manages_no_other_chat_whoever_forged_it(home: Stage, named: int) -> None:
    await home.write(f"/admin {named}", user=ALICE, chat=GROUP)  # shows a button for it
    home.ran.clear()
    data = pack(Manage(chat=ChatId(named)))
    await home.tap(message=home.last(GROUP), user=ALICE, chat=GROUP, data=data)
    assert home.ran == [f"may not manage {named} by {ALICE}"]


@pytest.mark.parametrize(
    ("user", "named", "may"),
    [
        (ALICE, CHANNEL, True),
        (ALICE, GROUP, True),
        (ALICE, BOB, False),
        (BOB, BOB, True),
        (BOB, CHANNEL, False),
        (BOB, GROUP, False),
        (BOB, -1_000_000_000_001, False),
    ],
)
async def test_in_private_a_button_manages_ones_own_and_what_one_is_an_admin_of(
    stage: Stage, user: int, named: int, may: bool
) -> None:
    await stage.write(f"/admin {named}", user=user)  # shows a button for it
    stage.ran.clear()
    await stage.tap(message=stage.last(user), user=user, data=pack(Manage(chat=ChatId(named))))
    assert stage.ran == [f"{'managed' if may else 'may not manage'} {named} by {user}"]


@pytest.mark.parametrize("name", ["@corner_news", '@"Corner News"', "@“corner”", '@"NEWS"'])
async def test_a_channel_is_managed_from_the_private_chat_of_one_of_its_admins(stage: Stage, name: str) -> None:
    await stage.write("/admin @corner_news", user=ALICE)  # from now on its title is known
    await stage.write(f"/admin {name} x", user=ALICE)
    assert stage.ran[1:] == [managed(ALICE, CHANNEL)]
    assert CHANNEL in stage.chats.vouched


@pytest.mark.parametrize(
    ("user", "words", "answer"),
    [
        (BOB, "@corner_news x", "InputError"),  # a subscriber
        (BOB, '@"Corner News" x', "InputError"),
        (ALICE, "@nosuch_channel x", "InputError"),
        (ALICE, '@"Secret"', "InputError"),
        (ALICE, "@", "InputError"),
        (ALICE, '@"" x', "InputError"),
        (ALICE, "@-1000000004003 x", "InputError"),
        (ALICE, f"@{BOB}", "InputError"),
    ],
)
async def test_other_channels_are_not(stage: Stage, user: int, words: str, answer: str) -> None:
    await stage.write("/admin @corner_news known", user=ALICE)
    stage.ran.clear()
    await stage.write(f"/admin {words}", user=user)
    assert stage.ran == [] and stage.said(user)[-1] == f"sorry: {answer}"


async def test_groups_of_strangers_with_the_same_title_hide_no_real_one(stage: Stage) -> None:
    await stage.write("/admin @corner_news", user=ALICE)
    news = stage.chats.known.pop(ChatId(CHANNEL))
    forged = [replace(news, id=ChatId(-9_000_000 - number)) for number in range(60)]
    stage.chats.known = {chat.id: chat for chat in (*forged, news)}
    stage.chats.vouched |= {chat.id for chat in forged[:30]}
    await stage.write('/admin @"Corner News" x', user=ALICE)
    assert stage.ran[1:] == [managed(ALICE, CHANNEL)]


async def test_with_open_access_a_visitor_stands_for_no_channel() -> None:
    async with staged(access=Access.OPEN) as stage:
        world = stage.chat.world
        members.change(world, world.chats[CHANNEL], world.people[CAROL], Status.ADMINISTRATOR, by=world.people[ALICE])
        await stage.write("/admin @corner_news x", user=CAROL)
        assert stage.ran == [managed(CAROL, CHANNEL)] and not stage.chats.vouched


async def test_a_channel_the_bot_may_not_post_in_is_not_managed(stage: Stage) -> None:
    world = stage.chat.world
    members.appoint(world, world.chats[CHANNEL], world.bot, {"can_edit_messages"}, by=world.people[ALICE])
    await stage.write("/admin @corner_news x", user=ALICE)
    members.change(world, world.chats[CHANNEL], world.bot, Status.LEFT, by=world.people[ALICE])
    await stage.write("/admin @corner_news x", user=ALICE)
    assert stage.ran == [] and stage.said(ALICE) == ["sorry: InputError"] * 2


async def test_without_telegrams_word_no_channel_is_managed(stage: Stage) -> None:
    silence_telegram(stage)
    await stage.write("/admin @corner_news x", user=ALICE)
    assert stage.ran == [] and stage.said(ALICE) == ["sorry: RightsUnknown"]


async def test_a_group_names_no_other_chat(home: Stage) -> None:
    await home.write("/admin @corner_news x", user=ALICE, chat=GROUP)
    assert home.ran == [] and home.said(GROUP) == ["sorry: InputError"]
