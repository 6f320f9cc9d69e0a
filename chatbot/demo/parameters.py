"""What a Bot API call brings: query, form, multipart or JSON, read as leniently as Telegram reads it.

https://core.telegram.org/bots/api#making-requests
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

import orjson

from chatbot.demo import multipart
from chatbot.demo.multipart import Upload
from chatbot.demo.refusals import Refusal, bad_request
from chatbot.demo.values import Json


class Parameters:
    """Parameters by name. Numbers, flags and objects may arrive as text; absent ones have their defaults.

    `uploads` are the files that came along, by the name of their part.
    """

    def __init__(self, values: Mapping[str, Any], uploads: Mapping[str, Upload] | None = None) -> None:
        self.values = values
        self.uploads = uploads or {}

    def to_json(self) -> Json:
        """As the log of calls keeps them: of a file its name and size only."""
        sizes = {name: {"name": file.name, "size": len(file.content)} for name, file in self.uploads.items()}
        return {**self.values, **sizes}

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
    if not body:
        return Parameters(values)
    if is_multipart(content_type):
        given, uploads = multipart.parse(content_type, body)
        return Parameters(values | given, uploads)
    is_json = _kind(content_type) == "application/json"
    given = _read_json(body) if is_json else dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
    return Parameters(values | given)


def is_multipart(content_type: str) -> bool:
    """Whether files may come along."""
    return _kind(content_type) == "multipart/form-data"


def _kind(content_type: str) -> str:
    return content_type.partition(";")[0].strip().lower()


def _read_json(body: bytes) -> Json:
    try:
        values = orjson.loads(body)
    except orjson.JSONDecodeError:
        values = None
    if not isinstance(values, dict):
        raise Refusal(400, "Bad Request: can't parse request JSON object")
    return values
