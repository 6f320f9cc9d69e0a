import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from chatbot.domain.audit import Deed
from chatbot.domain.errors import FactorMissing
from chatbot.domain.factors import LOCKED_FOR, SETUP_LIFETIME, STEP, Accepted, Locked, Rejected, Spent
from chatbot.domain.notices import AlarmKind
from chatbot.domain.secrets import Secret
from chatbot.storage.factors import FACTORS, RECOVERY_CODES
from chatbot.storage.secrets import SECRETS
from tests.storage.examples import ANNA, ANNAS_CHAT, BORIS, NOW
from tests.storage.factor_keeping import APP, RECOVERY, SECRET, FactorKeeping

WRONG = "000000"


@pytest.fixture
async def keeping(tmp_path: Path) -> AsyncIterator[FactorKeeping]:
    async with FactorKeeping.opened(tmp_path) as kept:
        yield kept


async def test_a_factor_is_in_force_only_after_its_first_code(keeping: FactorKeeping) -> None:
    await keeping.factors.begin(ANNA, secret=SECRET, expires_at=NOW + SETUP_LIFETIME)
    assert not keeping.factors.has(ANNA) and await keeping.factors.get(ANNA) is None
    assert await keeping.confirm(digits=WRONG) is False
    assert not keeping.factors.has(ANNA)
    with pytest.raises(FactorMissing):
        await keeping.verify(APP.at(NOW))
    assert await keeping.confirm() is True
    assert keeping.factors.has(ANNA) and not keeping.factors.has(BORIS)
    factor = await keeping.factors.get(ANNA)
    assert factor is not None and (factor.since, factor.recovery_left) == (NOW, 8)


async def test_a_set_up_waits_through_a_restart_and_is_not_in_force_after_it(tmp_path: Path) -> None:
    async with FactorKeeping.opened(tmp_path) as kept:
        await kept.factors.begin(ANNA, secret=SECRET, expires_at=NOW + SETUP_LIFETIME)
    async with FactorKeeping.opened(tmp_path) as kept:
        assert not kept.factors.has(ANNA)
        assert await kept.confirm() is True


async def test_a_set_up_that_nobody_confirmed_in_time_is_over_and_erased(keeping: FactorKeeping) -> None:
    await keeping.factors.begin(ANNA, secret=SECRET, expires_at=NOW + SETUP_LIFETIME)
    await keeping.factors.prune(now=NOW + SETUP_LIFETIME - timedelta(seconds=1))
    assert await keeping.rows(SECRETS) == 1
    keeping.now = NOW + SETUP_LIFETIME
    assert await keeping.confirm() is None
    await keeping.factors.prune(now=keeping.now)
    assert await keeping.rows(SECRETS) == await keeping.rows(FACTORS) == 0


async def test_a_new_set_up_takes_the_place_of_one_that_waits_but_not_of_one_in_force(keeping: FactorKeeping) -> None:
    await keeping.factors.begin(ANNA, secret=Secret("A" * 32), expires_at=NOW + SETUP_LIFETIME)
    await keeping.turn_on()
    assert not await keeping.factors.begin(ANNA, secret=Secret("B" * 32), expires_at=keeping.now + SETUP_LIFETIME)
    assert await keeping.verify(APP.at(keeping.now)) == Accepted()


async def test_a_set_up_can_be_abandoned_but_what_is_in_force_stays(keeping: FactorKeeping) -> None:
    assert not await keeping.factors.abandon(ANNA)
    await keeping.factors.begin(ANNA, secret=SECRET, expires_at=NOW + SETUP_LIFETIME)
    assert await keeping.factors.abandon(ANNA)
    assert await keeping.rows(SECRETS) == 0
    await keeping.turn_on()
    assert not await keeping.factors.abandon(ANNA)
    await keeping.factors.prune(now=NOW + timedelta(days=999))
    assert keeping.factors.has(ANNA) and await keeping.rows(SECRETS) == 1


async def test_the_code_that_turned_it_on_opens_nothing_else(keeping: FactorKeeping) -> None:
    await keeping.turn_on()
    assert await keeping.verify(APP.at(NOW)) == Spent()


async def test_one_code_is_accepted_once_however_many_send_it_at_once(keeping: FactorKeeping) -> None:
    await keeping.turn_on()
    code = APP.at(keeping.now)
    judged = await asyncio.gather(*(keeping.verify(code) for _ in range(4)))
    assert judged.count(Accepted()) == 1 and judged.count(Spent()) == 3


async def test_replays_and_locks_survive_a_restart(tmp_path: Path) -> None:
    async with FactorKeeping.opened(tmp_path) as kept:
        await kept.turn_on()
        now, code = kept.now, APP.at(kept.now)
        assert await kept.verify(code) == Accepted()
    async with FactorKeeping.opened(tmp_path) as kept:
        kept.now = now
        assert kept.factors.has(ANNA)
        for left in (4, 3, 2, 1):
            assert await kept.verify(code) == Spent()
            assert await kept.verify(WRONG) == Rejected(left=left)
        assert await kept.verify(WRONG) == Locked(until=now + LOCKED_FOR)
    async with FactorKeeping.opened(tmp_path) as kept:
        kept.now = now + LOCKED_FOR - timedelta(seconds=1)
        assert await kept.verify(APP.at(kept.now)) == Locked(until=now + LOCKED_FOR)
        kept.now += timedelta(seconds=1)
        assert await kept.verify(APP.at(kept.now)) == Accepted()


async def test_the_fifth_wrong_code_in_a_row_of_either_kind_locks_and_alarms_once(keeping: FactorKeeping) -> None:
    await keeping.turn_on()
    for typed in (WRONG, "ZZZZZ-ZZZZZ", WRONG, "zzzzzzzzzz"):
        assert isinstance(await keeping.verify(typed), Rejected)
    locked = Locked(until=keeping.now + LOCKED_FOR)
    assert await keeping.verify(WRONG) == locked
    assert await keeping.verify(APP.at(keeping.now)) == locked
    assert await keeping.verify(RECOVERY[0]) == locked
    assert [alarm.kind for alarm in await keeping.alarms()] == [AlarmKind.FACTOR_ON, AlarmKind.FACTOR_LOCKED]
    assert (await keeping.alarms())[-1].due == locked.until
    deeds = [deed for deed, _ in await keeping.deeds()]
    assert deeds == [Deed.FACTOR_ON, *[Deed.WRONG_CODE] * 5, Deed.FACTOR_LOCKED]


async def test_words_that_cannot_be_a_code_never_lock(keeping: FactorKeeping) -> None:
    await keeping.turn_on()
    for _ in range(9):
        assert await keeping.verify("hello") == Rejected(left=5)


async def test_the_answer_that_closes_a_question_alarms(keeping: FactorKeeping) -> None:
    await keeping.turn_on()
    await keeping.verify(WRONG)
    await keeping.verify(WRONG, closes=True)
    assert await keeping.deeds() == [(Deed.FACTOR_ON, ""), (Deed.WRONG_CODE, ""), (Deed.WRONG_CODE, "closed")]
    alarm = (await keeping.alarms())[-1]
    assert (alarm.kind, alarm.subject) == (AlarmKind.WRONG_CODES, "unlink")


async def test_each_recovery_code_works_once_and_ends_the_row(keeping: FactorKeeping) -> None:
    await keeping.turn_on()
    for left, code in zip(range(7, -1, -1), RECOVERY, strict=True):
        assert await keeping.verify(WRONG) == Rejected(left=4)
        assert await keeping.verify(code.lower().replace("-", "")) == Accepted()
        factor = await keeping.factors.get(ANNA)
        assert factor is not None and (factor.recovery_left, factor.failures) == (left, 0)
    assert isinstance(await keeping.verify(RECOVERY[0]), Rejected)
    used = [alarm for alarm in await keeping.alarms() if alarm.kind is AlarmKind.RECOVERY_USED]
    assert [alarm.subject for alarm in used] == [f"{left} recovery codes left" for left in range(7, -1, -1)]


@pytest.mark.parametrize("early", [-1, 0, 1])
async def test_a_burnt_code_is_used_up_also_when_the_phones_clock_is_fast_or_slow(
    keeping: FactorKeeping, early: int
) -> None:
    await keeping.turn_on()
    keeping.now += timedelta(seconds=STEP)
    code = APP.at(keeping.now + timedelta(seconds=STEP * early))
    assert await keeping.burn(code)
    assert (await keeping.deeds())[1:] == [(Deed.CODE_BURNT, "")]
    for _ in range(3):
        assert await keeping.verify(code) != Accepted()
        keeping.now += timedelta(seconds=STEP)


async def test_a_burnt_recovery_code_is_gone_and_alarms(keeping: FactorKeeping) -> None:
    await keeping.turn_on()
    assert await keeping.burn(RECOVERY[0].lower())
    assert not await keeping.burn(RECOVERY[0])
    assert await keeping.verify(RECOVERY[0]) == Rejected(left=4)
    alarm = (await keeping.alarms())[-1]
    assert (alarm.kind, alarm.subject) == (AlarmKind.RECOVERY_USED, "7 recovery codes left")


async def test_burning_counts_no_wrong_code_and_forgives_none(keeping: FactorKeeping) -> None:
    await keeping.turn_on()
    for _ in range(9):
        assert not await keeping.burn(WRONG) and not await keeping.burn("ZZZZZ-ZZZZZ")
    for left in (4, 3, 2, 1):
        assert await keeping.verify(WRONG) == Rejected(left=left)
    assert await keeping.burn(APP.at(keeping.now)) and await keeping.burn(RECOVERY[0])
    assert isinstance(await keeping.verify(WRONG), Locked)
    assert not await keeping.burn(APP.at(keeping.now), person=BORIS)


async def test_void_are_the_codes_of_now_and_next_and_no_others(keeping: FactorKeeping) -> None:
    await keeping.turn_on()
    await keeping.factors.void(ANNA, now=keeping.now)
    await keeping.factors.void(BORIS, now=keeping.now)
    for judgement in (Spent(), Spent(), Accepted()):
        assert await keeping.verify(APP.at(keeping.now)) == judgement
        keeping.now += timedelta(seconds=STEP)


async def test_new_recovery_codes_void_the_old_ones(keeping: FactorKeeping) -> None:
    await keeping.turn_on()
    assert await keeping.factors.renew(ANNA, ["CCCCC-CCCCC"], chat=ANNAS_CHAT, now=keeping.now)
    assert isinstance(await keeping.verify(RECOVERY[0]), Rejected)
    assert await keeping.verify("CCCCC-CCCCC") == Accepted()
    assert not await keeping.factors.renew(BORIS, ["CCCCC-CCCCC"], chat=ANNAS_CHAT, now=keeping.now)
    assert (await keeping.alarms())[1].kind is AlarmKind.CODES_RENEWED


async def test_one_persons_code_is_nothing_for_another(keeping: FactorKeeping) -> None:
    await keeping.turn_on()
    await keeping.factors.begin(BORIS, secret=Secret("J" * 32), expires_at=keeping.now + SETUP_LIFETIME)
    assert await keeping.confirm(BORIS) is False
    with pytest.raises(FactorMissing):
        await keeping.verify(RECOVERY[0], person=BORIS)


async def test_turning_off_erases_everything_and_is_told(keeping: FactorKeeping) -> None:
    await keeping.turn_on()
    assert await keeping.factors.turn_off(ANNA, chat=ANNAS_CHAT, now=keeping.now)
    assert not keeping.factors.has(ANNA) and await keeping.factors.get(ANNA) is None
    assert [await keeping.rows(table) for table in (FACTORS, RECOVERY_CODES, SECRETS)] == [0, 0, 0]
    assert (await keeping.alarms())[-1].kind is AlarmKind.FACTOR_OFF
    assert (await keeping.deeds())[-1] == (Deed.FACTOR_OFF, "")
    assert not await keeping.factors.turn_off(ANNA, chat=ANNAS_CHAT, now=keeping.now)


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


async def test_neither_secret_nor_recovery_codes_stand_in_a_file_in_clear(tmp_path: Path) -> None:
    async with FactorKeeping.opened(tmp_path) as kept:
        await kept.turn_on()
        await kept.verify(APP.at(kept.now))
    files = contents(tmp_path)
    assert "factors.db" in files
    for secret in (SECRET.reveal(), *RECOVERY, *(code.replace("-", "") for code in RECOVERY), APP.at(NOW)):
        assert [name for name, content in files.items() if secret.encode() in content] == [], secret


async def test_what_is_asked_of_everybody_is_remembered(tmp_path: Path) -> None:
    async with FactorKeeping.opened(tmp_path) as kept:
        assert not kept.factors.required
        await kept.factors.require(True, by=ANNA, chat=ANNAS_CHAT, now=NOW)
        await kept.factors.require(True, by=BORIS, chat=ANNAS_CHAT, now=NOW)
        assert kept.factors.required
    async with FactorKeeping.opened(tmp_path) as kept:
        assert kept.factors.required
        await kept.factors.require(False, by=ANNA, chat=ANNAS_CHAT, now=NOW)
        assert not kept.factors.required
        assert [deed for deed, _ in await kept.deeds()] == [Deed.REQUIREMENT] * 3
    async with FactorKeeping.opened(tmp_path) as kept:
        assert not kept.factors.required
