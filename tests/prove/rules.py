"""Who may do what, and where: the house rules in words of their own, for everything people can say and tap.

They are not read off the program, but held against it. A command, button, question or protected action that has no rule
here fails the proof.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto

from chatbot.domain import alert_drafts, convert_drafts, drafts, protected, route_drafts
from chatbot.domain.intents import CancelOrders, Convert, CreateSwap, Intent, PlaceOrder, SetPayout, Withdraw
from chatbot.domain.tickets import TicketState
from handlers import actions
from tests.fakes.swap_service import PAYOUT


class Who(Enum):
    """Whose doing counts. The `HOLDER` is the person whose record is named; nobody else's tap does anything to it. Who
    `HAS_ROWS` was let in once: what protects or erases their own stays theirs after they were removed.
    """

    ANYBODY = auto()
    HAS_ROWS = auto()
    LET_IN = auto()
    HOLDER = auto()
    OWNER = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What somebody may change by it in their own private chat; anybody else, anywhere else, nothing.

    Except for the admins of a group, there: they may change the group's own rows `in_group`.

    `changes` are tables, in which only rows of the person's own may change, and those of the `others` anybody's. What
    `moves_money` sends to the exchange, unless the account is locked, the bot halted or a required factor is missing;
    what `stops_money` sends cancellations in spite of all these. What `tells_service` says something there that moves
    nothing, unless the account is locked or the bot halted. A rule on a ticket holds in some states `of` some
    kinds, and `with_money` means that its changes, too, wait for the money to be free. What `shows_everybodys` may
    name other people's accounts and aliases; what `erases` takes out everything of the person's, the log's words too.
    `if_refused` are the tables in which a code that does not count may close something. What goes `with_factor` does
    nothing by itself for whoever has a second factor: it asks for a code.
    """

    who: Who
    changes: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset()
    in_group: frozenset[str] = frozenset()
    moves_money: bool = False
    stops_money: bool = False
    tells_service: bool = False
    with_money: bool = False
    with_factor: bool = False
    shows_everybodys: bool = False
    erases: bool = False
    if_refused: frozenset[str] = frozenset()
    states: frozenset[TicketState] = frozenset(TicketState)
    of: tuple[type[Intent], ...] = (PlaceOrder, CancelOrders, Withdraw, CreateSwap, SetPayout, Convert)


def _of(*tables: str) -> frozenset[str]:
    return frozenset(tables)


_WAITING = frozenset({TicketState.PENDING, TicketState.CONTINUED, TicketState.HELD})
_PENDING = frozenset({TicketState.PENDING})
_QUESTION = _of("dialogues")
_CARD = _of("dialogues", "tickets")
_SWAP = _of("swaps", "outbox", "tickets")
_LOCK = _of("locks", "tickets", "limit_changes", "aliases")
_SAMPLES = _of("samples", "sub_accounts")
_READ = _of("trades", "trade_readings")
_ACCOUNT = _of("accounts", "account_secrets", "active_accounts", "data_keys", "outbox", "sessions") | _READ | _SAMPLES
_SESSION = _of("sessions", "outbox", "dialogues")
_STARS = _of("favourites")
_SETTING = _of("preferences", "dialogues")
_NOTICES = _of("notice_modes", "dialogues")
_ALERT = _of("alerts", "dialogues")
_TRADES = _of("sessions", "outbox") | _READ
_ROUTE = _of("dialogues", "sessions", "outbox")
_FACTOR = _of("factors", "recovery_codes", "secrets", "data_keys", "shown_secrets", "dialogues", "outbox")

LOOK = Rule(who=Who.ANYBODY)
LET_IN = Rule(who=Who.LET_IN)
OWN_LOOK = Rule(who=Who.HAS_ROWS)
ASK = Rule(who=Who.LET_IN, changes=_QUESTION)
HOLDERS_LOOK = Rule(who=Who.HOLDER)
OWNERS_LOOK = Rule(who=Who.OWNER)
OVERSEE = Rule(who=Who.OWNER, shows_everybodys=True)

BUTTONS: Mapping[type, Rule] = {
    actions.ConfirmTicket: Rule(
        who=Who.HOLDER,
        changes=_of("tickets"),
        moves_money=True,
        with_money=True,
        states=_PENDING,
        of=(PlaceOrder, CancelOrders, Convert),
    ),
    actions.DeclineTicket: Rule(who=Who.HOLDER, changes=_of("tickets", "dialogues", "aliases"), states=_WAITING),
    actions.ContinueTicket: Rule(
        who=Who.HOLDER, changes=_CARD | _of("aliases"), with_money=True, states=_PENDING, of=(Withdraw,)
    ),
    actions.SettleByWord: ASK,
    actions.ShowTicket: Rule(who=Who.HOLDER, changes=_of("tickets")),
    actions.RepeatTicket: Rule(who=Who.HOLDER, changes=_CARD),
    actions.RefreshTicket: Rule(who=Who.HOLDER, changes=_of("tickets")),
    actions.Choose: Rule(who=Who.HOLDER, changes=_CARD),
    actions.ChooseForWithdrawal: Rule(who=Who.HOLDER, changes=_CARD),
    actions.ConfirmSwap: Rule(
        who=Who.HOLDER,
        changes=_SWAP,
        moves_money=True,
        with_money=True,
        with_factor=True,
        states=_PENDING,
        of=(CreateSwap, SetPayout),
    ),
    actions.StartSwap: Rule(who=Who.LET_IN, changes=_CARD),
    actions.ChooseForSwap: Rule(who=Who.HOLDER, changes=_CARD),
    actions.StartConversion: Rule(who=Who.LET_IN, changes=_CARD | _SESSION),
    actions.ChooseForConversion: Rule(who=Who.HOLDER, changes=_CARD | _SESSION),
    actions.TurnConversion: Rule(who=Who.HOLDER, changes=_CARD | _SESSION),
    actions.TurnConversionCard: Rule(who=Who.HOLDER, changes=_CARD | _SESSION, states=_PENDING, of=(Convert,)),
    actions.UseAmount: Rule(who=Who.HOLDER, changes=_CARD),
    actions.TakeRoute: Rule(who=Who.HOLDER, changes=_CARD | _SESSION),
    actions.CompareTicket: Rule(who=Who.HOLDER, changes=_ROUTE),
    actions.SecondOrder: Rule(who=Who.HOLDER, changes=_CARD),
    actions.CompareConversion: Rule(who=Who.HOLDER, changes=_ROUTE),
    actions.TurnSwap: Rule(who=Who.HOLDER, changes=_CARD),
    actions.ShowSwap: Rule(who=Who.LET_IN, changes=_SWAP),
    actions.ShowSwaps: LET_IN,
    actions.RefreshSwap: Rule(who=Who.HOLDER, changes=_SWAP),
    actions.MarkSwapPaid: Rule(who=Who.HOLDER, changes=_SWAP, tells_service=True),
    actions.UnmarkSwap: Rule(who=Who.HOLDER, changes=_SWAP, tells_service=True),
    actions.GiveTransaction: Rule(who=Who.HOLDER, changes=_QUESTION),
    actions.SetSwapPayout: Rule(who=Who.HOLDER, changes=_CARD),
    actions.ShowSwapPicture: Rule(who=Who.HOLDER, changes=_of("swaps")),
    actions.SwapHelp: LET_IN,
    actions.DropDialogue: Rule(who=Who.HOLDER, changes=_QUESTION),
    actions.RefreshPrices: LOOK,
    actions.ShowPrices: LOOK,
    actions.ShowPrice: LOOK,
    actions.ShowBook: LOOK,
    actions.ShowRules: LOOK,
    actions.DrawChart: LOOK,
    actions.DrawDepth: LOOK,
    actions.ShowMarkets: LOOK,
    actions.ShowHelp: LOOK,
    actions.ToggleFavourite: Rule(who=Who.LET_IN, changes=_STARS),
    actions.StartOrder: Rule(who=Who.LET_IN, changes=_CARD),
    actions.StartWithdrawal: Rule(who=Who.LET_IN, changes=_CARD),
    actions.ShowBalance: HOLDERS_LOOK,
    actions.ShowSubBalance: Rule(who=Who.HOLDER, changes=_of("sub_accounts")),
    actions.ShowOrders: HOLDERS_LOOK,
    actions.ShowOrder: HOLDERS_LOOK,
    actions.ShowPortfolio: Rule(who=Who.HOLDER, changes=_SAMPLES | _TRADES),
    actions.ShowResults: Rule(who=Who.HOLDER, changes=_TRADES),
    actions.ShowTrades: Rule(who=Who.HOLDER, changes=_TRADES),
    actions.ShowHistory: LET_IN,
    actions.StartExport: Rule(who=Who.LET_IN, changes=_of("exports")),
    actions.CancelExport: Rule(who=Who.HOLDER, changes=_of("exports")),
    actions.CancelOrder: Rule(who=Who.HOLDER, changes=_of("tickets")),
    actions.CancelAll: Rule(who=Who.HOLDER, changes=_of("tickets")),
    actions.UseAccount: Rule(who=Who.HOLDER, changes=_of("active_accounts")),
    actions.AskUnlink: HOLDERS_LOOK,
    actions.Unlink: Rule(
        who=Who.HAS_ROWS, changes=_ACCOUNT | _of("dialogues", "aliases", "limit_changes", "key_health", "secrets")
    ),
    actions.BeginLink: ASK,
    actions.LinkPractice: Rule(who=Who.LET_IN, changes=_ACCOUNT),
    actions.LinkPracticeSwaps: Rule(who=Who.LET_IN, changes=_ACCOUNT),
    actions.ShowAccounts: OWN_LOOK,
    actions.BeginSession: Rule(who=Who.HOLDER, changes=_QUESTION),
    actions.LinkPracticeSession: Rule(who=Who.HOLDER, changes=_SESSION | _CARD),
    actions.DropSession: Rule(who=Who.HOLDER, changes=_of("sessions")),
    actions.AskRemovePerson: OWNERS_LOOK,
    actions.RemovePerson: Rule(
        who=Who.OWNER,
        changes=_QUESTION,
        others=_of("people", "links", "tickets", "factors", "recovery_codes", "secrets"),
    ),
    actions.ShowPeople: OWNERS_LOOK,
    actions.Invite: Rule(who=Who.OWNER, changes=_of("dialogues", "links")),
    actions.ShowLimits: HOLDERS_LOOK,
    actions.ChangeLimit: Rule(who=Who.HOLDER, changes=_QUESTION),
    actions.KeepLimit: Rule(who=Who.HOLDER, changes=_of("limit_changes")),
    actions.ShowAliases: LET_IN,
    actions.AskRemoveAlias: HOLDERS_LOOK,
    actions.RemoveAlias: Rule(who=Who.HOLDER, changes=_of("aliases")),
    actions.ShowPending: OWN_LOOK,
    actions.ShowFactor: LET_IN,
    actions.BeginFactor: Rule(who=Who.LET_IN, changes=_FACTOR),
    actions.EndSetUp: Rule(who=Who.LET_IN, changes=_FACTOR),
    actions.TurnOffFactor: ASK,
    actions.RenewRecoveryCodes: ASK,
    actions.RequireFactor: Rule(who=Who.OWNER, changes=_QUESTION),
    actions.DeleteShown: Rule(who=Who.LET_IN, changes=_of("shown_secrets")),
    actions.ShowAudit: LET_IN,
    actions.ExportAudit: LET_IN,
    actions.ShowEverybodysAudit: OVERSEE,
    actions.ExportEverybodysAudit: OVERSEE,
    actions.AskForget: Rule(who=Who.HAS_ROWS, changes=_QUESTION),
    actions.KeepEverything: OWN_LOOK,
    actions.ShowSettings: Rule(who=Who.HOLDER, changes=_QUESTION),
    actions.SetZone: Rule(who=Who.HOLDER, changes=_SETTING, in_group=_SETTING),
    actions.SetNumbers: Rule(who=Who.HOLDER, changes=_SETTING, in_group=_SETTING),
    actions.SetTheme: Rule(who=Who.HOLDER, changes=_SETTING, in_group=_SETTING),
    actions.SetQuiet: Rule(who=Who.HOLDER, changes=_SETTING, in_group=_SETTING),
    actions.SetQuietMode: Rule(who=Who.HOLDER, changes=_SETTING, in_group=_SETTING),
    actions.ShowHere: LET_IN,
    actions.SetNotices: Rule(who=Who.HOLDER, changes=_NOTICES, in_group=_NOTICES),
    actions.ListAlerts: LET_IN,
    actions.ShowAlert: HOLDERS_LOOK,
    actions.EditAlert: Rule(who=Who.HOLDER, changes=_QUESTION, in_group=_QUESTION),
    actions.WatchAlert: Rule(who=Who.HOLDER, changes=_of("alerts"), in_group=_of("alerts")),
    actions.SnoozeAlert: Rule(who=Who.HOLDER, changes=_of("alerts"), in_group=_of("alerts")),
    actions.MoveAlert: Rule(who=Who.HOLDER, changes=_of("alerts"), in_group=_of("alerts")),
    actions.TradeOnAlert: Rule(who=Who.LET_IN, changes=_CARD),
    actions.PauseAlert: Rule(who=Who.HOLDER, changes=_of("alerts"), in_group=_of("alerts")),
    actions.DeleteAlert: Rule(who=Who.HOLDER, changes=_of("alerts"), in_group=_of("alerts")),
    actions.AskClearAlerts: LET_IN,
    actions.ClearAlerts: Rule(who=Who.LET_IN, changes=_of("alerts"), in_group=_of("alerts")),
    actions.ChooseForAlert: Rule(who=Who.HOLDER, changes=_ALERT, in_group=_ALERT),
    actions.DropAlertQuestion: Rule(who=Who.HOLDER, changes=_QUESTION, in_group=_QUESTION),
    actions.SetDust: Rule(who=Who.LET_IN, changes=_SETTING),
    actions.SetCurrency: Rule(who=Who.LET_IN, changes=_SETTING),
    actions.RaiseFavourite: Rule(who=Who.HOLDER, changes=_STARS, in_group=_STARS),
    actions.DropFavourite: Rule(who=Who.HOLDER, changes=_STARS, in_group=_STARS),
}

COMMANDS: Mapping[str, tuple[Rule, tuple[str, ...]]] = {
    "start": (LOOK, ("", "inv_abc", "claim_abc")),
    "help": (LOOK, ("", "buy")),
    "here": (LET_IN, ("",)),
    "price": (LOOK, ("", "BTC")),
    "markets": (LOOK, ("", "BTC")),
    "book": (LOOK, ("BTC",)),
    "chart": (LOOK, ("BTC", "BTC 7d")),
    "depth": (LOOK, ("BTC",)),
    "alert": (Rule(who=Who.LET_IN, changes=_ALERT, in_group=_ALERT), ("", "BTC", "BTC > 90000", "BTC > 91,000")),
    "alerts": (LET_IN, ("",)),
    "balance": (Rule(who=Who.LET_IN, changes=_of("sub_accounts")), ("", "annas-account", "Second")),
    "buy": (Rule(who=Who.LET_IN, changes=_CARD), ("", "0.001 BTC", "0.001 BTC @ 60000")),
    "sell": (Rule(who=Who.LET_IN, changes=_CARD), ("", "0.001 BTC")),
    "orders": (LET_IN, ("", "all")),
    "order": (LET_IN, ("54259",)),
    "portfolio": (Rule(who=Who.LET_IN, changes=_SAMPLES | _TRADES), ("", "annas-account", "Second")),
    "trades": (Rule(who=Who.LET_IN, changes=_TRADES), ("", "BTC", "all")),
    "history": (LET_IN, ("",)),
    "export": (Rule(who=Who.LET_IN, changes=_of("exports") | _QUESTION), ("", "trades", "orders 2026-01-01 json")),
    "cancel": (Rule(who=Who.LET_IN, changes=_CARD), ("", "54259", "all")),
    "withdraw": (Rule(who=Who.LET_IN, changes=_CARD), ("", "XRP 1 annas-vault")),
    "convert": (Rule(who=Who.LET_IN, changes=_CARD | _SESSION), ("", "0.001 BTC to USDT")),
    "swap": (Rule(who=Who.LET_IN, changes=_CARD | _SWAP), ("", f"500 USDC to BTC {PAYOUT}", "ANNASWAP")),
    "swaps": (LET_IN, ("",)),
    "route": (Rule(who=Who.LET_IN, changes=_ROUTE), ("", "0.01 BTC to USDT")),
    "pending": (OWN_LOOK, ("",)),
    "limits": (
        Rule(who=Who.LET_IN, changes=_of("dialogues", "limit_changes", "outbox")),
        ("", "order 10", "order 80000", "swap 10"),
    ),
    "alias": (Rule(who=Who.LET_IN, changes=_of("aliases", "outbox", "dialogues")), ("add XRP other",)),
    "aliases": (LET_IN, ("",)),
    "link": (
        Rule(who=Who.LET_IN, changes=_ACCOUNT | _QUESTION | _CARD),
        ("", "paper", "user-1 pass-1 key-1 secret-1", "nexchange a-key", "instant", "instant user-1 token-1"),
    ),
    "accounts": (OWN_LOOK, ("",)),
    "unlink": (Rule(who=Who.HAS_ROWS, changes=_of("sessions")), ("", "annas-account", "instant")),
    "stop": (Rule(who=Who.LET_IN, changes=_of("dialogues", "factors", "secrets", "shown_secrets", "data_keys")), ("",)),
    "2fa": (LET_IN, ("",)),
    "lock": (Rule(who=Who.HAS_ROWS, changes=_LOCK), ("",)),
    "panic": (Rule(who=Who.HAS_ROWS, changes=_LOCK, stops_money=True), ("",)),
    "unlock": (Rule(who=Who.LET_IN, changes=_of("locks", "dialogues", "outbox")), ("",)),
    "halt": (Rule(who=Who.OWNER, others=_of("halts")), ("",)),
    "resume": (Rule(who=Who.OWNER, changes=_QUESTION), ("",)),
    "notify": (Rule(who=Who.LET_IN, changes=_NOTICES), ("", "alerts off")),
    "board": (Rule(who=Who.LET_IN, changes=_of("boards"), in_group=_of("boards")), ("", "BTC", "off")),
    "digest": (Rule(who=Who.LET_IN, changes=_of("digests"), in_group=_of("digests")), ("", "09:00 BTC", "off")),
    "settings": (
        Rule(who=Who.LET_IN, changes=_SETTING | _STARS | _NOTICES, in_group=_SETTING | _STARS | _NOTICES),
        (
            *("", "dust 5", "currency BTC", "notices alerts off", "favourites ETH", "numbers space", "quiet 22-7"),
            "zone Berlin",
        ),
    ),
    "invite": (Rule(who=Who.OWNER, changes=_of("dialogues", "links")), ("",)),
    "people": (OWNERS_LOOK, ("",)),
    "audit": (LET_IN, ("",)),
    "forget": (OWN_LOOK, ("",)),
}
"""Each with what is typed behind it."""

PLAIN: Mapping[str, Rule] = {
    "btc?": LET_IN,
    "balance": LET_IN,
    "buy 0.001 BTC": Rule(who=Who.LET_IN, changes=_CARD),
    "sell 0.001 BTC @ 90000": Rule(who=Who.LET_IN, changes=_CARD),
    "0.001 BTC": Rule(who=Who.LET_IN, changes=_QUESTION),
    "0.001 BTC to USDT": Rule(who=Who.LET_IN, changes=_ROUTE),
}
"""What is understood without a slash."""

_WRONG = _of("dialogues", "factors", "outbox")
"""What a wrong code may change, whatever was asked for."""

ANSWERS: Mapping[type, Rule] = {
    drafts.OrderDraft: Rule(who=Who.LET_IN, changes=_CARD),
    drafts.WithdrawalDraft: Rule(who=Who.LET_IN, changes=_CARD),
    convert_drafts.ConvertDraft: Rule(who=Who.LET_IN, changes=_CARD | _SESSION),
    drafts.SwapDraft: Rule(who=Who.LET_IN, changes=_CARD),
    drafts.PayoutDraft: Rule(who=Who.HOLDER, changes=_CARD),
    drafts.TransactionDraft: Rule(who=Who.HOLDER, changes=_QUESTION | _SWAP, tells_service=True),
    drafts.SwapKeyDraft: Rule(who=Who.LET_IN, changes=_ACCOUNT | _QUESTION),
    drafts.SessionDraft: Rule(who=Who.HOLDER, changes=_SESSION | _CARD),
    drafts.LinkDraft: Rule(who=Who.LET_IN, changes=_ACCOUNT | _QUESTION),
    drafts.LimitDraft: Rule(who=Who.HOLDER, changes=_of("dialogues", "limit_changes", "outbox")),
    alert_drafts.AlertDraft: Rule(who=Who.HOLDER, changes=_ALERT),
    drafts.SettingDraft: Rule(who=Who.HOLDER, changes=_SETTING),
    drafts.SetUpDraft: ASK,
    drafts.AmountDraft: Rule(who=Who.LET_IN, changes=_CARD),
    route_drafts.RouteDraft: Rule(who=Who.LET_IN, changes=_CARD | _SESSION),
    drafts.CodeDraft: Rule(who=Who.HAS_ROWS, changes=_WRONG),
}

PROTECTED: Mapping[type, Rule] = {
    protected.ConfirmWithdrawal: Rule(
        who=Who.HOLDER,
        changes=_of("tickets", "outbox", "aliases"),
        moves_money=True,
        with_money=True,
        if_refused=_of("tickets"),
        states=frozenset({TicketState.CONTINUED}),
        of=(Withdraw,),
    ),
    protected.ConfirmSwap: Rule(
        who=Who.HOLDER,
        changes=_SWAP,
        moves_money=True,
        with_money=True,
        if_refused=_of("tickets"),
        states=_PENDING,
        of=(CreateSwap, SetPayout),
    ),
    protected.CloseUncertain: Rule(
        who=Who.HOLDER, changes=_of("tickets"), states=frozenset({TicketState.UNCERTAIN}), of=(Withdraw,)
    ),
    protected.RaiseLimit: Rule(who=Who.HOLDER, changes=_of("limit_changes", "outbox")),
    protected.AddAlias: Rule(who=Who.HOLDER, changes=_of("aliases", "outbox")),
    protected.Unlock: Rule(who=Who.LET_IN, changes=_of("locks", "outbox")),
    protected.Resume: Rule(who=Who.OWNER, others=_of("halts")),
    protected.Unlink: Rule(who=Who.HOLDER, changes=_ACCOUNT | _of("aliases", "limit_changes", "key_health", "secrets")),
    protected.TurnOffFactor: Rule(who=Who.LET_IN, changes=_FACTOR),
    protected.RenewRecoveryCodes: Rule(who=Who.LET_IN, changes=_FACTOR),
    protected.RequireFactor: Rule(who=Who.OWNER, others=_of("factor_requirement")),
    protected.Invite: Rule(who=Who.OWNER, changes=_of("links")),
    protected.RemovePerson: Rule(
        who=Who.OWNER, others=_of("people", "links", "tickets", "factors", "recovery_codes", "secrets", "data_keys")
    ),
    protected.Forget: Rule(who=Who.HAS_ROWS, erases=True),
}
"""What may follow once the answer was right; that it may not be wrong is part of the proof."""
