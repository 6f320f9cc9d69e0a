"""Screens, pictures and files drawn for Telegram."""

from dataclasses import dataclass
from typing import Any

from handlers.buttons import pack
from handlers.transport import Upload
from handlers.views.inline import Listing, Offer
from handlers.views.screen import Attachment, Copy, File, Key, Link, Picture, Press, Rows, Screen, Shown

_NO_PREVIEW = {"is_disabled": True}


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A call that sends something: its method, its fields, and the file that goes along."""

    method: str
    fields: dict[str, Any]
    upload: Upload | None = None


def drawn(screen: Screen) -> dict[str, Any]:
    """A screen as fields of `sendMessage` and `editMessageText`.

    An edit without `reply_markup` removes the keyboard, which is what a screen without rows means.
    """
    fields = {"text": str(screen.text), "parse_mode": "HTML", "link_preview_options": _NO_PREVIEW}
    return fields | keyboard(screen.rows)


def sending(shown: Shown) -> Drawn:
    """How a new message is sent. https://core.telegram.org/bots/api#sendmessage, #sendphoto, #senddocument"""
    protection: dict[str, Any] = {"protect_content": True} if shown.protected else {}
    match shown:
        case Screen():
            return Drawn(method="sendMessage", fields=drawn(shown) | protection)
        case Picture():
            # Telegram names a photo itself; a name makes the part of the form a file.
            upload = Upload(parameter="photo", name="picture", content=shown.content)
            return Drawn(method="sendPhoto", fields=_caption(shown) | protection, upload=upload)
        case File():
            upload = Upload(parameter="document", name=shown.name, content=shown.content)
            return Drawn(method="sendDocument", fields=_caption(shown) | protection, upload=upload)


def listed(listing: Listing) -> dict[str, Any]:
    """A list of cards as fields of `answerInlineQuery`: https://core.telegram.org/bots/api#answerinlinequery"""
    fields: dict[str, Any] = {
        "results": [_article(str(number), offer) for number, offer in enumerate(listing.offers, start=1)],
        "cache_time": int(listing.lasts.total_seconds()),
        "is_personal": listing.personal,
    }
    if listing.lead is not None:
        fields["button"] = {"text": listing.lead.label, "start_parameter": listing.lead.command}
    return fields


def _article(number: str, offer: Offer) -> dict[str, Any]:
    """https://core.telegram.org/bots/api#inlinequeryresultarticle"""
    content = {"message_text": str(offer.card), "parse_mode": "HTML", "link_preview_options": _NO_PREVIEW}
    return {
        "type": "article",
        "id": number,
        "title": offer.title,
        "description": offer.line,
        "input_message_content": content,
    }


def redrawing(picture: Picture) -> Drawn:
    """How a picture takes another one's place. https://core.telegram.org/bots/api#editmessagemedia"""
    words = {} if picture.caption is None else {"caption": str(picture.caption), "parse_mode": "HTML"}
    media = {"type": "photo", "media": "attach://picture", **words}
    upload = Upload(parameter="picture", name="picture", content=picture.content)
    return Drawn(method="editMessageMedia", fields={"media": media, **keyboard(picture.rows)}, upload=upload)


def _caption(shown: Attachment) -> dict[str, Any]:
    words = {} if shown.caption is None else {"caption": str(shown.caption), "parse_mode": "HTML"}
    return words | keyboard(shown.rows)


def keyboard(rows: Rows) -> dict[str, Any]:
    """Buttons as a field; without any, no field, which takes them away where a message is edited."""
    return {"reply_markup": {"inline_keyboard": [[_key(key) for key in row] for row in rows]}} if rows else {}


def _key(key: Key) -> dict[str, Any]:
    match key:
        case Press():
            pressed: dict[str, Any] = {"text": key.label, "callback_data": pack(key.action)}
            return pressed if key.style is None else pressed | {"style": key.style}
        case Link():
            return {"text": key.label, "url": key.url}
        case Copy():
            return {"text": key.label, "copy_text": {"text": key.text}}
