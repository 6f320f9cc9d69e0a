"""The type checker's part: every repository is what the services ask for."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chatbot.ports.accounts import Accounts, Sessions
    from chatbot.ports.alerts import AlertStore
    from chatbot.ports.bars import Bars
    from chatbot.ports.chats import KnownChats, Presence
    from chatbot.ports.dialogues import Dialogues
    from chatbot.ports.exports import ExportFiles, Exports
    from chatbot.ports.factors import Factors
    from chatbot.ports.follow_ups import FollowUps, Life
    from chatbot.ports.history import History
    from chatbot.ports.key_health import KeyHealth
    from chatbot.ports.keys import Rotation
    from chatbot.ports.locks import Locks
    from chatbot.ports.messages import Inbox, Losses, Outbox
    from chatbot.ports.people import Chats, Favourites, People
    from chatbot.ports.preferences import PreferenceStore
    from chatbot.ports.shown_secrets import ShownSecrets
    from chatbot.ports.swaps import Swaps
    from chatbot.ports.tickets import Tickets
    from chatbot.ports.trades import KeptTrades
    from chatbot.storage.opening import Storage

    def repositories_are_what_the_services_ask_for(storage: Storage) -> None:
        _people: People = storage.people
        _chats: Chats = storage.chats
        _favourites: Favourites = storage.favourites
        _accounts: Accounts = storage.accounts
        _sessions: Sessions = storage.accounts
        _factors: Factors = storage.factors
        _shown_secrets: ShownSecrets = storage.shown_secrets
        _tickets: Tickets = storage.tickets
        _dialogues: Dialogues = storage.dialogues
        _inbox: Inbox = storage.inbox
        _outbox: Outbox = storage.outbox
        _losses: Losses = storage.losses
        _known: KnownChats = storage.chats
        _presence: Presence = storage.presence
        _rotation: Rotation = storage.rotation
        _locks: Locks = storage.locks
        _preferences: PreferenceStore = storage.preferences
        _key_health: KeyHealth = storage.key_health
        _follow_ups: FollowUps = storage.follow_ups
        _life: Life = storage.life
        _alerts: AlertStore = storage.alerts
        _bars: Bars = storage.bars
        _swaps: Swaps = storage.swaps
        _trades: KeptTrades = storage.trades
        _history: History = storage.history
        _exports: Exports = storage.exports
        _export_files: ExportFiles = storage.export_files
