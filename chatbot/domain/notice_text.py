"""How people write which notices they want: `alerts off`, `orders silent`, `digest on`."""

from collections.abc import Iterable

from chatbot.domain.errors import InputError
from chatbot.domain.notices import NoticeKind, NoticeMode


def parse_notice(text: str, kinds: Iterable[NoticeKind]) -> tuple[NoticeKind, NoticeMode]:
    """One of the `kinds` that are told there, and how it comes. Raises `InputError`, naming what there is."""
    changeable = [kind for kind in kinds if kind.can_be_changed]
    words = text.lower().split()
    if words and _named(words[0], (NoticeKind.ALARM,)) is not None:
        raise InputError("Alarms cannot be switched off.")
    kind = _named(words[0], changeable) if words else None
    mode = words[1] if len(words) == 2 else ""
    if kind is None or mode not in tuple(NoticeMode):
        known = ", ".join(changeable)
        raise InputError(f"Which notices, and on, silent or off? There are {known}. Write both, like: alert off.")
    return kind, NoticeMode(mode)


def _named(word: str, kinds: Iterable[NoticeKind]) -> NoticeKind | None:
    """In the singular or the plural."""
    return next((kind for kind in kinds if word.removesuffix("s") == kind.removesuffix("s")), None)
