"""Swaps from the first word to the payout, with the demo wallet, and what may go wrong half-way."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from handlers.views.door import OTHER_BUTTONS
from tests.harness import Message, Persona, Stack, eventually
from tests.harness.stack import GROUP
from tests.harness.swaps import ORDERS

OWN_BTC = "1BitcoinEaterAddressDontSendf59kuE"
"""Nobody's, and valid: the demo wallet receives there."""
BETWEEN_LOOKS = 31
"""More seconds than pass between two looks at a swap whose deposit is waited for, or under way."""
PAUSE = 4
"""More seconds than unasked messages to a chat are apart."""


@pytest.fixture
def key(leaping: Stack) -> str:
    return leaping.exchange.swaps.open_key()


@pytest.fixture
def emil(leaping: Stack, key: str) -> Persona:
    """Somebody who linked a key for swaps."""
    person = leaping.person("Emil")
    person.say(f"/link paper-swaps {key}")
    person.wait_for("paper-swaps-1 is linked")
    return person


def _offered(person: Persona) -> Message:
    """The card of a swap of 500 USDC that waits for the tap."""
    person.ask(f"/swap 500 USDC on Ethereum to BTC {OWN_BTC}")
    person.tap("Skip")
    return person.wait_for(lambda message: "Confirm" in message.buttons)


def _deposit_card(person: Persona) -> Message:
    return person.wait_for(lambda message: message.text.startswith("Send exactly"))


def _picture(person: Persona) -> Message:
    return person.wait_for(lambda message: message.photo is not None)


def _in_time(stack: Stack, look: Callable[[], Message | None]) -> Message:
    """Let time pass until there is such a message; nobody is written to unasked without a pause."""

    def later() -> Message | None:
        stack.leap(PAUSE)
        return look()

    found = eventually(later, pause=0.05)
    assert found is not None
    return found


def _pushed(stack: Stack, person: Persona, words: str) -> Message:
    """What is told of a swap unasked, once the bot has looked at it."""
    stack.leap(BETWEEN_LOOKS)
    return _in_time(stack, lambda: _latest(person, lambda text: text.startswith("🔔 Swap") and words in text))


def _found(stack: Stack, person: Persona) -> Message:
    """The deposit card of a swap whose creation went unanswered."""
    return _in_time(stack, lambda: _latest(person, lambda text: text.startswith("Send exactly")))


def _latest(person: Persona, wanted: Callable[[str], bool]) -> Message | None:
    return next((message for message in reversed(person.replies()) if wanted(message.text)), None)


def _created(stack: Stack, *, since: int) -> int:
    """How many attempts to create an order reached the service."""
    return len(stack.exchange.requests(ORDERS, method="POST", since=since))


def test_a_newcomer_completes_a_swap_with_the_demo_wallet(leaping: Stack) -> None:
    swaps, nora = leaping.exchange.swaps, leaping.person("Nora")
    swaps.timetable(None)
    nora.ask("/swap 500 USDC to BTC")
    nora.tap("Practise with play money")
    nora.tap("USDC on Ethereum", nora.wait_for("On which network?"))
    nora.wait_for("Where to?")
    nora.say(swaps.wallet("BTC")["address"])
    nora.tap("Skip", nora.wait_for(lambda message: "Skip" in message.buttons))
    offer = nora.wait_for(lambda message: "Confirm" in message.buttons)
    assert "500 USDC" in offer.text and OWN_BTC in offer.text and "Coins move only when you pay" in offer.text
    assert nora.tap("Confirm", offer).toast().text == "Creating…"
    card, picture = _deposit_card(nora), _picture(nora)
    [order] = [each for each in swaps.orders() if each["deposit_address"] == card.copied("address")]
    assert order["deposit_address"] in card.text and order["deposit_address"] in picture.text
    assert picture.reply_to == card.id and card.copied("amount") == "500"
    before = Decimal(swaps.wallet("BTC")["balance"])
    assert swaps.pay("USDC", card.copied("address"), card.copied("amount"))["taken"] == "seen"
    assert _pushed(leaping, nora, "deposit seen").reply_to == card.id
    for status in ("PAID", "PRE-RELEASE", "RELEASED"):
        swaps.set_status(order["unique_reference"], status)
    _pushed(leaping, nora, "payout on its way")
    swaps.set_status(order["unique_reference"], "COMPLETED")
    arrived = Decimal(order["withdraw_amount"])
    assert f"{arrived.normalize():f} BTC arrived" in _pushed(leaping, nora, "completed").text
    told = [message for message in nora.replies(after=picture) if message.text.startswith("🔔 Swap")]
    assert len(told) == 3, "what nobody saw is not told"
    nora.wait_for("COMPLETED", message=card)
    eventually(lambda: picture.id in leaping.chat.deleted(nora.id))
    assert Decimal(swaps.wallet("BTC")["balance"]) - before == arrived


def test_an_order_whose_answer_was_lost_is_found_and_not_created_again(leaping: Stack, emil: Persona, key: str) -> None:
    mark, offer = leaping.exchange.mark, _offered(emil)
    leaping.exchange.fault("refuse", ORDERS, method="GET", times=None, reason="Not now.")
    leaping.exchange.fault("drop_answer", ORDERS, method="POST")
    emil.tap("Confirm", offer)
    assert "It is not sent again" in emil.wait_for("Outcome not known yet", message=offer).text
    leaping.exchange.clear_faults()
    card = _found(leaping, emil)
    emil.wait_for("is created; its card is below", message=offer)
    assert _created(leaping, since=mark) == 1
    [order] = leaping.exchange.swaps.orders_of(key)
    assert card.copied("address") == order["deposit_address"]


def test_killed_after_the_tap_the_order_is_found_at_the_next_start(leaping: Stack, emil: Persona, key: str) -> None:
    mark, offer = leaping.exchange.mark, _offered(emil)
    leaping.exchange.fault("silent", ORDERS, method="POST", seconds=60, apply=True)
    emil.tap("Confirm", offer)
    leaping.exchange.wait_for_request(ORDERS, method="POST", since=mark)
    leaping.bot.restart()
    leaping.exchange.clear_faults()
    card = _found(leaping, emil)
    emil.wait_for("is created; its card is below", message=offer)
    assert _created(leaping, since=mark) == 1
    [order] = leaping.exchange.swaps.orders_of(key)
    assert card.copied("address") == order["deposit_address"]


def test_only_its_own_person_creates_it_once_and_unpaid_it_ends(leaping: Stack, emil: Persona) -> None:
    mark, offer, other = leaping.exchange.mark, _offered(emil), leaping.person("Olga")
    confirm = offer.data("Confirm")
    assert other.forge(confirm, other.ask("/help")).toast().text == OTHER_BUTTONS
    first, second = emil.forge(confirm, offer), emil.forge(confirm, offer)
    toasts = {first.toast().text, second.toast().text}
    assert "Creating…" in toasts and len(toasts) == 2
    card, picture = _deposit_card(emil), _picture(emil)
    assert _created(leaping, since=mark) == 1
    in_group = leaping.owner.ask("/swap 500 USDC to BTC", chat=GROUP)
    assert "private" in in_group.text and "Confirm" not in in_group.buttons
    leaping.leap(61 * 60)
    assert _pushed(leaping, emil, "expired, not paid").reply_to == card.id
    ended = emil.wait_for("CANCELED", message=card)
    assert card.copied("address") not in ended.text and "Copy address" not in ended.buttons
    eventually(lambda: picture.id in leaping.chat.deleted(emil.id))


def test_a_payout_address_that_was_left_open_is_set_once(leaping: Stack, emil: Persona, key: str) -> None:
    swaps = leaping.exchange.swaps
    order = swaps.create(key, deposit_amount="500", deposit_currency="USDC", withdraw_currency="BTC")
    card = emil.ask(f"/swap {order['unique_reference']}")
    assert "Set the payout address before you pay" in card.text and order["deposit_address"] not in card.text
    emil.tap("Set the payout address", card)
    emil.wait_for("Write the address")
    emil.say(OWN_BTC)
    offer = emil.wait_for(lambda message: "Confirm" in message.buttons)
    assert "It can be set once" in offer.text
    emil.tap("Confirm", offer)
    emil.wait_for("The payout address is set.", message=offer)
    [set_there] = swaps.orders_of(key)
    assert set_there["withdraw_address"] == OWN_BTC
    repainted = _in_time(
        leaping, lambda: _latest(emil, lambda text: text.startswith("Send exactly") and OWN_BTC in text)
    )
    assert repainted.id == card.id and "Set the payout address" not in repainted.buttons
