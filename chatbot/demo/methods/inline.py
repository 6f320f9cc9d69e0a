"""Answering what people type behind the bot's name."""

import re
from typing import Any

from chatbot.demo import entities, keyboards
from chatbot.demo.inline import Listing, Offer
from chatbot.demo.parameters import Parameters
from chatbot.demo.refusals import bad_request
from chatbot.demo.values import Json
from chatbot.demo.world import World

MOST_RESULTS = 50
MOST_ID_BYTES = 64
MOST_OFFSET_BYTES = 64
MOST_START_CHARACTERS = 64
USUAL_CACHE_TIME, LONGEST_CACHE_TIME = 300, 24 * 60 * 60

_START = re.compile(r"[A-Za-z0-9_-]+")


def answer_inline_query(world: World, given: Parameters) -> bool:
    """https://core.telegram.org/bots/api#answerinlinequery; of the results this chat knows articles only."""
    if len(given.text("next_offset").encode()) > MOST_OFFSET_BYTES:
        raise bad_request("NEXT_OFFSET_INVALID")
    listing = Listing(
        offers=_offers(given.structure("results", called="inline query results")),
        button=_button(given.structure("button", called="inline query results button")),
        next_offset=given.text("next_offset"),
    )
    cache_time = min(max(given.integer("cache_time", USUAL_CACHE_TIME), 0), LONGEST_CACHE_TIME)
    query, personal = given.text("inline_query_id"), given.flag("is_personal")
    world.inline.answer(query, listing, cache_time=cache_time, personal=personal)
    return True


def _offers(results: Any) -> tuple[Offer, ...]:
    if not isinstance(results, list):
        raise bad_request("expected an Array of inline query results")
    if len(results) > MOST_RESULTS:
        raise bad_request("too many inline query results specified")
    offers = tuple(_offer(result) for result in results)
    if len({offer.id for offer in offers}) < len(offers):
        raise bad_request("RESULT_ID_DUPLICATE")
    return offers


def _offer(result: Any) -> Offer:
    """https://core.telegram.org/bots/api#inlinequeryresultarticle"""
    if not isinstance(result, dict) or result.get("type") != "article":
        raise _unreadable('type of inline query result must be "article" here')
    name, title = result.get("id"), result.get("title")
    if not isinstance(name, str) or not name:
        raise bad_request("RESULT_ID_EMPTY")
    if len(name.encode()) > MOST_ID_BYTES:
        raise bad_request("RESULT_ID_INVALID")
    if not isinstance(title, str) or not title.strip():
        raise bad_request("ARTICLE_TITLE_EMPTY")
    content = result.get("input_message_content")
    if not isinstance(content, dict):
        raise _unreadable("input_message_content is not specified")
    markup = result.get("reply_markup")
    return Offer(
        id=name,
        shown={"title": title, "description": str(result.get("description") or "")},
        content=_text(content),
        reply_markup=None if markup is None else keyboards.checked(markup, private=False),
        link_preview_options=_preview(content.get("link_preview_options")),
    )


def _text(content: Json) -> entities.RichText:
    """https://core.telegram.org/bots/api#inputtextmessagecontent"""
    mode = str(content.get("parse_mode") or "")
    listed = None if mode else content.get("entities")
    return entities.sent(str(content.get("message_text") or ""), parse_mode=mode, entities=listed)


def _preview(options: Any) -> Json | None:
    if options is not None and not isinstance(options, dict):
        raise _unreadable("object expected as link preview options")
    return options or None


def _button(button: Any) -> Json | None:
    """https://core.telegram.org/bots/api#inlinequeryresultsbutton"""
    if button is None:
        return None
    if not isinstance(button, dict) or not isinstance(button.get("text"), str) or not button["text"].strip():
        raise bad_request("can't parse inline query results button: Can't find field \"text\"")
    start = button.get("start_parameter")
    if not isinstance(start, str) or not start:
        raise bad_request("can't use empty start_parameter")
    if len(start) > MOST_START_CHARACTERS:
        raise bad_request("too long start_parameter specified")
    if not _START.fullmatch(start):
        raise bad_request("unallowed characters in start_parameter are used")
    return {"text": button["text"], "start_parameter": start}


def _unreadable(why: str) -> Exception:
    return bad_request(f"can't parse InlineQueryResult: {why}")
