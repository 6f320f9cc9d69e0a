"""Accounts, people, and help."""

from chatbot.domain.accounts import Venue
from chatbot.domain.ids import AccountId, PersonId
from handlers.buttons import button


@button("as")
class UseAccount:
    account: AccountId


@button("au")
class AskUnlink:
    account: AccountId


@button("ax")
class Unlink:
    account: AccountId


@button("al")
class BeginLink:
    venue: Venue


@button("ap")
class LinkPractice:
    pass


@button("ao")
class LinkPracticeSwaps:
    pass


@button("aa")
class ShowAccounts:
    pass


@button("pr")
class AskRemovePerson:
    person: PersonId


@button("px")
class RemovePerson:
    person: PersonId


@button("pp")
class ShowPeople:
    page: int


@button("pi")
class Invite:
    pass


@button("h")
class ShowHelp:
    command: str | None
