"""What protects an account, and what is written down of it."""

from chatbot.domain.ids import AccountId, AliasId, LimitChangeId
from chatbot.domain.limits import LimitKind
from handlers.buttons import button


@button("ls")
class ShowLimits:
    account: AccountId


@button("lc")
class ChangeLimit:
    """Asks for the new value of a limit."""

    account: AccountId
    kind: LimitKind


@button("lk")
class KeepLimit:
    """The raise that waits is dropped."""

    change: LimitChangeId


@button("wl")
class ShowAliases:
    page: int


@button("wr")
class AskRemoveAlias:
    alias: AliasId


@button("wx")
class RemoveAlias:
    alias: AliasId


@button("2f")
class ShowFactor:
    pass


@button("2b")
class BeginFactor:
    pass


@button("2x")
class EndSetUp:
    pass


@button("2o")
class TurnOffFactor:
    pass


@button("2r")
class RenewRecoveryCodes:
    pass


@button("2q")
class RequireFactor:
    """Of everybody."""

    required: bool


@button("2d")
class DeleteShown:
    """The message that shows a secret goes."""


@button("jo")
class ShowAudit:
    """One's own entries, those with lower numbers than `before` (0: the newest)."""

    before: int


@button("jc")
class ExportAudit:
    pass


@button("ja")
class ShowEverybodysAudit:
    before: int


@button("jx")
class ExportEverybodysAudit:
    pass


@button("fg")
class AskForget:
    pass


@button("fk")
class KeepEverything:
    pass
