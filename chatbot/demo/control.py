"""The control endpoint: a test (or the chat page) acts as people and sees what people see.

All bodies and answers are JSON. A request that makes no sense is answered 400 `{"error": "sentence"}`.
`chat` and `user` are ids; a private chat has its person's id; groups are negative.

What a **shown message** is: the Bot API `Message` object plus

    "html":      text with its entities as safe HTML; newlines stay newlines (show with `white-space: pre-wrap`)
    "revision":  number of the change that made it what it is
    "media":     with a picture or a file: {"kind": "photo"|"document", "url", "name", "size" in bytes}, and "width",
                 "height" in pixels of a photo; `html` is its caption
    "silent":    true when it came without a sound (`has_protected_content` is the Bot API's own)
    "by":        who really wrote it, also in a channel, where the Bot API tells nobody; `reply_to_message` is left out
                 where it only names the message that created the topic

The HTML uses only: `<b> <i> <u> <s> <code> <pre> <blockquote>` (`class="expandable"` when folded),
`<pre><code class="language-x">`, `<span class="spoiler">`,
`<time datetime="ISO" data-unix="1700000000" data-format="wDT">`, `<a class="link" href rel target>`,
`<a class="command" data-command="/price">`, `<a class="mention" data-mention="@bob">`, `<a class="hashtag">`,
`<a class="cashtag">`. `reply_markup` also holds what the Bot API does not give back: a reply keyboard, a forced reply.
Service messages have no `text`; their `html` is a ready sentence ("Alice added Practice Bot") and `"service": true`.

Reading

    GET  /control/world                     {"revision": 12, "bot_online": true,
                                             "bot": {"id", "username", "name", "description", "short_description"},
                                             "people": [{"id", "name", "first_name", "username", "is_bot"}],
                                             "chats": [{"id", "type": "private"|"group"|"supergroup"|"channel",
                                                        "title", "username", "is_forum", "shown": true,
                                                        "members": [{"id", "status", "rights": [right]}],
                                                        "permissions": [permission], "pinned": [message id],
                                                        "topics": [{"id", "name", "colour", "closed"}],
                                                        "blocked": false, "upgraded_to": null}],
                                             "commands": {"<chat>": {"<user>": [{"command", "description"}]}}}
                                            A private chat's title is the bot's name; `members` include the bot.
                                            `shown` is false for a group that was upgraded; the newest pin comes
                                            first; topic 1 is the general one, whose messages name no thread.
    GET  /control/chat/{chat}?user=1001&after=0
                                            {"revision", "messages": [shown message]}: in order, deleted ones gone;
                                            `after` is a revision (0: all)
    GET  /control/chat/{chat}/deleted       {"deleted": [message id]}
    GET  /control/chat/{chat}/pins          {"pins": [shown message]}, the newest first
    GET  /control/chat/{chat}/media/{message}   the bytes of its picture or file
    GET  /control/wait?chat=1001&after_revision=N&timeout=5
                                            waits until something in that chat changed after N:
                                            {"revision", "messages": [shown message], "deleted": [message id]};
                                            both lists are empty when the time (seconds) ran out
    GET  /control/query/{id}?wait=5         {"query", "answered": true, "text": "…"|null, "show_alert": false,
                                             "url": null}
    GET  /control/inline/{id}?wait=5        {"query", "answered": true, "results": [{"id", "title", "description"}],
                                             "button": {"text", "start_parameter"}|null, "next_offset": ""}
    GET  /control/calls?since=N&method=sendMessage
                                            {"last": M,
                                             "calls": [{"sequence", "at", "method", "parameters", "status"}]};
                                            `at` in monotonic seconds of this server; `since` is a sequence (exclusive)
    GET  /control/events?after=N            Server-Sent Events, each `id: N` and `data:` one of
        {"revision", "kind": "message"|"edit", "chat", "message_id", "message": shown message}
        {"revision", "kind": "delete", "chat", "message_id"}
        {"revision", "kind": "answer", "chat", "message_id", "query", "user", "text", "show_alert", "url"}
        {"revision", "kind": "action", "chat", "action": "typing"}        (the bot is typing; fades after 5 s)
        {"revision", "kind": "commands"} {"revision", "kind": "world"}    read /control/world again
        Without `after` it starts now; `Last-Event-ID` is honoured. When the wanted revisions are no longer kept,
        one `{"revision", "kind": "world", "missed": true}` comes instead, and from there it goes on: read all again.

People

    POST /control/send       {"user", "chat", "text", "reply_to": id|null, "forwarded": bool, "anonymous": bool,
                              "as_channel": bool, "via_bot": id|null, "thread": id|null, "date": unix|null}
                                            → {"message": shown message}; only user, chat and text are required
    POST /control/edit       {"user", "chat", "message", "text"}          → {"message": shown message}
    POST /control/delete     {"user", "chat", "message"}                  → {"deleted": true}
    POST /control/tap        {"user", "chat", "message", "button": "Confirm"} → {"query": "id"}
                             by visible text: exact, else a case-insensitive part of exactly one; or "data": "forged"
    POST /control/inline     {"user", "chat", "query": "btc", "offset": ""}   → {"query": "id"} types "@bot btc"
    POST /control/inline/choose {"user", "chat", "query", "result", "reply_to": id|null, "thread": id|null}
                                            → {"message": shown message} sends it, "via @bot"
    POST /control/open_link  {"user", "url": "https://t.me/<bot>?start=payload"} → {"message": shown message}
    POST /control/block      {"user", "blocked": true}                    → {}
    POST /control/pin        {"user", "chat", "message", "pinned": true}  → {}
    POST /control/person     {"id", "first_name", "username"?, "is_bot"?} → {} a new person with a private chat

Chats; `by` is the admin who does it (the creator unless named), `user` the bot unless named

    POST /control/add        {"chat", "user"?, "by"?}                     → {} adds; to a channel the bot as an admin
    POST /control/kick       {"chat", "user"?, "by"?}                     → {}
    POST /control/leave      {"chat", "user"}                             → {}
    POST /control/promote    {"chat", "user"?, "by"?,
                              "status": "administrator"|"member", "rights": ["can_pin_messages", …]?}
                             → {} all rights (but to promote) unless some are named; a bot that is no longer an admin
                             of a channel is out of it
    POST /control/restrict   {"chat", "user"?, "by"?, "allowed": ["can_send_photos", …]} → {} in supergroups
    POST /control/permissions {"chat", "allowed": […]}                    → {} what everybody may do in a group
    POST /control/rename     {"chat", "title", "by"?}                     → {}
    POST /control/upgrade    {"chat", "by"?}                              → {"chat": new id}
    POST /control/forum      {"chat", "enabled": true}                    → {} topics on or off in a supergroup
    POST /control/topic      {"chat", "name", "by"?}                      → {"topic": id}
    POST /control/topic/rename {"chat", "topic", "name", "by"?}           → {}
    POST /control/topic/close  {"chat", "topic", "closed": true, "by"?}   → {}
    POST /control/topic/delete {"chat", "topic"}                          → {} with all that was written in it

A person who writes in the private chat starts it, and unblocks the bot. In a forum, what names no thread is written
into the topic of the message it answers, else into the general one. In a channel its admins speak as the channel.
Editing and deleting need the own message (an admin of a group may delete any). The bot's privacy mode is on.

The practice exchange beside this chat, if there is one (else 404); its own manual tells more

    GET  /control/exchange/markets  and  accounts
    POST /control/exchange/price  hold  live  outage  accounts/{username}/deposit  accounts/{username}/orders

Trouble

    POST   /control/faults   {"method": "sendMessage"|"*",
                              "kind": "drop_before"|"drop_after"|"delay"|"html_502"|"reset"|"429",
                              "times": 1, "seconds": 0, "chat": id|null}  → {}  (`seconds`: the delay, or retry_after)
    DELETE /control/faults                                                → {}
    POST   /control/limits   {"enabled": true}                            → {}  1/s per chat, 20/min per group, 30/s
    POST   /control/inline/mode {"enabled": true}                         → {}  what /setinline at @BotFather does
    POST   /control/raw_update {…}   any JSON, put in the bot's queue as it is (`update_id` added if missing)
                                                                          → {"update_id": N}
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from chatbot.demo import shown
from chatbot.demo.acts import Act, Acts
from chatbot.demo.calls import Calls
from chatbot.demo.chats import Chat
from chatbot.demo.crowd import Nonsense
from chatbot.demo.faults import Fault, FaultKind, Faults
from chatbot.demo.inline import Listing
from chatbot.demo.limits import Limits
from chatbot.demo.refusals import Refusal
from chatbot.demo.values import Json
from chatbot.demo.world import World

LONGEST_WAIT = 60.0
_NOTHING = Listing(offers=(), button=None, next_offset="")
HEARTBEAT = 10.0

Reading = Callable[[Request], Awaitable[Json]]


class Control:
    """The routes under `/control/`."""

    def __init__(self, *, world: World, faults: Faults, limits: Limits, calls: Calls) -> None:
        self._world = world
        self._acts = Acts(world)
        self._faults = faults
        self._limits = limits
        self._calls = calls
        self._closing = False

    def close(self) -> None:
        """End all waits and streams."""
        self._closing = True
        self._world.journal.wake()

    def routes(self) -> list[BaseRoute]:
        """Everything this module's docstring lists."""
        reading: dict[str, Reading] = {
            "world": self._get_world,
            "chat/{chat}": self._get_chat,
            "chat/{chat}/deleted": self._get_deleted,
            "chat/{chat}/pins": self._get_pins,
            "wait": self._wait,
            "query/{query}": self._get_query,
            "inline/{query}": self._get_inline,
            "calls": self._get_calls,
        }
        acting: dict[str, Act] = {
            **self._acts.by_name(),
            "faults": self._add_fault,
            "limits": self._set_limits,
            "raw_update": self._raw_update,
        }
        return [
            *(Route(f"/control/{path}", _answering(read)) for path, read in reading.items()),
            *(Route(f"/control/{name}", _obeying(act), methods=["POST"]) for name, act in acting.items()),
            Route("/control/faults", self._clear_faults, methods=["DELETE"]),
            Route("/control/events", self._events),
        ]

    # Reading

    async def _get_world(self, request: Request) -> Json:
        return shown.world(self._world)

    async def _get_chat(self, request: Request) -> Json:
        chat = self._chat(request.path_params["chat"])
        messages = chat.changed_since(int(request.query_params.get("after", 0)))
        return {"revision": self._world.journal.revision, "messages": [shown.message(m) for m in messages]}

    async def _get_deleted(self, request: Request) -> Json:
        return {"deleted": list(self._chat(request.path_params["chat"]).deleted)}

    async def _get_pins(self, request: Request) -> Json:
        chat = self._chat(request.path_params["chat"])
        pinned = (chat.message(number) for number in sorted(chat.pins, reverse=True))
        return {"pins": [shown.message(message) for message in pinned if message is not None]}

    async def _wait(self, request: Request) -> Json:
        chat = self._chat(request.query_params["chat"])
        after = int(request.query_params["after_revision"])
        loop = asyncio.get_running_loop()
        ends_at = loop.time() + _seconds(request, "timeout", default=5.0)
        seen = after
        while not (chat.changed_since(after) or chat.deleted_since(after) or self._closing):
            remaining = ends_at - loop.time()
            if remaining <= 0:
                break
            await self._world.journal.wait(seen, remaining)
            seen = self._world.journal.revision
        return {
            "revision": self._world.journal.revision,
            "messages": [shown.message(message) for message in chat.changed_since(after)],
            "deleted": chat.deleted_since(after),
        }

    async def _get_query(self, request: Request) -> Json:
        query = self._world.queries.find(request.path_params["query"])
        if query is None:
            raise Nonsense("no such query")
        await _answered(query.answered, request)
        answer = query.answer
        said = answer.to_json() if answer else {"text": None, "show_alert": False, "url": None}
        return {"query": query.id, "answered": answer is not None} | said

    async def _get_inline(self, request: Request) -> Json:
        query = self._world.inline.find(request.path_params["query"])
        if query is None:
            raise Nonsense("no such query")
        await _answered(query.answered, request)
        listing = query.listing or _NOTHING
        return {"query": query.id, "answered": query.listing is not None} | listing.to_json()

    async def _get_calls(self, request: Request) -> Json:
        since = int(request.query_params.get("since", 0))
        calls = self._calls.since(since, request.query_params.get("method"))
        return {"last": self._calls.last, "calls": [call.to_json() for call in calls]}

    async def _events(self, request: Request) -> Response:
        wanted = request.headers.get("last-event-id") or request.query_params.get("after")
        after = self._world.journal.revision if wanted is None else int(wanted)
        headers = {"cache-control": "no-store"}
        return StreamingResponse(self._stream(after), media_type="text/event-stream", headers=headers)

    async def _stream(self, after: int) -> AsyncIterator[bytes]:
        """Events after a revision, and comments in between so that a dead connection is noticed."""
        journal = self._world.journal
        yield b"retry: 1000\n\n"
        while not self._closing:
            complete, events = journal.since(after)
            after = journal.revision
            if not complete:
                yield _event({"revision": after, "kind": "world", "missed": True})
            for happened in events if complete else []:
                yield _event(shown.event(happened))
            await journal.wait(after, HEARTBEAT)
            if journal.revision == after:
                yield b": still here\n\n"

    # Trouble

    def _add_fault(self, given: Json) -> Json:
        fault = Fault(
            method=str(given["method"]).lower(),
            kind=FaultKind(given["kind"]),
            times=int(given.get("times", 1)),
            seconds=float(given.get("seconds", 0)),
            chat=given.get("chat"),
        )
        self._faults.add(fault)
        return {}

    async def _clear_faults(self, request: Request) -> Response:
        self._faults.clear()
        return _json({})

    def _set_limits(self, given: Json) -> Json:
        self._limits.enabled = bool(given["enabled"])
        return {}

    def _raw_update(self, given: Json) -> Json:
        return {"update_id": self._world.updates.put_raw(given)}

    def _chat(self, chat_id: Any) -> Chat:
        chat = self._world.chats.get(int(chat_id))
        if chat is None:
            raise Nonsense(f"there is no chat {chat_id}")
        return chat


async def _answered(answered: asyncio.Event, request: Request) -> None:
    """Wait for the bot's answer, for as long as the request allows."""
    waiting = asyncio.ensure_future(answered.wait())
    await asyncio.wait([waiting], timeout=_seconds(request, "wait", default=0.0))
    waiting.cancel()


def _answering(read: Reading) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        try:
            return _json(await read(request))
        except Exception as trouble:
            return _complaint(trouble)

    return endpoint


def _obeying(act: Act) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        try:
            return _json(act(orjson.loads(await request.body())))
        except Exception as trouble:
            return _complaint(trouble)

    return endpoint


def _complaint(trouble: Exception) -> Response:
    """400 for a wish that makes no sense; anything else is a defect of this server and rises."""
    match trouble:
        case Nonsense() | ValueError():
            return _json({"error": str(trouble)}, status=400)
        case Refusal():
            return _json({"error": trouble.description}, status=400)
        case KeyError():
            return _json({"error": f"{trouble} is missing"}, status=400)
        case _:
            raise trouble


def _seconds(request: Request, name: str, *, default: float) -> float:
    return min(float(request.query_params.get(name, default)), LONGEST_WAIT)


def _json(content: Json, *, status: int = 200) -> Response:
    headers = {"cache-control": "no-store"}
    return Response(orjson.dumps(content), status, media_type="application/json", headers=headers)


def _event(content: Json) -> bytes:
    return b"id: %d\ndata: %s\n\n" % (content["revision"], orjson.dumps(content))
