"""`reply_markup` as the bot sends it, checked and brought to the form in which it is given back.

https://core.telegram.org/bots/api#inlinekeyboardmarkup
"""

import re
from typing import Any

from chatbot.demo.refusals import bad_request
from chatbot.demo.values import Json

MOST_PER_ROW = 8
MOST_BUTTONS = 100
MOST_DATA_BYTES = 64
MOST_COPIED = 256

_STYLES = ("danger", "success", "primary")
_URL = re.compile(r"(?:https?://|tg://|ton://)?[^\s/?#]+(?:[/?#]\S*)?", re.IGNORECASE)


def checked(markup: Any, *, private: bool) -> Json | None:
    """The markup to keep, or None for an empty one. Raises Refusal in Telegram's words."""
    if not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    if markup.get("keyboard"):
        return _reply_keyboard(markup)
    if markup.get("inline_keyboard"):
        return _inline_keyboard(markup["inline_keyboard"], private=private)
    if markup.get("remove_keyboard"):
        return {"remove_keyboard": True, **_kept(markup, "selective")}
    if markup.get("force_reply"):
        return {"force_reply": True, **_kept(markup, "input_field_placeholder", "selective")}
    return None


def _kept(markup: Json, *names: str) -> Json:
    return {name: markup[name] for name in names if name in markup}


def _reply_keyboard(markup: Json) -> Json:
    rows = _rows(markup["keyboard"], complaint='field "keyboard" must be an Array of Arrays')
    buttons = [[{"text": b} if isinstance(b, str) else b for b in row] for row in rows]
    for button in (button for row in buttons for button in row):
        if not isinstance(button, dict) or not button.get("text"):
            raise bad_request("can't parse keyboard button: Can't find field \"text\"")
    options = ("is_persistent", "resize_keyboard", "one_time_keyboard", "input_field_placeholder", "selective")
    return {"keyboard": buttons, **_kept(markup, *options)}


def _inline_keyboard(keyboard: Any, *, private: bool) -> Json | None:
    rows = _rows(keyboard, complaint='field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays')
    buttons = [[_button(button, private=private) for button in row] for row in rows if row]
    if any(len(row) > MOST_PER_ROW for row in buttons) or sum(map(len, buttons)) > MOST_BUTTONS:
        raise bad_request("reply markup is too long")
    return {"inline_keyboard": buttons} if buttons else None


def _rows(keyboard: Any, *, complaint: str) -> list[list[Any]]:
    if not isinstance(keyboard, list) or not all(isinstance(row, list) for row in keyboard):
        raise bad_request(complaint)
    return keyboard


def _button(button: Any, *, private: bool) -> Json:
    if not isinstance(button, dict):
        raise _unreadable("InlineKeyboardButton must be an Object")
    text = button.get("text")
    if not isinstance(text, str):
        raise _unreadable('Can\'t find field "text"')
    if not text.strip():
        raise bad_request("inline keyboard button text must be non-empty")
    return {"text": text, **_style(button.get("style")), **_action(button, private=private)}


def _unreadable(why: str) -> Exception:
    return bad_request(f"can't parse inline keyboard button: {why}")


def _style(style: Any) -> Json:
    name = str(style or "default").lower()
    if name == "default":
        return {}
    if name not in _STYLES:
        raise _unreadable("invalid button style specified")
    return {"style": name}


def _action(button: Json, *, private: bool) -> Json:
    """What a press does; Telegram looks for the kinds in this order."""
    if url := button.get("url"):
        return {"url": _checked_url(url)}
    if data := button.get("callback_data"):
        if not isinstance(data, str) or len(data.encode()) > MOST_DATA_BYTES:
            raise bad_request("BUTTON_DATA_INVALID")
        return {"callback_data": data}
    if "web_app" in button:
        return {"web_app": _checked_web_app(button["web_app"], private=private)}
    if "copy_text" in button:
        return {"copy_text": {"text": _checked_copy(button["copy_text"])}}
    raise _unreadable("Text buttons are unallowed in the inline keyboard")


def _checked_url(url: Any) -> str:
    if not isinstance(url, str) or not _URL.fullmatch(url):
        raise bad_request(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")
    return url


def _checked_web_app(web_app: Any, *, private: bool) -> Json:
    url = web_app.get("url") if isinstance(web_app, dict) else None
    if not private:
        raise bad_request("BUTTON_TYPE_INVALID")
    if not isinstance(url, str) or not url.startswith("https://"):
        raise bad_request(f"inline keyboard button Web App URL '{url}' is invalid: Only HTTPS links are allowed")
    return {"url": url}


def _checked_copy(copy_text: Any) -> str:
    text = copy_text.get("text") if isinstance(copy_text, dict) else None
    if not isinstance(text, str) or not 1 <= len(text) <= MOST_COPIED:
        raise bad_request("BUTTON_COPY_TEXT_INVALID")
    return text
