import pytest

from chatbot.domain.errors import InputError
from chatbot.domain.notice_text import parse_notice
from chatbot.domain.notices import NoticeKind, NoticeMode

IN_GROUPS = (NoticeKind.ALERT, NoticeKind.DIGEST, NoticeKind.SERVICE)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("alerts off", (NoticeKind.ALERT, NoticeMode.OFF)),
        ("Digest SILENT", (NoticeKind.DIGEST, NoticeMode.SILENT)),
        ("services on", (NoticeKind.SERVICE, NoticeMode.ON)),
    ],
)
def test_kinds_are_named_in_singular_or_plural(text: str, meant: tuple[NoticeKind, NoticeMode]) -> None:
    assert parse_notice(text, IN_GROUPS) == meant


@pytest.mark.parametrize("text", ["", "off", "alerts", "alerts loud", "alerts off please", "orders off"])
def test_whoever_writes_something_else_reads_what_there_is(text: str) -> None:
    with pytest.raises(InputError, match="There are alert, digest, service"):
        parse_notice(text, IN_GROUPS)


def test_alarms_stay() -> None:
    with pytest.raises(InputError, match="cannot be switched off"):
        parse_notice("alarms off", NoticeKind)
