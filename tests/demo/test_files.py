"""What becomes of the bytes and names the bot sends."""

import pytest

from chatbot.demo import files
from chatbot.demo.files import Files, clean_name
from chatbot.demo.pictures import look
from chatbot.demo.refusals import Refusal
from tests.fakes.pictures import jpeg, png


@pytest.fixture
def kept() -> Files:
    return Files(first_number=0)


@pytest.mark.parametrize(
    ("content", "seen"),
    [
        (png(120, 80), ("png", 120, 80)),
        (jpeg(640, 480), ("jpg", 640, 480)),
        (png()[:-1], None),
        (jpeg()[:4] + b"\xff\xd9", None),
        (b"GIF89a", None),
        (b"", None),
    ],
)
def test_a_picture_tells_its_size_or_is_none(content: bytes, seen: tuple[str, int, int] | None) -> None:
    facts = look(content)
    assert (None if facts is None else (facts.form, facts.width, facts.height)) == seen


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "file must be non-empty"),
        (b"\x89PNG but not really", "IMAGE_PROCESS_FAILED"),
        (png(1, 21), "PHOTO_INVALID_DIMENSIONS"),
        (jpeg(9000, 1001), "PHOTO_INVALID_DIMENSIONS"),
        (jpeg(0, 10), "PHOTO_INVALID_DIMENSIONS"),
        (
            b"x" * (files.LARGEST_PHOTO + 1),
            "file of size 10485761 bytes is too big for a photo; the maximum size is 10485760 bytes",
        ),
    ],
    ids=["empty", "no picture", "too long", "too large", "no width", "too many bytes"],
)
def test_what_telegram_does_not_take_as_a_photo_is_refused(kept: Files, content: bytes, reason: str) -> None:
    with pytest.raises(Refusal) as caught:
        kept.add_photo(content)
    assert caught.value.description == f"Bad Request: {reason}"


def test_a_document_is_neither_empty_nor_above_50_mb(kept: Files) -> None:
    for content, status in ((b"", 400), (bytes(files.LARGEST_DOCUMENT + 1), 413)):
        with pytest.raises(Refusal) as caught:
            kept.add_document("x", content)
        assert caught.value.status == status


def test_the_same_bytes_are_recognised_under_ids_of_their_own(kept: Files) -> None:
    one, other = kept.add_document("a.csv", b"x"), kept.add_document("b.csv", b"x")
    assert one.stored.unique_id == other.stored.unique_id
    assert one.stored.id != other.stored.id
    assert one.stored.path != other.stored.path


def test_old_files_make_room_for_new_ones(kept: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "KEPT_BYTES", 10)
    documents = [kept.add_document(f"{number}.txt", b"four") for number in range(4)]
    assert [kept.content(each) for each in documents] == [None, None, b"four", b"four"]
    assert [kept.find(each.stored.id) is None for each in documents] == [True, True, False, False]
    assert [kept.at(each.stored.path) for each in documents] == [None, None, b"four", b"four"]


@pytest.mark.parametrize(
    ("name", "cleaned"),
    [
        ("audit-2026-11-21.csv", "audit-2026-11-21.csv"),
        ("résumé.pdf", "résumé.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Windows\\system32\\cmd.exe", "cmd.exe"),
        ("a\u202egnp.exe", "agnp.exe"),
        ('x"; filename="y.csv', "x; filename=y.csv"),
        ("a\r\nContent-Type: text/html\r\n\r\n<b>", "htmlb"),
        ("x" * 500 + "." + "y" * 500, "x" * 60 + "." + "y" * 20),
        (".htaccess", "htaccess"),
        ("...", "file"),
        ("", "file"),
    ],
)
def test_names_are_made_harmless(name: str, cleaned: str) -> None:
    assert clean_name(name) == cleaned
