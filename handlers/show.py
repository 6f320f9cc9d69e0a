"""Screens drawn for Telegram."""

from typing import Any

from handlers.buttons import pack
from handlers.views.screen import Copy, Key, Link, Press, Screen

_NO_PREVIEW = {"is_disabled": True}


def drawn(screen: Screen) -> dict[str, Any]:
    """A screen as fields of `sendMessage` and `editMessageText`.

    An edit without `reply_markup` removes the keyboard, which is what a screen without rows means.
    """
    fields: dict[str, Any] = {"text": str(screen.text), "parse_mode": "HTML", "link_preview_options": _NO_PREVIEW}
    if screen.rows:
        fields["reply_markup"] = {"inline_keyboard": [[_key(key) for key in row] for row in screen.rows]}
    return fields


def _key(key: Key) -> dict[str, Any]:
    match key:
        case Press():
            pressed: dict[str, Any] = {"text": key.label, "callback_data": pack(key.action)}
            return pressed if key.style is None else pressed | {"style": key.style}
        case Link():
            return {"text": key.label, "url": key.url}
        case Copy():
            return {"text": key.label, "copy_text": {"text": key.text}}
