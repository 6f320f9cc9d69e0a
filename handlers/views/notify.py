"""Which notices come, and how."""

from collections.abc import Mapping

from chatbot.domain.notices import NoticeKind, NoticeMode
from handlers.actions import SetNotices
from handlers.views.html import bold, lines, text
from handlers.views.screen import Press, Screen

_NAMES = {
    NoticeKind.ALARM: "Alarms",
    NoticeKind.OUTCOME: "Outcome found",
    NoticeKind.ORDER: "Order finished",
    NoticeKind.KEY: "Key works again",
    NoticeKind.PEOPLE: "People joined",
}
_MODES = {NoticeMode.ON: "on", NoticeMode.SILENT: "silent", NoticeMode.OFF: "off"}
_NEXT = {NoticeMode.ON: NoticeMode.SILENT, NoticeMode.SILENT: NoticeMode.OFF, NoticeMode.OFF: NoticeMode.ON}


def notices(modes: Mapping[NoticeKind, NoticeMode]) -> Screen:
    """A line per kind, and a button per kind that can be changed, which names what a tap makes of it."""
    changeable = [kind for kind in modes if kind.can_be_changed]
    return Screen(
        lines(
            bold("What I tell you unasked"),
            *(text(f"{_NAMES[kind]}: ", bold(_said(kind, modes[kind]))) for kind in modes),
            "Silent ones come without a sound. Alarms cannot be switched off.",
        ),
        tuple((_button(kind, _NEXT[modes[kind]]),) for kind in changeable),
    )


def _said(kind: NoticeKind, mode: NoticeMode) -> str:
    return _MODES[mode] if kind.can_be_changed else "always on"


def _button(kind: NoticeKind, mode: NoticeMode) -> Press:
    return Press(f"{_NAMES[kind]} → {_MODES[mode]}", SetNotices(kind=kind, mode=mode))
