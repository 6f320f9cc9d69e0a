from datetime import timedelta
from decimal import Decimal
from urllib.parse import parse_qs, unquote, urlsplit

import pyotp
import pytest

from chatbot.domain.errors import FactorMissing, InputError
from chatbot.domain.factors import SETUP_LIFETIME, read_code
from chatbot.domain.limits import RAISE_DELAY, LimitKind
from chatbot.ports.limits import NewLimit
from tests.services.house import ANNA, CHAT, House


async def turned_on(house: House) -> tuple[str, ...]:
    made = await house.factors.begin(ANNA, bot="a_bot")
    code = pyotp.TOTP(made.secret.reveal()).at(house.clock.now())
    return await house.factors.confirm(ANNA, code, chat=CHAT)


async def test_the_uri_is_what_authenticator_apps_read(house: House) -> None:
    made = await house.factors.begin(ANNA, bot="a_bot")
    uri = urlsplit(made.uri.reveal())
    assert (uri.scheme, uri.netloc, unquote(uri.path)) == ("otpauth", "totp", "/ANDX:a_bot")
    assert parse_qs(uri.query) == {"secret": [made.secret.reveal()], "issuer": ["ANDX"]}
    assert len(made.secret.reveal()) == 32
    assert made.secret.reveal() not in repr(made)


async def test_every_set_up_has_a_secret_of_its_own(house: House) -> None:
    secrets = {(await house.factors.begin(ANNA, bot="a_bot")).secret for _ in range(20)}
    assert len(secrets) == 20


async def test_the_first_code_brings_eight_recovery_codes(house: House) -> None:
    codes = await turned_on(house)
    assert len(set(codes)) == 8 and all(read_code(code) for code in codes)
    assert house.factors.has(ANNA)


async def test_a_wrong_first_code_can_be_followed_by_the_right_one(house: House) -> None:
    made = await house.factors.begin(ANNA, bot="a_bot")
    totp = pyotp.TOTP(made.secret.reveal())
    for typed in ("hello", "7K4QM-2XTB9", totp.at(house.clock.now() + timedelta(minutes=5))):
        with pytest.raises(InputError):
            await house.factors.confirm(ANNA, typed, chat=CHAT)
        assert not house.factors.has(ANNA)
    assert await house.factors.confirm(ANNA, totp.at(house.clock.now()), chat=CHAT)


async def test_the_first_code_comes_too_late_after_the_set_up(house: House) -> None:
    made = await house.factors.begin(ANNA, bot="a_bot")
    house.clock.pass_(SETUP_LIFETIME.total_seconds())
    with pytest.raises(InputError, match="over"):
        await house.factors.confirm(ANNA, pyotp.TOTP(made.secret.reveal()).at(house.clock.now()), chat=CHAT)


async def test_it_is_not_turned_on_twice(house: House) -> None:
    await turned_on(house)
    with pytest.raises(InputError, match="on already"):
        await house.factors.begin(ANNA, bot="a_bot")


async def test_without_one_there_is_nothing_to_turn_off_or_renew(house: House) -> None:
    with pytest.raises(FactorMissing):
        await house.factors.turn_off(ANNA, chat=CHAT)
    with pytest.raises(FactorMissing):
        await house.factors.renew(ANNA, chat=CHAT)


async def test_new_recovery_codes_are_other_ones(house: House) -> None:
    old = await turned_on(house)
    new = await house.factors.renew(ANNA, chat=CHAT)
    assert len({*old, *new}) == 16


async def test_after_turning_off_it_can_be_turned_on_with_a_new_secret(house: House) -> None:
    await turned_on(house)
    await house.factors.turn_off(ANNA, chat=CHAT)
    assert not house.factors.has(ANNA)
    await turned_on(house)
    assert house.factors.has(ANNA)


async def test_turning_it_on_drops_raised_limits_that_wait_as_they_were_asked_for_without_a_code(house: House) -> None:
    new = NewLimit(account=await house.link(), kind=LimitKind.ORDER, value=Decimal(10_000_000))
    await house.storage.limits.set(new, person=ANNA, chat=CHAT, now=house.clock.now())
    before, waiting = await house.storage.limits.of(new.account.id, now=house.clock.now())
    assert len(waiting) == 1
    await turned_on(house)
    assert await house.storage.limits.of(new.account.id, now=house.clock.now()) == (before, ())
    house.clock.pass_(RAISE_DELAY.total_seconds())
    assert (await house.storage.limits.of(new.account.id, now=house.clock.now()))[0] == before
