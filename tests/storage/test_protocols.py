"""The type checker's part: every repository is what the services ask for."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chatbot.ports.accounts import Accounts
    from chatbot.ports.dialogues import Dialogues
    from chatbot.ports.messages import Inbox, Outbox
    from chatbot.ports.people import Chats, Favourites, People
    from chatbot.ports.tickets import Tickets
    from chatbot.storage.opening import Storage

    def repositories_are_what_the_services_ask_for(storage: Storage) -> None:
        _people: People = storage.people
        _chats: Chats = storage.chats
        _favourites: Favourites = storage.favourites
        _accounts: Accounts = storage.accounts
        _tickets: Tickets = storage.tickets
        _dialogues: Dialogues = storage.dialogues
        _inbox: Inbox = storage.inbox
        _outbox: Outbox = storage.outbox
