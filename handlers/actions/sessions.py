"""Browser sessions of accounts."""

from chatbot.domain.ids import AccountId
from handlers.buttons import button


@button("ib")
class BeginSession:
    account: AccountId


@button("ip")
class LinkPracticeSession:
    account: AccountId


@button("ix")
class DropSession:
    account: AccountId
