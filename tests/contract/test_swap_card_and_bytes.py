"""What a swap's card shows is what n.exchange gets, to the last character."""

import asyncio
import re
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from chatbot.domain.accounts import Venue
from chatbot.domain.drafts import SwapRequest
from chatbot.domain.intents import SetPayout
from chatbot.domain.money import Amount
from chatbot.domain.secrets import SwapKey
from chatbot.domain.swap_plan import NOWHERE, PricedSwap, Receiver, intent_of, request_of, terms_of
from chatbot.domain.swap_quotes import quote
from chatbot.domain.swaps import NewSwap, Rate, Swap
from chatbot.domain.tickets import Ticket
from chatbot.exchange.nexchange.words import new_order_body, payout_body
from chatbot.ports.exchange import Permit
from chatbot.services.execution.executor import Tools
from chatbot.services.execution.swaps import SwapExecutor
from handlers.views.tickets import card
from tests.fakes.clock import START, FakeClock
from tests.fakes.exchange import permitted
from tests.fakes.swap_service import USDT_TRON, XRP, swap
from tests.storage.examples import PAYOUT_TERMS, SET_PAYOUT
from tests.storage.examples import ticket as example

amounts = st.decimals(min_value="0.01", max_value=10**9, places=6)
words = st.text(st.characters(codec="ascii", categories=["L", "N", "P", "S"]), min_size=1, max_size=90)
addresses = words.filter(lambda word: len(word) > 13)
receivers = st.builds(Receiver, address=addresses, extra_id=st.just("") | words)
RATE = Rate(
    pair="any",
    deposit="any",
    withdraw="any",
    price=Decimal("0.00012345"),
    withdrawal_fee=Decimal("0.25"),
    rate_id="waq1T39kPFn9LOETpzTnX6by7Yc-001ABB",
    least_deposit=None,
    most_deposit=None,
    least_withdraw=None,
    most_withdraw=None,
    expires_at=START + timedelta(minutes=5),
)


class Listening:
    """Takes one order, and what follows it."""

    def __init__(self) -> None:
        self.heard: list[NewSwap] = []

    async def create(self, key: SwapKey, *, new: NewSwap, permit: Permit) -> Swap:
        self.heard.append(new)
        return swap()

    async def open(self, ticket: Ticket, swap: Swap, *, seen_at: object) -> None:
        pass


def sent_for(ticket: Ticket) -> dict[str, Any]:
    """The body of the order that a ticket's executor asks for, as it is on the wire."""
    service = Listening()
    at: Any = service
    nobody: Any = None
    tools = Tools(
        store=nobody,
        instants={},
        accounts=nobody,
        sessions=nobody,
        exchanges=nobody,
        swap_services={ticket.venue: at},
        swap_book=at,
        changes=nobody,
        claims=nobody,
        follow_ups=nobody,
        tickets=nobody,
        clock=FakeClock(),
    )
    asyncio.run(SwapExecutor(tools).send(ticket, nobody, permitted))
    (new,) = service.heard
    body: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(new_order_body(new, side="BUY")))
    return body


def shown(text: str, *, gets: bool) -> Decimal:
    """The amount in the card's first line that is no estimate."""
    sums = re.fullmatch(r"Swap (≈ )?([0-9.,]+) .+ to (≈ )?([0-9.,]+) .+", text.split("\n", maxsplit=1)[0])
    assert sums and bool(sums[1]) is gets and bool(sums[3]) is not gets
    return Decimal(sums[4 if gets else 2].replace(",", ""))


@given(amounts, st.booleans(), receivers, st.just(NOWHERE) | receivers, st.booleans())
def test_an_order_is_sent_as_its_card_shows_it(
    amount: Decimal, gets: bool, payout: Receiver, refund: Receiver, named: bool
) -> None:
    request = SwapRequest(amount=amount, gets=gets, deposit_network_named=named)
    deposit, withdraw = (XRP, USDT_TRON) if gets else (USDT_TRON, XRP)
    quoted = quote(amount, RATE, gets=gets, deposit=deposit, withdraw=withdraw)
    priced = PricedSwap(request=request, deposit=deposit, withdraw=withdraw, rate=RATE, quoted=quoted)
    intent = intent_of(priced, payout=payout, refund=refund, account=SET_PAYOUT.account)
    terms = terms_of(priced, payout=payout, refund=refund, value=None, loss=None, left=Amount(Decimal(1), "USDT"))
    ticket = example(intent=intent, terms=terms, venue=Venue.PAPER_SWAPS, expires_at=START + timedelta(minutes=1))
    sent, text = sent_for(ticket), card(ticket, now=START).text.plain
    assert Decimal(sent["withdraw_amount" if gets else "deposit_amount"]) == shown(text, gets=gets)
    assert ("withdraw_amount" in sent) is gets is ("deposit_amount" not in sent)
    assert "e" not in sent["withdraw_amount" if gets else "deposit_amount"].lower()
    shown_words = text.split()
    for name, word in (("withdraw", payout), ("refund", refund)):
        assert sent.get(f"{name}_address", "") == word.address and sent.get(f"{name}_extra_id", "") == word.extra_id
        if word.address:
            assert word.address in shown_words and word.extra_id in text
    expected = {"code": deposit.symbol, "network": deposit.network} if named else deposit.code
    assert sent["deposit_currency"] == expected and sent["withdraw_currency"] == withdraw.code
    assert sent["rate_id"] == RATE.rate_id
    assert replace(request_of(intent), deposit=None, withdraw=None) == replace(
        request,
        address=payout.address,
        extra_id=payout.extra_id,
        refund_address=refund.address,
        refund_extra_id=refund.extra_id,
    )


@given(addresses, st.just("") | words)
def test_a_payout_address_is_sent_as_its_card_shows_it(address: str, extra_id: str) -> None:
    intent: SetPayout = replace(SET_PAYOUT, withdraw=XRP, address=address, extra_id=extra_id)
    text = card(example(intent=intent, terms=PAYOUT_TERMS, venue=Venue.PAPER_SWAPS), now=START).text.plain
    body = msgspec.json.decode(msgspec.json.encode(payout_body(address=intent.address, extra_id=intent.extra_id)))
    assert body["withdraw_address"] == address and body.get("withdraw_extra_id", "") == extra_id
    assert address in text.split("\n") and extra_id in text
