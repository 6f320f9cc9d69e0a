"""What a Bot API call brings: query, form, multipart or JSON, read as leniently as Telegram reads it.

https://core.telegram.org/bots/api#making-requests
"""

from collections.abc import Mapping
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any
from urllib.parse import parse_qsl

import orjson

from chatbot.demo.refusals import Refusal, bad_request
from chatbot.demo.values import Json


class Parameters:
    """Parameters by name. Numbers, flags and objects may arrive as text; absent ones have their defaults."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.values = values

    def has(self, name: str) -> bool:
        return name in self.values

    def text(self, name: str) -> str:
        """ "" when absent."""
        value = self.values.get(name)
        if value is None:
            return ""
        return value if isinstance(value, str) else orjson.dumps(value).decode()

    def integer(self, name: str, default: int = 0) -> int:
        """The default also for what is not a number."""
        try:
            return int(self.values[name])
        except (KeyError, TypeError, ValueError):
            return default

    def flag(self, name: str) -> bool:
        value = self.values.get(name)
        return value is True or str(value).strip().lower() in ("true", "yes", "1")

    def structure(self, name: str, *, called: str) -> Any:
        """A nested object or array; None when absent. Raises Refusal when it is not JSON."""
        value = self.values.get(name)
        if value is None or value == "":
            return None
        if not isinstance(value, str):
            return value
        try:
            return orjson.loads(value)
        except orjson.JSONDecodeError:
            raise bad_request(f"can't parse {called} JSON object") from None


def read(*, query: bytes, content_type: str, body: bytes) -> Parameters:
    """Parameters from the query string, overridden by those of the body. Raises Refusal when the body is broken."""
    values: Json = dict(parse_qsl(query.decode("latin-1"), keep_blank_values=True)) if query else {}
    if body:
        values |= _read_body(content_type, body)
    return Parameters(values)


def _read_body(content_type: str, body: bytes) -> Json:
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "application/json":
        return _read_json(body)
    if kind == "multipart/form-data":
        return _read_multipart(content_type, body)
    return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))


def _read_json(body: bytes) -> Json:
    try:
        values = orjson.loads(body)
    except orjson.JSONDecodeError:
        values = None
    if not isinstance(values, dict):
        raise Refusal(400, "Bad Request: can't parse request JSON object")
    return values


def _read_multipart(content_type: str, body: bytes) -> Json:
    head = f"Content-Type: {content_type}\r\n\r\n".encode()
    parts = BytesParser(policy=HTTP).parsebytes(head + body).iter_parts()
    named = ((part.get_param("name", header="content-disposition"), part.get_payload(decode=True)) for part in parts)
    return {str(name): bytes(content).decode("utf-8", "replace") for name, content in named if name}
