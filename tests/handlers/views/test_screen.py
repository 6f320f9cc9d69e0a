from collections.abc import Callable
from functools import partial

import pytest

from handlers.buttons import button
from handlers.views.html import Html, bold, text
from handlers.views.screen import LARGEST_FILE, LARGEST_PICTURE, Copy, File, Link, Picture, Press, Rows, Screen


@button("tscr")
class Nudge:
    word: str


def test_a_button_that_does_not_fit_is_refused_when_it_is_built() -> None:
    with pytest.raises(ValueError, match="64 bytes"):
        Press("Go", Nudge(word="x" * 60))


def test_a_button_that_is_no_button_type_is_refused_when_it_is_built() -> None:
    with pytest.raises(TypeError):
        Press("Go", "tk:1")


@pytest.mark.parametrize("copied", ["", "x" * 257])
def test_a_copy_button_has_telegrams_limits(copied: str) -> None:
    with pytest.raises(ValueError, match="256"):
        Copy("Copy", copied)


def test_a_text_is_measured_as_it_is_read() -> None:
    Screen(bold("x" * 4096))
    for unfit in (text(""), text("x" * 4097)):
        with pytest.raises(ValueError, match="4096"):
            Screen(unfit)


def test_an_emoji_takes_the_room_of_two_characters() -> None:
    Screen(text("😀" * 2048))
    with pytest.raises(ValueError, match="4096"):
        Screen(text("😀" * 2049))


def picture(caption: Html | None = None, rows: Rows = ()) -> Picture:
    return Picture(content=b"x", caption=caption, rows=rows)


def file(caption: Html | None = None, rows: Rows = ()) -> File:
    return File(name="a.csv", content=b"x", caption=caption, rows=rows)


@pytest.mark.parametrize("build", [lambda rows: Screen(text("x"), rows), *(partial(b, None) for b in (picture, file))])
def test_a_keyboard_has_telegrams_limits(build: Callable[[Rows], object]) -> None:
    key = Link("x", "https://x.example")
    build(((key,) * 8,) * 12)
    for rows in (((key,) * 9,), ((key,) * 8,) * 13, ((),)):
        with pytest.raises(ValueError, match="keyboard"):
            build(rows)


@pytest.mark.parametrize("build", [picture, file])
def test_a_caption_is_measured_as_it_is_read(build: Callable[[Html], object]) -> None:
    build(bold("&" * 1024))
    for unfit in (text(""), text("x" * 1025), text("😀" * 513)):
        with pytest.raises(ValueError, match="1024"):
            build(unfit)


@pytest.mark.parametrize("size", [0, LARGEST_PICTURE + 1])
def test_a_picture_has_telegrams_size(size: int) -> None:
    with pytest.raises(ValueError, match="10 MB"):
        Picture(content=bytes(size))


@pytest.mark.parametrize("size", [0, LARGEST_FILE + 1])
def test_a_file_has_telegrams_size(size: int) -> None:
    with pytest.raises(ValueError, match="50 MB"):
        File(name="x", content=bytes(size))


@pytest.mark.parametrize("name", ["audit-2026-11-21.csv", "a", "X_1.tar.gz", "a" * 60])
def test_a_plain_name_is_a_files_name(name: str) -> None:
    assert File(name=name, content=b"x").name == name


@pytest.mark.parametrize(
    "name", ["", ".bashrc", "../x", "a/b", "a b", 'a"b', "a;b", "a\r\nb", "ä.csv", "x\u202egnp.exe", "a" * 61, "a\n"]
)
def test_any_other_name_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="name for a file"):
        File(name=name, content=b"x")


def test_what_is_inside_is_not_shown_in_a_log() -> None:
    assert "otpauth" not in repr(Picture(content=b"otpauth")) + repr(File(name="x", content=b"otpauth"))
