import struct
import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
import segno

from chatbot.domain.factors import Factor
from chatbot.domain.secrets import Secret
from chatbot.services.factors import SetUp
from handlers.views import factors as views
from handlers.views.qr import png
from handlers.views.screen import Copy, Screen
from tests.handlers.views.examples import NOW

ON = Factor(since=NOW - timedelta(days=2), last_step=1, failures=0, locked_until=None, recovery_left=8)
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
URI = f"otpauth://totp/ANDX:a_bot?secret={SECRET}&issuer=ANDX"
CODES = tuple(f"7K4QM-2XTB{n}" for n in range(8))


def labels(screen: Screen) -> list[str]:
    return [key.label for row in screen.rows for key in row]


def modules(picture: bytes, *, scale: int) -> list[list[int]]:
    """The squares of a one-bit PNG, 1 for dark, read from the middle of each."""
    width, height, depth = struct.unpack(">IIB", picture[16:25])
    assert (width, depth) == (height, 1) and width % scale == 0
    body, at = b"", 8
    while at < len(picture):
        (length,) = struct.unpack(">I", picture[at : at + 4])
        body += picture[at + 8 : at + 8 + length] if picture[at + 4 : at + 8] == b"IDAT" else b""
        at += length + 12
    raw = zlib.decompress(body)
    size = len(raw) // height
    lines = [bytes(size - 1)]
    for start in range(0, len(raw), size):
        above = lines[-1] if raw[start] == 2 else bytes(size - 1)  # https://www.w3.org/TR/png/#9Filter-types
        assert raw[start] in (0, 2)
        lines.append(bytes((one + two) % 256 for one, two in zip(raw[start + 1 : start + size], above, strict=True)))
    middles = range(scale // 2, width, scale)
    return [[1 - (lines[1 + y][x // 8] >> 7 - x % 8 & 1) for x in middles] for y in middles]


def test_the_picture_is_the_uris_qr_code_with_a_light_zone_around_it() -> None:
    seen = modules(png(URI), scale=8)
    wanted = [list(row) for row in segno.make_qr(URI, error="m").matrix_iter(border=4)]
    assert seen == wanted
    assert len(seen) * 8 >= 300  # pixels
    assert not any(map(sum, (*seen[:4], *seen[-4:])))


def test_a_set_up_shows_the_secret_as_a_text_too_and_cannot_be_forwarded() -> None:
    picture = views.set_up(
        SetUp(secret=Secret(SECRET), uri=Secret(URI), expires_at=NOW + timedelta(minutes=15)), now=NOW
    )
    assert picture.protected and picture.caption is not None
    assert "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ" in picture.caption.plain
    assert "12:15 UTC" in picture.caption.plain and "Nothing is on yet" in picture.caption.plain
    assert Copy("Copy the secret", SECRET) in picture.rows[0]


def test_off_offers_to_turn_it_on_and_says_what_it_is_for() -> None:
    screen = views.status(None, required=False, owner=True, now=NOW)
    assert screen.text.plain.startswith("Second factor: off") and labels(screen) == ["Turn it on"]
    assert "everybody" not in screen.text.plain
    assert "asked of everybody" in views.status(None, required=True, owner=False, now=NOW).text.plain


@pytest.mark.parametrize(
    ("owner", "required", "last"),
    [(True, False, "Ask it of everybody"), (True, True, "No longer ask it of everybody"), (False, True, "Turn it off")],
)
def test_on_offers_what_can_be_changed(owner: bool, required: bool, last: str) -> None:
    screen = views.status(ON, required=required, owner=owner, now=NOW)
    assert screen.text.plain.startswith("Second factor: on") and "2 d ago" in screen.text.plain
    assert labels(screen)[:2] == ["New recovery codes", "Turn it off"] and labels(screen)[-1] == last


def test_few_recovery_codes_and_a_lock_are_said() -> None:
    assert (
        "2 of 8. Time for new ones."
        in views.status(replace(ON, recovery_left=2), required=False, owner=False, now=NOW).text.plain
    )
    locked = replace(ON, locked_until=NOW + timedelta(hours=3))
    assert "Locked until 15:00 UTC" in views.status(locked, required=False, owner=False, now=NOW).text.plain
    assert "Locked" not in views.status(locked, required=False, owner=False, now=NOW + timedelta(hours=3)).text.plain


@pytest.mark.parametrize("show", [views.turned_on, views.renewed])
def test_recovery_codes_stand_one_a_line_and_cannot_be_forwarded(show: Callable[..., Screen]) -> None:
    screen = show(CODES, lifetime=timedelta(minutes=15))
    assert screen.protected and "\n".join(CODES) in screen.text.plain and "15 minutes" in screen.text.plain
    assert Copy("Copy all", "\n".join(CODES)) in screen.rows[0]
