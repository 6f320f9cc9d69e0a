"""Everything people can do, from the registries: each command, button, question and protected action with its rule."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from enum import Enum
from itertools import product
from types import NoneType
from typing import Any, cast, get_args, get_type_hints

from chatbot.domain.accounts import Venue
from chatbot.domain.alert_drafts import AlertChoice, AlertDraft, AlertKind, AlertQuestion, AlertRequest
from chatbot.domain.alerts import Crossing
from chatbot.domain.convert_drafts import ConvertChoice, ConvertDraft, ConvertQuestion, ConvertRequest
from chatbot.domain.drafts import (
    DRAFTS,
    AmountDraft,
    Choice,
    CodeDraft,
    Draft,
    LimitDraft,
    LinkDraft,
    OrderDraft,
    OrderRequest,
    PayoutDraft,
    Quantity,
    QuantityKind,
    Question,
    SessionDraft,
    Setting,
    SettingDraft,
    SetUpDraft,
    SwapChoice,
    SwapDraft,
    SwapKeyDraft,
    SwapQuestion,
    SwapRequest,
    TransactionDraft,
    WithdrawalChoice,
    WithdrawalDraft,
    WithdrawalRequest,
)
from chatbot.domain.ids import ChatId, DialogueId, MarketCode
from chatbot.domain.intents import INTENTS, Intent
from chatbot.domain.limits import LimitKind
from chatbot.domain.orders import Side
from chatbot.domain.places import Place
from chatbot.domain.protected import PROTECTED, Protected, Resume
from chatbot.domain.route_drafts import FirstOrder, RouteDraft, SwapPair
from chatbot.domain.tickets import TicketState
from handlers import actions
from handlers.commands import Answer, Button, Command
from handlers.commands import Protected as ProtectedRoute
from handlers.features import ROUTES
from tests.fakes.swap_service import BTC, PAYOUT, USDC
from tests.prove import rules
from tests.prove.place import ANNA, GROUP
from tests.prove.records import (
    ACCOUNT,
    ALERTS,
    ALIAS,
    ALIAS_ID,
    EXPORT,
    NUMBER,
    ORDER,
    RAISE,
    REFERENCE,
    SUB_ACCOUNT,
    SWAP,
    SWAP_ACCOUNT,
    message_of,
    ticket_id,
)
from tests.prove.rules import Rule

THE_QUESTION = DialogueId("the-question")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tapping:
    """A tap on a button of the message `on`."""

    action: object
    on: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answering:
    """A text where a question is open. Without `words` it is the right code, or the number that was shown."""

    words: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """Something to do, and its rule. `draft` is the question that is open meanwhile; `of` the ticket it names."""

    name: str
    does: Tapping | Saying | Answering
    rule: Rule
    draft: Draft | None = None
    of: tuple[TicketState, type[Intent]] | None = None
    is_right: bool = True

    @property
    def needs_code(self) -> bool:
        return isinstance(self.draft, CodeDraft) and isinstance(self.does, Answering)

    @property
    def concerns_its_ticket(self) -> bool:
        """Whether the rule holds for the ticket that is named, if one is."""
        return self.of is None or (self.of[0] in self.rule.states and self.of[1] in self.rule.of)


_ORDER = OrderRequest(
    side=Side.BUY, symbol="BTCUSDT", quantity=Quantity(kind=QuantityKind.VOLUME, value=Decimal("0.001"))
)
_WITHDRAWAL = WithdrawalRequest(
    currency="XRP", quantity=Quantity(kind=QuantityKind.VOLUME, value=Decimal(1)), alias=ALIAS
)
_SWAP = SwapRequest(
    deposit=USDC,
    withdraw=BTC,
    amount=Decimal(50),
    address=PAYOUT,
    extra_id="",
    refund_address="",
    refund_extra_id="",
)
_ALERT = AlertRequest(symbol="BTCUSDT", kind=AlertKind.PRICE, crossing=Crossing.UP, level=Decimal(90_000))
_CONVERSION = ConvertRequest(sell="BTC", buy="USDT", amount=Decimal("0.001"))
_DRAFTS: dict[type, tuple[Draft, str]] = {
    OrderDraft: (
        OrderDraft(request=_ORDER, asking=Question.TYPE, choices=(Choice(label="Limit", request=_ORDER),)),
        "market",
    ),
    WithdrawalDraft: (
        WithdrawalDraft(
            request=_WITHDRAWAL,
            asking=Question.ALIAS,
            choices=(WithdrawalChoice(label=ALIAS, request=_WITHDRAWAL),),
        ),
        ALIAS,
    ),
    SwapDraft: (
        SwapDraft(
            request=replace(_SWAP, address=None),
            asking=SwapQuestion.ADDRESS,
            choices=(SwapChoice(label="The same", request=_SWAP),),
        ),
        PAYOUT,
    ),
    ConvertDraft: (
        ConvertDraft(
            request=replace(_CONVERSION, amount=None),
            asking=ConvertQuestion.AMOUNT,
            choices=(ConvertChoice(label="The same", request=_CONVERSION),),
        ),
        "0.001",
    ),
    PayoutDraft: (PayoutDraft(swap=SWAP), PAYOUT),
    TransactionDraft: (TransactionDraft(swap=SWAP), "a1b2c3d4e5f6" * 4),
    SwapKeyDraft: (SwapKeyDraft(), "a-key"),
    SessionDraft: (SessionDraft(account=ACCOUNT), "user-1 token-1"),
    LinkDraft: (LinkDraft(venue=Venue.ANDX, asking=Question.USERNAME), "user-1"),
    LimitDraft: (LimitDraft(account=ACCOUNT, kind=LimitKind.ORDER), "10"),
    AlertDraft: (
        AlertDraft(
            place=Place(chat=ChatId(ANNA)),
            request=_ALERT,
            asking=AlertQuestion.REPEAT,
            choices=(AlertChoice(label="Once", request=_ALERT),),
        ),
        "once",
    ),
    SettingDraft: (SettingDraft(about=ChatId(ANNA), setting=Setting.ZONE), "Berlin"),
    AmountDraft: (AmountDraft(amount=Decimal("0.001"), currency="BTC"), "buy"),
    RouteDraft: (
        RouteDraft(
            amount=Decimal("0.001"),
            sell="BTC",
            buy="USDT",
            order=FirstOrder(market=MarketCode("BTCUSDT"), side=Side.SELL, amount=Decimal("0.001")),
            instant=True,
            swap=SwapPair(deposit=BTC, withdraw=USDC),
        ),
        "book",
    ),
    SetUpDraft: (SetUpDraft(), "123456"),
    CodeDraft: (CodeDraft(action=Resume(), number=NUMBER), "no code at all"),
}
"""A question of each kind, with an answer to it."""

_TICKETS = tuple((state, kind) for state in TicketState for kind in INTENTS.values())
_VALUES: dict[str, tuple[object, ...]] = {
    "account": (ACCOUNT, SWAP_ACCOUNT),
    "alert": ALERTS,
    "alias": (ALIAS_ID,),
    "before": (0,),
    "change": (RAISE,),
    "chat": (ChatId(ANNA), ChatId(GROUP)),
    "group": (None, ChatId(GROUP)),
    "choice": (0,),
    "code": ("BTCUSDT",),
    "codes": ("BTCUSDT",),
    "command": (None, "buy"),
    "currency": ("",),
    "dialogue": (THE_QUESTION,),
    "export": (EXPORT,),
    "name": ("annas-other",),
    "number": (ORDER,),
    "page": (1,),
    "person": (ANNA,),
    "reference": (REFERENCE,),
    "sell": (None, "BTC"),
    "sub": (None, SUB_ACCOUNT),
    "swap": (SWAP,),
    "ticket": _TICKETS,
    "value": (Decimal(90_000),),
    "what": (None, *AlertQuestion),
    "zone": ("Europe/Berlin",),
}
"""What a field may name: something of Anna's wherever there is."""


def _examples(kind: type) -> Iterator[tuple[Any, tuple[TicketState, type[Intent]] | None]]:
    """A value of a button's or protected action's type for every combination, with the ticket it names."""
    hints = get_type_hints(kind)
    names = [each.name for each in fields(cast(Any, kind))]
    for values in product(*(_choices(name, hints[name]) for name in names)):
        given = dict(zip(names, values, strict=True))
        named = cast(Any, given.get("ticket"))
        if named is not None:
            given["ticket"] = ticket_id(*named)
        yield kind(**given), named


def _choices(name: str, hint: Any) -> Iterable[object]:
    if isinstance(hint, type) and issubclass(hint, Enum):
        return tuple(hint)
    if hint is bool:
        return (True, False)
    return tuple(value for value in _VALUES[name] if value is not None or NoneType in get_args(hint))


def _taps() -> Iterator[Deed]:
    open_for: dict[type, Draft] = {
        actions.Choose: _DRAFTS[OrderDraft][0],
        actions.ChooseForWithdrawal: _DRAFTS[WithdrawalDraft][0],
        actions.ChooseForSwap: _DRAFTS[SwapDraft][0],
        actions.TurnSwap: _DRAFTS[SwapDraft][0],
        actions.ChooseForConversion: _DRAFTS[ConvertDraft][0],
        actions.TurnConversion: _DRAFTS[ConvertDraft][0],
        actions.CompareConversion: ConvertDraft(
            request=_CONVERSION, asking=ConvertQuestion.AMOUNT, refused=_CONVERSION
        ),
        actions.UseAmount: _DRAFTS[AmountDraft][0],
        actions.TakeRoute: _DRAFTS[RouteDraft][0],
        actions.DropDialogue: _DRAFTS[OrderDraft][0],
        actions.ChooseForAlert: _DRAFTS[AlertDraft][0],
        actions.DropAlertQuestion: _DRAFTS[AlertDraft][0],
    }
    for kind in (route.action for route in ROUTES if isinstance(route, Button)):
        for action, named in _examples(kind):
            yield Deed(
                name=f"taps {action}",
                does=Tapping(action=action, on=499 if named is None else message_of(*named)),
                rule=rules.BUTTONS[kind],
                draft=open_for.get(kind),
                of=named,
            )


def _words() -> Iterator[Deed]:
    for name in (route.name for route in ROUTES if isinstance(route, Command)):
        rule, arguments = rules.COMMANDS[name]
        for words in (f"/{name} {argument}".strip() for argument in arguments):
            yield Deed(name=f"says {words}", does=Saying(words=words), rule=rule)


def _plain_words() -> Iterator[Deed]:
    for words, rule in rules.PLAIN.items():
        yield Deed(name=f"says {words}", does=Saying(words=words), rule=rule)


def _answers() -> Iterator[Deed]:
    for kind in (route.draft for route in ROUTES if isinstance(route, Answer)):
        draft, words = _DRAFTS[kind]
        yield Deed(
            name=f"answers a {draft.tag} question with {words!r}",
            does=Answering(words=words),
            rule=rules.ANSWERS[kind],
            draft=draft,
            is_right=kind is not CodeDraft,
        )


def _codes() -> Iterator[Deed]:
    for kind in (route.action for route in ROUTES if isinstance(route, ProtectedRoute)):
        for action, named in _examples(kind):
            for words in (None, "1234"):
                deed = Deed(
                    name=f"answers {'rightly' if words is None else 'wrongly'} for {action}",
                    does=Answering(words=words),
                    rule=rules.PROTECTED[kind],
                    draft=CodeDraft(action=cast(Protected, action), number=NUMBER),
                    of=named,
                    is_right=words is None,
                )
                if deed.is_right or deed.concerns_its_ticket:  # elsewhere not even the right one does anything
                    yield deed


def undeclared() -> list[str]:
    """What is in the registries and has no rule, or a rule and is in none."""
    named: dict[str, tuple[set[Any], set[Any]]] = {
        "commands": ({route.name for route in ROUTES if isinstance(route, Command)}, set(rules.COMMANDS)),
        "buttons": ({route.action for route in ROUTES if isinstance(route, Button)}, set(rules.BUTTONS)),
        "answers": ({route.draft for route in ROUTES if isinstance(route, Answer)}, set(rules.ANSWERS)),
        "protected": ({route.action for route in ROUTES if isinstance(route, ProtectedRoute)}, set(rules.PROTECTED)),
        "drafts": (set(DRAFTS.values()), set(_DRAFTS)),
        "protected actions": (set(PROTECTED.values()), set(rules.PROTECTED)),
    }
    return [f"{what}: {each}" for what, (there, ruled) in named.items() for each in there ^ ruled]


def every_deed() -> tuple[Deed, ...]:
    return (*_taps(), *_words(), *_plain_words(), *_answers(), *_codes())
