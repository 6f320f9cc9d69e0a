"""Inline mode as Telegram has it: queries, strict answers, and messages sent through the bot."""

from typing import Any

import pytest
from telegram import Bot, InlineQueryResultArticle, InlineQueryResultsButton, InputTextMessageContent

from chatbot.demo.crowd import Nonsense, Writing
from chatbot.demo.values import Json

from .conftest import ALICE, BOB, GROUP, ControlClient, Scene, refused

TOO_OLD = "400 Bad Request: query is too old and response timeout expired or query ID is invalid"


def article(name: str = "1", **changes: Any) -> Json:
    content = {"message_text": "<b>BTC</b> 1", "parse_mode": "HTML"}
    return {"type": "article", "id": name, "title": "BTC", "input_message_content": content} | changes


def ask(scene: Scene, text: str = "btc", *, user: int = BOB) -> str:
    return scene.crowd.ask_inline(user, GROUP, text).id


def test_the_bot_hears_what_is_typed_behind_its_name_and_in_what_kind_of_chat(scene: Scene) -> None:
    query = ask(scene, "b" * 300)
    [heard] = scene.heard("inline_query")
    assert heard == {
        "id": query,
        "from": scene.world.people[BOB].to_json(),
        "query": "b" * 256,
        "offset": "",
        "chat_type": "group",
    }
    scene.crowd.ask_inline(ALICE, ALICE, "")
    assert scene.heard("inline_query")[1]["chat_type"] == "sender"


def test_a_chosen_result_is_sent_by_the_person_via_the_bot_and_the_bot_hears_it(scene: Scene) -> None:
    query = ask(scene)
    scene.call("answerInlineQuery", inline_query_id=query, results=[article()])
    message = scene.crowd.choose(BOB, GROUP, query, "1", Writing(text=""))
    assert (message.sender.id, message.text, message.via_bot) == (BOB, "BTC 1", scene.world.bot)
    [heard] = scene.heard()
    assert heard["via_bot"]["username"] == "andx_practice_bot" and heard["from"]["id"] == BOB


def test_only_what_was_offered_to_oneself_can_be_chosen(scene: Scene) -> None:
    query = ask(scene)
    for user, result in ((BOB, "1"), (ALICE, "1")):
        with pytest.raises(Nonsense, match="not offered"):
            scene.crowd.choose(user, GROUP, query, result, Writing(text=""))
    scene.call("answerInlineQuery", inline_query_id=query, results=[article()])
    for user, result in ((BOB, "2"), (ALICE, "1")):
        with pytest.raises(Nonsense, match="not offered"):
            scene.crowd.choose(user, GROUP, query, result, Writing(text=""))


def test_a_tap_below_such_a_message_does_not_show_it_to_the_bot(scene: Scene) -> None:
    query = ask(scene)
    keyboard = {"inline_keyboard": [[{"text": "Again", "callback_data": "x"}]]}
    scene.call("answerInlineQuery", inline_query_id=query, results=[article(reply_markup=keyboard)])
    message = scene.crowd.choose(BOB, GROUP, query, "1", Writing(text=""))
    scene.crowd.tap(ALICE, GROUP, message.id, button="Again", data=None)
    [tap] = scene.heard("callback_query")
    assert "message" not in tap and tap["inline_message_id"] and tap["data"] == "x"


REFUSED: list[tuple[Json, str]] = [
    ({"results": "x"}, "can't parse inline query results JSON object"),
    ({"results": {}}, "expected an Array of inline query results"),
    ({}, "expected an Array of inline query results"),
    ({"results": [article(str(n)) for n in range(51)]}, "too many inline query results specified"),
    ({"results": [article(), article()]}, "RESULT_ID_DUPLICATE"),
    ({"results": [article("")]}, "RESULT_ID_EMPTY"),
    ({"results": [article("€" * 22)]}, "RESULT_ID_INVALID"),
    ({"results": [article(title=" ")]}, "ARTICLE_TITLE_EMPTY"),
    ({"results": [article(input_message_content={"message_text": ""})]}, "message text is empty"),
    ({"results": [article(input_message_content={"message_text": "x" * 5000})]}, "message is too long"),
    ({"results": [], "next_offset": "x" * 65}, "NEXT_OFFSET_INVALID"),
    ({"results": [], "button": {"text": "Open", "start_parameter": ""}}, "can't use empty start_parameter"),
    ({"results": [], "button": {"text": "Open", "start_parameter": "x" * 65}}, "too long start_parameter specified"),
    (
        {"results": [], "button": {"text": "Open", "start_parameter": "a b"}},
        "unallowed characters in start_parameter are used",
    ),
]


@pytest.mark.parametrize(("given", "reason"), REFUSED, ids=[reason for _, reason in REFUSED])
def test_what_telegram_would_not_take_is_refused_in_its_words(scene: Scene, given: Json, reason: str) -> None:
    query = ask(scene)
    assert refused(scene, "answerInlineQuery", inline_query_id=query, **given) == f"400 Bad Request: {reason}"
    assert scene.call("answerInlineQuery", inline_query_id=query, results=[article(str(n)) for n in range(50)]) is True


def test_a_query_is_answered_once_and_within_ten_minutes(scene: Scene) -> None:
    first, second = ask(scene, "btc"), ask(scene, "eth")
    scene.call("answerInlineQuery", inline_query_id=first, results=[])
    assert refused(scene, "answerInlineQuery", inline_query_id=first, results=[]) == TOO_OLD
    assert refused(scene, "answerInlineQuery", inline_query_id="7", results=[]) == TOO_OLD
    scene.clock.advance(600)
    assert refused(scene, "answerInlineQuery", inline_query_id=second, results=[]) == TOO_OLD
    assert scene.heard("inline_query") == []  # nobody waits for it any more


@pytest.mark.parametrize(("personal", "asked"), [(False, 2), (True, 3)])
def test_an_answer_serves_others_for_a_while_unless_it_is_personal(scene: Scene, personal: bool, asked: int) -> None:
    query = ask(scene, user=BOB)
    scene.call("answerInlineQuery", inline_query_id=query, results=[article()], is_personal=personal, cache_time=10)
    ask(scene, user=BOB)
    ask(scene, user=ALICE)
    scene.clock.advance(10)
    ask(scene, user=BOB)
    assert len(scene.heard("inline_query")) == asked


def test_while_inline_mode_is_off_nobody_is_heard_and_getme_says_so(scene: Scene) -> None:
    assert scene.call("getMe")["supports_inline_queries"] is True
    scene.world.inline.enabled = False
    assert scene.call("getMe")["supports_inline_queries"] is False
    with pytest.raises(Nonsense, match="inline mode is off"):
        ask(scene)


async def test_the_librarys_client_answers_and_a_person_chooses(bot: Bot, control: ControlClient) -> None:
    asked = await control.post("inline", user=BOB, chat=GROUP, query="btc")
    assert await control.get(f"inline/{asked['query']}") == {
        "query": asked["query"],
        "answered": False,
        "results": [],
        "button": None,
        "next_offset": "",
    }
    [update] = await bot.get_updates(timeout=0, allowed_updates=["inline_query"])
    assert update.inline_query is not None and update.inline_query.query == "btc"
    result = InlineQueryResultArticle(
        "a", "BTC/USDT", InputTextMessageContent("<b>1</b>", "HTML"), description="a price"
    )
    lead = InlineQueryResultsButton("Open", start_parameter="price")
    assert await bot.answer_inline_query(asked["query"], [result], cache_time=0, button=lead, next_offset="n")
    listing = await control.get(f"inline/{asked['query']}", wait=1)
    assert listing["results"] == [{"id": "a", "title": "BTC/USDT", "description": "a price"}]
    assert (listing["button"], listing["next_offset"]) == ({"text": "Open", "start_parameter": "price"}, "n")
    chosen = await control.post("inline/choose", user=BOB, chat=GROUP, query=asked["query"], result="a")
    assert chosen["message"]["html"] == "<b>1</b>" and chosen["message"]["via_bot"]["is_bot"]
