"""What the server refuses, in Telegram's words and with its status.

The sentences are those of Telegram's public Bot API server (tdlib/telegram-bot-api, 10.0).
"""

from collections.abc import Mapping


class Refusal(Exception):
    """An answer with `ok: false`.

    `status` is both the HTTP status and `error_code`; `parameters` becomes `ResponseParameters`.
    """

    def __init__(self, status: int, description: str, parameters: Mapping[str, int] | None = None) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.parameters = parameters


def bad_request(reason: str) -> Refusal:
    """400; `reason` is a sentence starting in lower case, or one of Telegram's CAPITAL_CODES."""
    return Refusal(400, f"Bad Request: {reason}")


def forbidden(reason: str) -> Refusal:
    """403: the chat exists, the bot may not write there."""
    return Refusal(403, f"Forbidden: {reason}")


def not_found(what: str) -> Refusal:
    """`what` as Telegram says it: "chat", "message to edit", "message to be replied", …"""
    return bad_request(f"{what} not found")


def unauthorized() -> Refusal:
    """The token is not this bot's."""
    return Refusal(401, "Unauthorized")


def unknown_method() -> Refusal:
    """Also python-telegram-bot's sign of an invalid token."""
    return Refusal(404, "Not Found")


def conflict() -> Refusal:
    """Told to the older of two polls."""
    return Refusal(
        409,
        "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
    )


def too_many_requests(retry_after: int) -> Refusal:
    """`retry_after` in whole seconds."""
    return Refusal(429, f"Too Many Requests: retry after {retry_after}", parameters={"retry_after": retry_after})


def upgraded(new_chat_id: int) -> Refusal:
    """The group lives on under another id."""
    return Refusal(
        400,
        "Bad Request: group chat was upgraded to a supergroup chat",
        parameters={"migrate_to_chat_id": new_chat_id},
    )


def not_modified() -> Refusal:
    """Success in disguise."""
    return bad_request(
        "message is not modified: specified new message content and reply markup are exactly the same "
        "as a current content and reply markup of the message"
    )


def query_too_old() -> Refusal:
    """A callback query that is unknown, or older than its 150 s."""
    return bad_request("query is too old and response timeout expired or query ID is invalid")


def not_enough_rights(purpose: str) -> Refusal:
    """The bot is inside, but may not do this; `purpose` is "send photos to the chat", say."""
    return bad_request(f"not enough rights to {purpose}")


def photo_too_big(size: int, largest: int) -> Refusal:
    """Both in bytes."""
    return bad_request(f"file of size {size} bytes is too big for a photo; the maximum size is {largest} bytes")


def too_large() -> Refusal:
    """More than the server takes in one request."""
    return Refusal(413, "Request Entity Too Large")


def bad_entities(complaint: str) -> Refusal:
    """The formatting cannot be read; `complaint` names the place."""
    return bad_request(f"can't parse entities: {complaint}")
