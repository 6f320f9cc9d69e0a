"""Bytes over HTTP: for the bot as Telegram serves them, for tests and the page as the control endpoint does."""

import hmac
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from chatbot.demo.files import Document, Media, Photo
from chatbot.demo.values import Message
from chatbot.demo.world import World

# A document may be a page: it must neither run here nor be taken for anything but a download.
_HARMLESS = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; sandbox",
    "x-content-type-options": "nosniff",
}
_PICTURE_TYPES = {"png": "image/png", "jpg": "image/jpeg"}


class Downloads:
    """`/file/bot<token>/<file_path>` and `/control/chat/{chat}/media/{message}`."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/file/bot{token}/{path:path}", self._by_path),
            Route("/control/chat/{chat}/media/{message}", self._of_message),
        ]

    async def _by_path(self, request: Request) -> Response:
        """https://core.telegram.org/bots/api#getfile"""
        known = hmac.compare_digest(request.path_params["token"].encode(), self._world.token.encode())
        content = self._world.files.at(request.path_params["path"]) if known else None
        if content is None:
            status, words = (404, "Not Found") if known else (401, "Unauthorized")
            return JSONResponse({"ok": False, "error_code": status, "description": words}, status)
        return Response(content, media_type="application/octet-stream", headers=_HARMLESS)

    async def _of_message(self, request: Request) -> Response:
        message = self._message(**request.path_params)
        if message is None or message.media is None:
            return JSONResponse({"error": "there is no picture or file in this message"}, 404)
        content = self._world.files.content(message.media)
        if content is None:
            return JSONResponse({"error": "this file made room for newer ones"}, 404)
        return Response(content, headers=_HARMLESS | _described(message.media))

    def _message(self, *, chat: str, message: str) -> Message | None:
        try:
            known = self._world.chats.get(int(chat))
            return None if known is None else known.message(int(message))
        except ValueError:
            return None


def _described(media: Media) -> dict[str, str]:
    match media:
        case Photo():
            return {"content-type": _PICTURE_TYPES[media.facts.form]}
        case Document():
            name = quote(media.name, safe="")
            return {
                "content-type": "application/octet-stream",
                "content-disposition": f"attachment; filename*=UTF-8''{name}",
            }
