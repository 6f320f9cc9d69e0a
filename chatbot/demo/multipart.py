"""`multipart/form-data` read as Telegram's server reads it (tdlib/td, `HttpReader`): no escapes, no nesting."""

from dataclasses import dataclass, field

from chatbot.demo.refusals import bad_request
from chatbot.demo.values import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file that came along with a call; `name` is what the client calls it, unchecked."""

    name: str
    content: bytes = field(repr=False)


def parse(content_type: str, body: bytes) -> tuple[Json, dict[str, Upload]]:
    """The parameters, and the files by the name of their part. Raises Refusal."""
    values: Json = {}
    uploads: dict[str, Upload] = {}
    for part in (b"\r\n" + body).split(b"\r\n--" + _boundary(content_type))[1:]:
        if part.startswith(b"--"):
            break
        head, _, content = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        disposition = _disposition(head.decode("utf-8", "replace"))
        name = disposition.get("name")
        if not name:
            raise bad_request("field name in multipart/form-data not found")
        if "filename" in disposition:
            uploads[name] = Upload(name=disposition["filename"], content=content)
        else:
            values[name] = content.decode("utf-8", "replace")
    return values, uploads


def _boundary(content_type: str) -> bytes:
    _, found, rest = content_type.partition("boundary=")
    boundary = rest.partition(";")[0].strip().strip('"')
    if not found or not boundary:
        raise bad_request("boundary not found")
    return boundary.encode("latin-1", "replace")


def _disposition(head: str) -> dict[str, str]:
    """The attributes of the part's `Content-Disposition`; a quoted value ends at the first semicolon all the same."""
    for line in head.split("\r\n"):
        name, _, value = line.partition(":")
        if name.strip().lower() == "content-disposition":
            pairs = (attribute.partition("=") for attribute in value.split(";")[1:])
            return {key.strip(): _unquoted(given.strip()) for key, _, given in pairs}
    return {}


def _unquoted(value: str) -> str:
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] == '"' else value
