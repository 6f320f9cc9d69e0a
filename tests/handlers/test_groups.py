"""Where the bot is, over a real socket: added, silenced, removed, back; renamed, upgraded, its topics. And /here."""

import pytest

from chatbot.demo import groups, members
from chatbot.demo.standings import PERMISSIONS, Status
from chatbot.domain.chats import ChatType, KnownChat, Topic
from chatbot.domain.ids import ChatId
from chatbot.domain.people import Access
from chatbot.domain.places import Place
from handlers.actions import ShowHere
from tests.handlers.conversation import Conversation
from tests.handlers.stage import ALICE, BOB, CAROL, GROUP, Stage, staged
from tests.services.house import ANNA, House

FORUM, CHANNEL = -1_000_000_004_002, -1_000_000_004_003


async def put_bot(stage: Stage, status: Status, *, chat: int = GROUP, by: int = BOB) -> None:
    world = stage.chat.world
    members.change(world, world.chats[chat], world.bot, status, by=world.people[by])
    await stage.settled()


async def come_back(stage: Stage, *, chat: int = GROUP, by: int = BOB) -> None:
    """Out and in again."""
    await put_bot(stage, Status.LEFT, chat=chat, by=ALICE)
    status = Status.ADMINISTRATOR if chat == CHANNEL else Status.MEMBER
    await put_bot(stage, status, chat=chat, by=by)


async def test_a_member_who_adds_the_bot_lets_it_speak_in_the_group(stage: Stage) -> None:
    await come_back(stage, by=BOB)
    assert stage.chats.arrivals == [(GROUP, GROUP)] and GROUP in stage.chats.vouched


async def test_a_stranger_who_adds_the_bot_is_met_with_silence_and_leaves_no_trace(stage: Stage) -> None:
    await come_back(stage, by=CAROL)
    await stage.write("/ping", user=CAROL, chat=GROUP)
    assert not stage.chats.arrivals and not stage.chats.losses and not stage.said(GROUP)
    assert not stage.chats.vouched and not stage.chats.known


async def test_the_message_by_which_somebody_stands_for_a_group_makes_it_known(stage: Stage) -> None:
    await stage.write("/ping", user=BOB, chat=GROUP)
    assert set(stage.chats.known) == stage.chats.vouched == {GROUP}


async def test_a_stranger_may_bring_it_back_to_a_group_somebody_stands_for(stage: Stage) -> None:
    stage.chats.vouched.add(ChatId(GROUP))
    await come_back(stage, by=CAROL)
    assert stage.chats.arrivals == [(GROUP, GROUP)]


async def test_with_open_access_nobody_has_to_stand_for_a_group() -> None:
    async with staged(access=Access.OPEN) as stage:
        await come_back(stage, by=CAROL)
        assert stage.chats.arrivals == [(GROUP, GROUP)]


@pytest.mark.parametrize(("by", "told"), [(ALICE, ALICE), (CAROL, None)])
async def test_of_a_channel_whoever_lets_it_in_is_told_in_private_if_they_have_access(
    stage: Stage, by: int, told: int | None
) -> None:
    world = stage.chat.world
    members.change(world, world.chats[CHANNEL], world.people[by], Status.ADMINISTRATOR, by=world.people[ALICE])
    stage.chats.vouched.add(ChatId(CHANNEL))
    await come_back(stage, chat=CHANNEL, by=by)
    assert stage.chats.arrivals == [(CHANNEL, told)]


async def test_being_removed_and_losing_the_right_to_write_are_told_apart(stage: Stage) -> None:
    world = stage.chat.world
    forum, boss = world.chats[FORUM], world.people[ALICE]
    stage.chats.vouched.add(ChatId(FORUM))
    members.restrict(world, forum, world.bot, (), by=boss)
    await stage.settled()
    members.restrict(world, forum, world.bot, PERMISSIONS, by=boss)
    await put_bot(stage, Status.KICKED, chat=FORUM, by=ALICE)
    assert stage.chats.losses == [(FORUM, True), (FORUM, False)]
    assert [chat for chat, _ in stage.chats.arrivals] == [FORUM]


async def test_a_channel_where_it_may_not_post_any_more_is_lost(stage: Stage) -> None:
    world = stage.chat.world
    channel, boss = world.chats[CHANNEL], world.people[ALICE]
    stage.chats.vouched.add(ChatId(CHANNEL))
    members.appoint(world, channel, world.bot, {"can_edit_messages"}, by=boss)
    members.appoint(world, channel, world.bot, {"can_post_messages"}, by=boss)
    await stage.settled()
    assert stage.chats.losses == [(CHANNEL, True)] and stage.chats.arrivals == [(CHANNEL, ALICE)]


async def test_a_topic_that_is_opened_again_goes_on(stage: Stage) -> None:
    world = stage.chat.world
    forum, boss = world.chats[FORUM], world.people[ALICE]
    stage.chats.vouched.add(ChatId(FORUM))
    topic = max(forum.topics)
    for closed in (True, False):
        groups.close_topic(world, forum, topic, closed=closed, by=boss)
    await stage.settled()
    assert set(stage.chats.reopenings) == {Place(chat=ChatId(FORUM), thread=topic)}


async def test_rights_that_do_not_keep_it_from_writing_are_no_news(stage: Stage) -> None:
    await put_bot(stage, Status.ADMINISTRATOR, by=ALICE)
    await put_bot(stage, Status.MEMBER, by=ALICE)
    assert not stage.chats.arrivals and not stage.chats.losses


async def test_news_of_rights_end_what_is_remembered_of_admins(stage: Stage) -> None:
    stage.chats.vouched.add(ChatId(GROUP))
    await put_bot(stage, Status.ADMINISTRATOR, by=ALICE)  # Telegram tells only admins of other members
    await stage.write("/admin x", user=BOB, chat=GROUP)
    world = stage.chat.world
    members.change(world, world.chats[GROUP], world.people[BOB], Status.ADMINISTRATOR, by=world.people[ALICE])
    await stage.write("/admin y", user=BOB, chat=GROUP)
    assert stage.ran == [f"admin y by {BOB} in {GROUP}/None"]


async def test_who_opens_the_private_chat_after_all_is_written_to_again(stage: Stage) -> None:
    stage.chats.paused.add(ChatId(BOB))
    await stage.write("/start")
    assert stage.chats.paused == set()


async def test_an_upgrade_moves_the_chat_once_for_each_of_its_two_messages(stage: Stage) -> None:
    world = stage.chat.world
    new = groups.upgrade(world, world.chats[GROUP], by=world.people[ALICE])
    await stage.settled()
    assert stage.chats.moves == [(GROUP, new.id)] * 2


async def test_titles_are_kept_as_they_are_now_where_somebody_stands_for_the_group(stage: Stage) -> None:
    world = stage.chat.world
    for chat in (GROUP, FORUM):
        groups.rename(world, world.chats[chat], "New name", by=world.people[ALICE])
    stage.chats.vouched.add(ChatId(FORUM))
    groups.rename(world, world.chats[FORUM], "Newer", by=world.people[ALICE])
    await stage.settled()
    [known] = stage.chats.all()
    assert (known.id, known.type, known.title, known.is_forum) == (FORUM, ChatType.SUPERGROUP, "Newer", True)


async def test_names_and_states_of_topics_are_kept(stage: Stage) -> None:
    stage.chats.vouched.add(ChatId(FORUM))
    world = stage.chat.world
    forum, boss = world.chats[FORUM], world.people[ALICE]
    topic = groups.create_topic(world, forum, "Signals", by=boss)
    place = Place(chat=ChatId(FORUM), thread=topic.id)
    await stage.settled()
    assert stage.chats.topics == {place: Topic(name="Signals")}
    groups.rename_topic(world, forum, topic.id, "Levels", by=boss)
    groups.close_topic(world, forum, topic.id, closed=True, by=boss)
    await stage.settled()
    assert stage.chats.topics == {place: Topic(name="Levels", is_closed=True)}
    groups.close_topic(world, forum, topic.id, closed=False, by=boss)
    await stage.settled()
    assert stage.chats.topics == {place: Topic(name="Levels")}


async def test_the_name_of_an_older_topic_is_learnt_from_what_is_said_there(stage: Stage) -> None:
    stage.chats.vouched.add(ChatId(FORUM))
    number, topic = next(each for each in stage.chat.world.chats[FORUM].topics.items() if each[0] != 1)
    await stage.write("/ping", user=BOB, chat=FORUM, thread=number)
    assert stage.chats.topics == {Place(chat=ChatId(FORUM), thread=number): Topic(name=topic.name)}


TRADERS = KnownChat(id=ChatId(-7), type=ChatType.SUPERGROUP, title="Traders")


@pytest.fixture
async def chosen(house: House) -> None:
    """Anna stands for a group."""
    await house.storage.chats.note(TRADERS)
    await house.storage.chats.vouch(TRADERS.id, by=ANNA, now=house.clock.now())


@pytest.mark.usefixtures("chosen")
async def test_in_private_here_leads_to_the_persons_groups_and_back(house: House, anna: Conversation) -> None:
    anna.chat.admins.add((TRADERS.id, ANNA))
    await anna.say("/here")
    assert anna.last.text.startswith("Pushes set here come into our private chat.\n0 of 50 alerts.")
    await anna.tap("Traders")
    assert 'Set more from here: /alert @"Traders" BTC > 80000' in anna.last.text
    await anna.tap("All places")
    assert "Your groups and channels:" in anna.last.text
    anna.chat.admins.clear()
    house.clock.pass_(61)
    await anna.say("/here")
    assert "Traders" not in str(anna.last.fields)


@pytest.mark.usefixtures("chosen")
async def test_here_shows_the_place_that_is_named_or_says_what_is_wrong(anna: Conversation) -> None:
    await anna.say('/here @"Traders"')
    assert "of which you are an admin" in anna.last.text
    anna.chat.admins.add((TRADERS.id, ANNA))
    anna.house.clock.pass_(61)
    await anna.say('/here @"Traders"')
    assert anna.last.text.startswith("Traders · group")
    await anna.say("/here nonsense")
    assert "Write /here alone" in anna.last.text


@pytest.mark.usefixtures("chosen")
async def test_what_is_set_elsewhere_is_ended_by_a_line_that_names_the_place(anna: Conversation) -> None:
    anna.chat.admins.add((TRADERS.id, ANNA))
    for said, ended_by in (("/board @traders BTC", "/board"), ("/digest @traders 9:00", "/digest")):
        await anna.say(said.replace("@traders", '@"Traders"'))
        assert f'{ended_by} @"Traders" off' in anna.last.text
    await anna.say('/board @"Traders" off')
    await anna.say('/board @"Traders" off')
    assert 'Write /board @"Traders" BTC ETH' in anna.last.text


@pytest.mark.usefixtures("chosen")
@pytest.mark.parametrize("group", [TRADERS.id, ChatId(-9), ChatId(ANNA)])
async def test_what_goes_on_in_a_group_is_for_its_admins_whoever_forged_the_button(
    anna: Conversation, group: ChatId
) -> None:
    await anna.tap_forged(ShowHere(group=group))
    [shown] = anna.shown
    assert shown.text.startswith("I am not in that chat")
    assert not any("Traders" in shown.text for shown in anna.shown)
