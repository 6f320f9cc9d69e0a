"""How a chat wants to be spoken to."""

from enum import StrEnum

from chatbot.domain.ids import ChatId
from chatbot.domain.notices import NoticeKind, NoticeMode
from chatbot.domain.preferences import ChartTheme, NumberStyle, QuietMode, ValueCurrency
from handlers.buttons import button


class SettingsPage(StrEnum):
    """A screen of `/settings`."""

    ALL = "all"
    ZONE = "zone"
    NUMBERS = "num"
    CHARTS = "pic"
    QUIET = "quiet"
    NOTICES = "told"
    DUST = "dust"
    CURRENCY = "cur"
    FAVOURITES = "fav"


class QuietPreset(StrEnum):
    """Quiet hours that are offered, as they would be typed."""

    OFF = "off"
    EVENING = "22-7"
    LATE = "23-8"
    NIGHT = "0-6"


class DustPreset(StrEnum):
    """Thresholds that are offered, in USDT."""

    NONE = "0"
    ONE = "1"
    FIVE = "5"
    TEN = "10"


@button("sg")
class ShowSettings:
    """Of a chat: this one, or one that its admin manages from the private chat."""

    chat: ChatId
    page: SettingsPage


@button("sz")
class SetZone:
    chat: ChatId
    zone: str


@button("sn")
class SetNumbers:
    chat: ChatId
    style: NumberStyle


@button("sc")
class SetTheme:
    chat: ChatId
    theme: ChartTheme


@button("sq")
class SetQuiet:
    chat: ChatId
    hours: QuietPreset


@button("sm")
class SetQuietMode:
    chat: ChatId
    mode: QuietMode


@button("nm")
class SetNotices:
    chat: ChatId
    kind: NoticeKind
    mode: NoticeMode


@button("sd")
class SetDust:
    below: DustPreset


@button("su")
class SetCurrency:
    """That the value of accounts is given in."""

    currency: ValueCurrency


@button("fu")
class RaiseFavourite:
    """One place up."""

    chat: ChatId
    code: str


@button("fx")
class DropFavourite:
    chat: ChatId
    code: str
