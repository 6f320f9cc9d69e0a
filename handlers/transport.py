"""HTTP to Telegram over aiohttp, behind the seam python-telegram-bot has for it.

The address of every request contains the bot's token, and aiohttp's errors may hold the address. So they are translated
into words of our own, and raised outside of the `except` block: neither cause nor context leads back to the token.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

import aiohttp
import msgspec
import orjson
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData
from yarl import URL

_FORM = {"Content-Type": "application/x-www-form-urlencoded"}
_CONNECT_TIMEOUT = 10.0  # seconds, waiting for a free connection of the pool included; part of the whole time
_IDLE = 50.0  # seconds an unused connection is kept, shorter than servers keep it


class Unreachable(NetworkError):
    """No byte of the request left this machine, so it can be repeated without doing anything twice."""


class Flooded(TelegramError):
    """429: nothing was done; try again after `retry_after` seconds."""

    def __init__(self, retry_after: float) -> None:
        super().__init__("too many requests")
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file that goes along with a call, as the parameter of this name; people see it as `name`. A `Path` is read
    while it is sent.
    """

    parameter: str
    name: str
    content: bytes | Path = field(repr=False)

    def opened(self) -> BinaryIO:
        """For the caller to close."""
        return BytesIO(self.content) if isinstance(self.content, bytes) else self.content.open("rb")


class Transport(BaseRequest):
    """A pool of connections. `read_timeout` is how long a request may take as a whole, in seconds."""

    def __init__(self, *, connections: int, read_timeout: float = 15.0) -> None:
        self._connections = connections
        self._read_timeout = read_timeout
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        return self._read_timeout

    async def initialize(self) -> None:
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=self._connections, keepalive_timeout=_IDLE)
            self._session = aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())

    async def shutdown(self) -> None:
        if self._session is not None:
            session, self._session = self._session, None
            await session.close()

    async def renew(self) -> None:
        """Drop all connections, also those that died without saying so."""
        await self.shutdown()
        await self.initialize()

    async def do_request(  # noqa: PLR0917 - the library's signature
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Called by the library; of its timeouts only `read_timeout` is honoured, the others are this class's own."""
        patience = self._read_timeout if read_timeout is BaseRequest.DEFAULT_NONE else read_timeout
        if request_data is None:
            return await self._request(method, url, timeout=patience)
        if request_data.contains_files:
            return await self._request(method, url, data=_multipart(request_data), timeout=patience)
        form = request_data.url_encoded_parameters().encode()
        return await self._request(method, url, data=form, headers=_FORM, timeout=patience)

    async def call(
        self, url: str, fields: Mapping[str, Any], *, timeout: float, upload: Upload | None = None
    ) -> tuple[int, bytes]:
        """Post a form and give status and body as they are. Raises `NetworkError`, `TimedOut`, `Flooded`.

        Objects and lists travel as JSON within the form, as the library sends them: every Bot API server takes that.
        """
        if upload is not None:
            with upload.opened() as content:
                return await self._request("POST", url, data=_with_file(fields, upload, content), timeout=timeout)
        # yarl's quoting is `urlencode`'s, in a tenth of the time: the largest part of sending a message otherwise.
        form = URL.build(query={name: _field(value) for name, value in fields.items()}).raw_query_string.encode()
        return await self._request("POST", url, data=form, headers=_FORM, timeout=timeout)

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        try:
            parsed: dict[str, Any] = orjson.loads(payload)
        except orjson.JSONDecodeError:
            raise TelegramError("the answer is not JSON") from None
        return parsed

    async def _request(
        self,
        method: str,
        url: str,
        *,
        timeout: float | None,
        data: bytes | aiohttp.FormData | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> tuple[int, bytes]:
        if self._session is None:
            raise RuntimeError("the transport is not initialised")
        limits = aiohttp.ClientTimeout(total=timeout, connect=_CONNECT_TIMEOUT)
        fault: TelegramError
        try:
            async with self._session.request(
                method, url, data=data, headers=headers, timeout=limits, allow_redirects=False
            ) as answer:
                return _checked(answer.status, await answer.read())
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
            fault = Unreachable("Telegram could not be reached")
        except TimeoutError:
            fault = TimedOut("Telegram did not answer in time")
        except (aiohttp.ClientError, OSError) as error:
            fault = NetworkError(f"the connection to Telegram broke ({type(error).__name__})")
        raise fault


def _field(value: Any) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def _with_file(fields: Mapping[str, Any], upload: Upload, content: BinaryIO) -> aiohttp.FormData:
    form = aiohttp.FormData()
    for name, value in fields.items():
        form.add_field(name, _field(value))
    form.add_field(upload.parameter, content, filename=upload.name, content_type="application/octet-stream")
    return form


def _checked(status: int, body: bytes) -> tuple[int, bytes]:
    """What needs no JSON to be understood is said here: proxies answer 5xx with HTML."""
    if status == 429:
        raise Flooded(_retry_after(body))
    if status >= 500:
        raise NetworkError(f"Telegram answered {status}")
    return status, body


class _Parameters(msgspec.Struct):
    retry_after: float = 1.0


class _Refusal(msgspec.Struct):
    parameters: _Parameters = msgspec.field(default_factory=_Parameters)


def _retry_after(body: bytes) -> float:
    try:
        return msgspec.json.decode(body, type=_Refusal).parameters.retry_after
    except msgspec.DecodeError:
        return _Parameters().retry_after


def _multipart(request_data: RequestData) -> aiohttp.FormData:
    form = aiohttp.FormData()
    for name, value in request_data.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, media_type) in request_data.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=media_type)
    return form
