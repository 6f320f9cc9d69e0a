import pytest
import sqlalchemy as sa

from chatbot.domain.audit import Deed
from chatbot.domain.ids import ChatId
from chatbot.domain.notices import NoticeKind, NoticeMode
from chatbot.storage.audit import AUDIT
from tests.services.house import ANNA, BORIS, CHAT, House


async def test_everything_comes_with_a_sound_until_something_else_is_chosen(house: House) -> None:
    assert set((await house.preferences.modes(CHAT)).values()) == {NoticeMode.ON}
    assert set(await house.preferences.modes(CHAT)) == set(NoticeKind)


async def test_the_last_choice_counts_for_this_chat_and_kind_alone(house: House) -> None:
    for mode in (NoticeMode.OFF, NoticeMode.SILENT):
        await house.preferences.choose(CHAT, NoticeKind.ORDER, mode, by=ANNA)
    modes = await house.restarted().preferences.modes(CHAT)
    assert {kind for kind, mode in modes.items() if mode is not NoticeMode.ON} == {NoticeKind.ORDER}
    assert modes[NoticeKind.ORDER] is NoticeMode.SILENT
    assert (await house.preferences.modes(ChatId(BORIS)))[NoticeKind.ORDER] is NoticeMode.ON


async def test_alarms_cannot_be_changed(house: House) -> None:
    with pytest.raises(ValueError, match="alarm"):
        await house.preferences.choose(CHAT, NoticeKind.ALARM, NoticeMode.OFF, by=ANNA)


async def test_a_choice_is_written_down(house: House) -> None:
    await house.preferences.choose(CHAT, NoticeKind.ORDER, NoticeMode.OFF, by=ANNA)
    query = sa.select(AUDIT.c.deed, AUDIT.c.subject, AUDIT.c.result).order_by(AUDIT.c.seq.desc()).limit(1)
    (row,) = await house.storage.database.read(lambda connection: connection.execute(query).all())
    assert tuple(row) == (Deed.NOTICES_CHANGED, "order", "off")
