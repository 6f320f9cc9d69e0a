"""Alerts, and where pushes go."""

from chatbot.domain.alert_drafts import AlertQuestion
from chatbot.domain.ids import AlertId, ChatId, DialogueId
from chatbot.domain.orders import Side
from handlers.buttons import button


@button("hr")
class ShowHere:
    """What goes on in a group or channel; None: the list of them."""

    group: ChatId | None


@button("an")
class ListAlerts:
    """A chat's alerts; None is the chat it is tapped in. `anew` below, where what was tapped says something to keep."""

    chat: ChatId | None
    page: int
    anew: bool


@button("av")
class ShowAlert:
    alert: AlertId
    anew: bool


@button("ae")
class EditAlert:
    """Asks for the new value of a part; None: which part?"""

    alert: AlertId
    what: AlertQuestion | None


@button("aw")
class WatchAlert:
    """From now on, whatever it did. Tapped on its `card`, that is redrawn; what tells of a hit stays as it is."""

    alert: AlertId
    card: bool


@button("az")
class SnoozeAlert:
    alert: AlertId
    card: bool


@button("ai")
class PauseAlert:
    alert: AlertId


@button("ad")
class DeleteAlert:
    alert: AlertId
    card: bool


@button("am")
class MoveAlert:
    """Has it told in its chat's general topic from now on, because its own is gone."""

    alert: AlertId


@button("at")
class TradeOnAlert:
    """Begins an order because of an alert, whose level is at hand then. `code` is its market, should it be gone."""

    alert: AlertId
    side: Side
    code: str


@button("ak")
class AskClearAlerts:
    """All of a market; None: all that have ended."""

    chat: ChatId | None
    code: str | None


@button("ay")
class ClearAlerts:
    chat: ChatId | None
    code: str | None


@button("ac")
class ChooseForAlert:
    """One of the answers offered with a question about an alert."""

    dialogue: DialogueId
    choice: int


@button("aq")
class DropAlertQuestion:
    dialogue: DialogueId
