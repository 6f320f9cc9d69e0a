"""What accounts are worth, and what trades brought."""

from chatbot.domain.ids import AccountId, SubAccountId
from handlers.buttons import button


@button("vp")
class ShowPortfolio:
    """Of an account, or of a sub-account of it whose name is remembered; `anew` as a message of its own."""

    account: AccountId
    sub: SubAccountId | None
    anew: bool


@button("vr")
class ShowResults:
    account: AccountId
    anew: bool
