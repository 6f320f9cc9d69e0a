"""Settings: read once from the environment and `.env`, checked all together, frozen.

The only place that reads the environment. Every setting stands in `.env.example` with a sentence.
"""

from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from chatbot.domain.people import Access
from chatbot.domain.zones import is_zone


class LogFormat(StrEnum):
    CONSOLE = "console"
    JSON = "json"


class LogLevel(StrEnum):
    DEBUG = "DEBUG"
    INFO = "INFO"
    WARNING = "WARNING"
    ERROR = "ERROR"


class SettingsError(Exception):
    """Settings that cannot be used; `problems` holds one sentence for each, by name."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def is_loopback(host: str | None) -> bool:
    if host is None:
        return False
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _checked_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("must be a web address such as https://example.org")
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise ValueError("must begin with https:// unless it is on this machine")
    return url.rstrip("/")


def _optional_url(url: str) -> str:
    return _checked_url(url) if url else ""


def _split_ids(value: Any) -> Any:
    """`1001, 1002` → ("1001", "1002"); whatever is not a number is then refused by name."""
    if isinstance(value, str):
        return tuple(value.replace(",", " ").split())
    return value


def _zone_name(name: str) -> str:
    if not is_zone(name):
        raise ValueError("must be the name of a time zone, such as Europe/Berlin, or UTC")
    return name


def _header_word(secret: SecretStr) -> SecretStr:
    text = secret.get_secret_value()
    if not (text.isascii() and text.isprintable() and " " not in text):
        raise ValueError("holds a space or a character that cannot be sent")
    return secret


def _sqlite_url(url: str) -> str:
    if not url.startswith("sqlite:///") or url == "sqlite:///":
        raise ValueError("must look like sqlite:///data/chatbot.db")
    return url


Url = Annotated[str, AfterValidator(_checked_url)]
OptionalUrl = Annotated[str, AfterValidator(_optional_url)]
PositiveId = Annotated[int, Field(gt=0)]


class Settings(BaseSettings):
    """What the operator decides. See `.env.example` for what each means."""

    model_config = SettingsConfigDict(
        env_file=".env", env_file_encoding="utf-8", extra="ignore", frozen=True, env_ignore_empty=False
    )

    telegram_bot_token: SecretStr = SecretStr("")
    telegram_api_url: Url = "https://api.telegram.org"
    andx_url: OptionalUrl = "https://platform.andx.one"
    paper_url: OptionalUrl = ""
    andx_timestamp: Literal["seconds", "milliseconds"] = "seconds"
    andx_market_buy_volume: Literal["base", "counter"] = "base"
    andx_requests_per_minute: Annotated[int, Field(ge=10, le=6000)] = 60
    nexchange_url: OptionalUrl = "https://api.n.exchange/en/api/v2"
    nexchange_auth_scheme: Literal["ApiKey", "Bearer"] = "ApiKey"
    nexchange_side: Literal["BUY", "SELL", "omit"] = "BUY"
    nexchange_time_zone: Annotated[str, AfterValidator(_zone_name)] = "UTC"
    nexchange_referral_token: Annotated[SecretStr, AfterValidator(_header_word)] = SecretStr("")
    nexchange_requests_per_minute: Annotated[int, Field(ge=10, le=6000)] = 60
    database_url: Annotated[str, AfterValidator(_sqlite_url)] = "sqlite:///data/chatbot.db"
    master_key_file: Path = Path("data/master.key")
    master_key: SecretStr = SecretStr("")
    owner_ids: Annotated[tuple[PositiveId, ...], NoDecode, BeforeValidator(_split_ids)] = ()
    access: Access = Access.INVITE
    alias_hold_minutes: Annotated[int, Field(ge=0, le=43_200)] = 1440
    alerts_per_chat: Annotated[int, Field(ge=1, le=10_000)] = 50
    log_level: LogLevel = LogLevel.INFO
    log_format: LogFormat = LogFormat.CONSOLE


class _Systemd(BaseSettings):
    """What systemd tells its services. No setting: nobody but systemd should set it."""

    credentials_directory: Path | None = None


def systemd_credential(name: str) -> Path | None:
    """The file of a credential that systemd handed to this service (`LoadCredential=`), if it did."""
    folder = _Systemd().credentials_directory
    return folder / name if folder and (folder / name).exists() else None


def read_settings() -> Settings:
    """Read and check all settings. Raises `SettingsError` naming every bad one at once."""
    try:
        settings = Settings()
    except ValidationError as error:
        raise SettingsError(tuple(_problem(detail) for detail in error.errors())) from None
    if not settings.andx_url and not settings.paper_url:
        raise SettingsError(("ANDX_URL: is empty and PAPER_URL too; at least one exchange is needed",))
    if settings.master_key.get_secret_value() and _names_a_key_file(settings):
        problem = f"MASTER_KEY: is set, and so is MASTER_KEY_FILE ({settings.master_key_file} exists); keep one of them"
        raise SettingsError((problem,))
    return settings


def _names_a_key_file(settings: Settings) -> bool:
    return "master_key_file" in settings.model_fields_set and settings.master_key_file.exists()


def require_token(settings: Settings) -> str:
    """The bot token. Raises `SettingsError` if it is missing or cannot be one."""
    token = settings.telegram_bot_token.get_secret_value()
    if not token:
        raise SettingsError(("TELEGRAM_BOT_TOKEN: is missing; @BotFather gives you one",))
    number, colon, rest = token.partition(":")
    if not (number.isdigit() and colon and rest and token.isascii() and token.isprintable() and " " not in token):
        raise SettingsError(("TELEGRAM_BOT_TOKEN: does not look like a token (123456:ABC…)",))
    return token


def _problem(detail: Any) -> str:
    """One sentence for one bad setting; never its value, which may be a secret."""
    name = str(detail["loc"][0]).upper() if detail["loc"] else "settings"
    said = str(detail["msg"]).removeprefix("Value error, ")
    return f"{name}: {said[:1].lower()}{said[1:]}"
