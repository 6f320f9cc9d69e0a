"""/limits of somebody who trades and swaps."""

from chatbot.domain.limits import LimitKind
from handlers.actions import ChangeLimit
from tests.handlers.conversation import Conversation
from tests.services.house import ANNA, House


async def test_a_button_leads_from_one_accounts_limits_to_the_others_and_back(house: House, anna: Conversation) -> None:
    await house.link()
    await anna.say("/limits")
    assert "Largest order" in anna.last.text and "swap" not in anna.last.text
    await house.accounts.link_practice_swaps(ANNA)
    await anna.say("/limits")
    await anna.tap("Limits of paper-swaps-1")
    assert "Largest swap: 5,000 USDT" in anna.last.text and "order" not in anna.last.text
    await anna.tap("Limits of paper-1")
    assert "Largest order: 25,000 USDT" in anna.last.text


async def test_limits_of_swaps_are_said_in_one_line_or_asked_for(house: House, anna: Conversation) -> None:
    await anna.say("/limits")
    assert "No account is linked." in anna.last.text
    await anna.say("/limits swap 2000")
    assert "No key of n.exchange is linked." in anna.last.text
    await house.accounts.link_practice_swaps(ANNA)
    await anna.say("/limits swap 2000")
    assert "Largest swap: 2,000 USDT from now on." in anna.last.text
    await anna.say("/limits swaps 20k")
    assert "Swaps a day: 20,000 USDT from" in anna.last.text and "Keep the old one" in str(anna.last.keys)
    await anna.say("/limits")
    await anna.tap("Largest swap")
    assert "Now: 2,000 USDT" in anna.last.text
    await anna.say("0")
    assert "Largest swap: none at all from now on." in anna.last.text


async def test_a_button_for_a_limit_the_account_has_not_changes_nothing(house: House, anna: Conversation) -> None:
    account = await house.link()
    await anna.say("/limits")
    await anna.tap_forged(ChangeLimit(account=account.id, kind=LimitKind.SWAP))
    assert "paper-1 has no such limit." in anna.last.text
