"""Swaps with somebody's words in every field that is not ours."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from chatbot.domain.drafts import PayoutDraft, SwapChoice, SwapDraft, SwapQuestion, SwapRequest
from chatbot.domain.errors import NotPermitted, SwapNotFound, UnknownCoin
from chatbot.domain.ids import AccountId, SwapId
from chatbot.domain.notices import SwapMoved
from chatbot.domain.swap_life import FRESH
from chatbot.domain.swaps import Coin, Currency, Doubt, FollowedSwap, Marking, Swap, SwapPage, SwapStatus
from chatbot.domain.tickets import RefusedBy, SwapCreated, Ticket, TicketState
from chatbot.ports.addresses import AddressCheck, Verdict
from chatbot.services.swap_following import SwapList
from chatbot.services.swap_payouts import AskedPayout
from chatbot.services.swaps import AskedSwap
from handlers.views import deposit, errors, swap_asking, swap_help, swaps, tickets
from handlers.views.screen import Shown
from handlers.views.swap_words import is_reference
from tests.fakes.swap_service import new_swap
from tests.handlers.views.examples import MAIN
from tests.handlers.views.swap_examples import NOW, a_swap, followed, payout_ticket, swap_ticket
from tests.prove.hostile_values import dialogue
from tests.storage.examples import SET_PAYOUT, SWAP, SWAP_TERMS

Word = Callable[[], str]
Draw = Callable[[Word], Shown | None]

_LENGTH = 34  # characters of an address


def coin(word: Word) -> Coin:
    return Coin(code=word(), symbol=word(), name=word(), network=word(), contract=word(), decimals=8)


def address(word: Word) -> str:
    """As far as one is shown at all: of visible characters. The length decides how many groups there are."""
    return "".join(mark for mark in word() if "!" <= mark <= "~")[:_LENGTH].ljust(_LENGTH, "x")


def reference(word: Word) -> str:
    """One that fits a button; the others get none."""
    said = word()
    return said if is_reference(said) else "ABCDEF"


def swap(word: Word, status: SwapStatus = SwapStatus.INITIAL, **changes: Any) -> FollowedSwap:
    order = {
        "reference": word(),
        "status_name": word(),
        "deposit_address": address(word),
        "deposit_extra_id": address(word),
        "withdraw_address": address(word),
        "withdraw_extra_id": address(word),
        "refund_address": address(word),
        "refund_extra_id": address(word),
        "deposit_transaction": word(),
        "withdraw_transaction": word(),
    }
    made: FollowedSwap = followed(status, of=order, is_live=False, deposit=coin(word), withdraw=coin(word), **changes)
    return made


def card(word: Word, status: SwapStatus) -> Shown:
    return swaps.card(swap(word, status), now=NOW)


def unreadable(word: Word) -> Shown:
    """What cannot be shown exactly is not to be paid."""
    made = swap(word)
    return deposit.waiting(replace(made, swap=replace(made.swap, deposit_address=f"\u202e{word()}")), now=NOW)


def doubtful(word: Word) -> Shown:
    return deposit.waiting(swap(word, doubts=tuple(Doubt)), now=NOW)


def too_late(word: Word) -> Shown:
    made = swap(word)
    return deposit.waiting(made, now=made.swap.pay_until or NOW)


def sent(word: Word) -> Shown:
    return deposit.waiting(swap(word, marking=Marking.MARKED), now=NOW)


def not_now(word: Word) -> Shown:
    """Nobody looked lately."""
    return deposit.waiting(swap(word, seen_at=NOW - 2 * FRESH), now=NOW)


def unfollowed(word: Word) -> Shown:
    return deposit.waiting(swap(word, next_look_at=None), now=NOW)


def pushes(word: Word) -> Shown:
    """Of swaps that are told apart by their accounts."""
    told = [
        SwapMoved(followed=swap(word, status, account=AccountId(number))) for number, status in enumerate(SwapStatus)
    ]
    return swaps.moved(told, now=NOW)


def listed(word: Word) -> SwapList:
    orders: list[Swap] = []
    coins: dict[Currency, Coin] = {}
    for number in range(8):
        sent, got = Currency(code=f"{word()[:20]}{number}"), Currency(code=f"{number}{word()[:20]}")
        coins |= {sent: coin(word), got: coin(word)}
        orders.append(a_swap(SwapStatus.PAID, reference=reference(word), deposit=sent, withdraw=got))
    page = SwapPage(swaps=tuple(orders), number=2, count=99, has_next=True)
    return SwapList(account=MAIN, page=page, followed=frozenset(), coins=coins)


def creation(word: Word, state: TicketState = TicketState.PENDING, **changes: Any) -> Ticket:
    new = new_swap(
        withdraw_address=address(word),
        withdraw_extra_id=address(word),
        refund_address=address(word),
        refund_extra_id=address(word),
    )
    intent = replace(SWAP, new=new, deposit=coin(word), withdraw=coin(word))
    return swap_ticket(state, intent=intent, terms=replace(SWAP_TERMS, warnings=(word(), word())), **changes)


def payout(word: Word) -> Ticket:
    intent = replace(SET_PAYOUT, reference=word(), withdraw=coin(word), address=address(word), extra_id=address(word))
    return payout_ticket(intent=intent)


def asked(word: Word, asking: SwapQuestion | None, *, settled: bool = True) -> AskedSwap:
    request = SwapRequest(
        deposit_text=word(),
        withdraw_text=word(),
        deposit=coin(word) if settled else None,
        withdraw=coin(word) if settled else None,
        address=address(word),
        refund_address=address(word),
    )
    choices = tuple(SwapChoice(label=word(), request=request) for _ in range(5))
    check = AddressCheck(verdict=Verdict.WRONG, reason=word(), networks=(word(), word()))
    draft = SwapDraft(request=request, asking=asking, choices=choices)
    return AskedSwap(dialogue=dialogue(), draft=draft, account=MAIN, problem=word(), check=check)


def asked_payout(word: Word, *, memo: bool) -> AskedPayout:
    draft = PayoutDraft(swap=SwapId(7), address=address(word) if memo else None)
    return AskedPayout(dialogue=dialogue(), draft=draft, followed=swap(word), problem=word())


CARDS: tuple[Draw, ...] = tuple(lambda word, status=status: card(word, status) for status in SwapStatus)  # type: ignore[misc]

FOLLOWED: tuple[Draw, ...] = (
    *CARDS,
    lambda word: swaps.swaps(listed(word), now=NOW),
    pushes,
)
DEPOSITS: tuple[Draw, ...] = (
    *(unreadable, doubtful, too_late, sent, not_now, unfollowed),
    lambda word: deposit.picture(swap(word), now=NOW),
)
QUESTIONS: tuple[Draw, ...] = (
    *(lambda word, asking=asking: swap_asking.question(asked(word, asking)) for asking in (*SwapQuestion, None)),
    lambda word: swap_asking.question(asked(word, SwapQuestion.DEPOSIT, settled=False)),
    lambda word: swap_asking.payout_question(asked_payout(word, memo=False)),
    lambda word: swap_asking.payout_question(asked_payout(word, memo=True)),
    lambda word: swap_asking.transaction_question(dialogue(), swap(word)),
    lambda word: swap_asking.transaction_taken(word(), is_known=True),
)
TICKETS: tuple[Draw, ...] = (
    *(lambda word, state=state: tickets.card(creation(word, state), now=NOW) for state in TicketState),
    lambda word: tickets.card(creation(word, TicketState.REFUSED, outcome=RefusedBy(code=400, reason=word())), now=NOW),
    lambda word: tickets.card(
        creation(word, TicketState.DONE, outcome=SwapCreated(reference=reference(word))), now=NOW
    ),
    lambda word: tickets.card(payout(word), now=NOW),
)
HELP: tuple[Draw, ...] = (lambda word: swap_help.answers() if word() is not None else None,)
ERRORS: tuple[Draw, ...] = (
    lambda word: errors.describe(UnknownCoin(typed=word(), nearest=(word(), word()))),
    lambda word: errors.describe(NotPermitted(code=403, reason=word())),
    lambda word: errors.describe(SwapNotFound(code=404, reason=word())),
)
