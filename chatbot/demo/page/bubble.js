/** One message as a bubble. Pure: message in, element out; the history decides where it goes, gestures what taps do. */
import { icon, make } from "./dom.js";
import { formatted } from "./entities.js";
import { inlineKeyboard } from "./keyboard.js";
import { documentRow, mediaLine, photo, photoWidth, wordsOf } from "./media.js";
import { avatar, botAvatar, colourOf, nameOf, speakerOf } from "./people.js";
import { clockTime, fullTime } from "./times.js";

const ONLY_EMOJI = /^(?:(?!\d)\p{Emoji}(?:\p{Emoji_Modifier}|\uFE0F|\u200D\p{Emoji})*){1,3}$/u;
const PREVIEW_CHARACTERS = 120;

/**
 * `viewer` is the person looking, `bot` the id of the bot that wears the mark, `group` true where senders need names,
 * `rank(userId)` their title in the group; `first` and `last` say where the message stands in a run by one sender.
 */
export function bubble(message, { viewer, bot, group, rank, first, last }) {
  if (message.service) return serviceLine(message);
  const own = message.by === viewer && !message.sender_chat;
  const item = make("li", { class: rowClasses({ own, group, first, last }), "data-id": message.message_id });
  if (group && !own) item.append(make("span", { class: "avatar-slot" }, last ? face(speakerOf(message), bot) : null));
  const column = make(
    "div",
    { class: "column" },
    body(message, { own, bot, named: group && first && !own, rank }),
  );
  if (message.photo) column.style.width = `${photoWidth(message.media)}px`;
  const keyboard = inlineKeyboard(message.reply_markup);
  if (keyboard) column.append(keyboard);
  item.append(column, moreButton(message));
  return item;
}

/** One line of a message, for quotes and the chat list. */
export function preview(message) {
  if (message.service) return serviceText(message);
  const line = message.photo || message.document ? mediaLine(message) : message.text;
  return line.slice(0, PREVIEW_CHARACTERS).replaceAll("\n", " ");
}

const face = (user, bot) => (user.id === bot ? botAvatar() : avatar(user));
const tint = (user, bot) => (user.id === bot ? "peer-bot" : `peer-${colourOf(user.id)}`);

function rowClasses({ own, group, first, last }) {
  return classesOf({ row: true, own, foreign: !own, group, first, last });
}

function classesOf(flags) {
  return Object.keys(flags)
    .filter((name) => flags[name])
    .join(" ");
}

function serviceLine(message) {
  const words = make("span", { class: "service-text" }, serviceText(message));
  return make("li", { class: "service", "data-id": message.message_id }, words);
}

// A service message brings its sentence as escaped HTML; its text is all that is wanted here.
function serviceText(message) {
  return new DOMParser().parseFromString(message.html, "text/html").body.textContent;
}

function body(message, { own, bot, named, rank }) {
  const block = make("div", { class: bubbleClasses(message) });
  if (named) block.append(sender(speakerOf(message), tint(speakerOf(message), bot), rank(speakerOf(message).id)));
  if (message.via_bot) block.append(make("div", { class: "via" }, `via @${message.via_bot.username}`));
  if (message.forward_origin)
    block.append(make("div", { class: "forwarded" }, forwardedFrom(message.forward_origin)));
  if (message.reply_to_message) block.append(quote(message.reply_to_message, bot));
  if (message.photo) block.append(photo(message));
  if (message.document) block.append(documentRow(message));
  block.append(isBare(message) ? meta(message, own) : words(message, own));
  return block;
}

// A photo without a caption has its time on the picture.
const isBare = (message) => Boolean(message.photo) && !message.caption;

function bubbleClasses(message) {
  const flags = {
    bubble: true,
    jumbo: ONLY_EMOJI.test(message.text ?? "") && !message.entities,
    "with-photo": message.photo,
    bare: isBare(message),
    sealed: message.has_protected_content,
  };
  return classesOf(flags);
}

function words(message, own) {
  const entities = message.entities ?? message.caption_entities;
  const content = wordsOf(message);
  const classes = content ? "text" : "text wordless";
  const text = make("div", { class: classes, dir: "auto" }, formatted(content, entities));
  text.append(meta(message, own));
  return text;
}

function sender(user, colour, rank) {
  const line = make("div", { class: `sender ${colour}` }, make("span", {}, nameOf(user)));
  if (rank) line.append(make("span", { class: "rank" }, rank));
  return line;
}

function forwardedFrom(origin) {
  const from = origin.sender_user ?? origin.sender_chat ?? origin.chat;
  return `Forwarded from ${from ? nameOf(from) : origin.sender_user_name}`;
}

function quote(original, bot) {
  const classes = `quote ${tint(speakerOf(original), bot)}`;
  return make(
    "button",
    { type: "button", class: classes, "data-jump": original.message_id },
    make("strong", {}, nameOf(speakerOf(original))),
    make("span", {}, preview(original)),
  );
}

function meta(message, own) {
  const line = make("span", { class: "meta" });
  if (message.has_protected_content) line.append(mark("lock", "Cannot be forwarded, copied or saved"));
  if (message.silent) line.append(mark("silent", "Came without a sound"));
  if (message.edit_date) line.append(make("span", { title: fullTime(message.edit_date) }, "edited "));
  line.append(make("time", { title: fullTime(message.date) }, clockTime(message.date)));
  if (own) line.append(icon("seen"));
  return line;
}

function mark(name, meaning) {
  return make("span", { class: "mark", role: "img", "aria-label": meaning, title: meaning }, icon(name));
}

function moreButton(message) {
  const label = `Actions for the message of ${clockTime(message.date)}`;
  return make(
    "button",
    { type: "button", class: "more", "aria-haspopup": "menu", "aria-label": label },
    icon("more"),
  );
}
