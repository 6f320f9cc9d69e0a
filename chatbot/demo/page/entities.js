/**
 * Text and entities → DOM. Offsets and lengths count UTF-16 units, as JavaScript strings do.
 * Entities arrive sorted by place, the outer before the inner (https://core.telegram.org/bots/api#messageentity).
 */
import { icon, make } from "./dom.js";

const WEB = /^https?:\/\//i;
const HARMLESS = /^(?:https?|tg|mailto):/i;

const STYLED = {
  bold: () => make("strong"),
  italic: () => make("em"),
  underline: () => make("u"),
  strikethrough: () => make("s"),
  hashtag: () => make("span", { class: "tag" }),
  cashtag: () => make("span", { class: "tag" }),
  mention: () => make("span", { class: "tag" }),
  code: (_, content) => make("code", copies(content)),
  pre: (entity, content) => preformatted(entity, content),
  spoiler: () => spoiler(),
  blockquote: () => make("blockquote"),
  expandable_blockquote: () => foldedQuote(),
  bot_command: (_, content) => pressable("command", { "data-command": content }),
  url: (_, content) => link(WEB.test(content) ? content : `https://${content}`),
  email: (_, content) => link(`mailto:${content}`),
  text_link: (entity) => link(entity.url),
  date_time: (entity) => make("time", { datetime: new Date(entity.unix_time * 1000).toISOString() }),
};

/** The formatted text as one fragment. */
export function formatted(text, entities = []) {
  const fragment = document.createDocumentFragment();
  fill(fragment, text, entities, 0, text.length);
  return fragment;
}

/** Append `text[start:end]` with the entities inside it; one that crosses the end is cut there. */
function fill(parent, text, entities, start, end) {
  let at = start;
  for (let i = 0; i < entities.length; i += 1) {
    const entity = entities[i];
    if (entity.offset < at || entity.offset >= end) continue;
    const stop = Math.min(entity.offset + entity.length, end);
    parent.append(text.slice(at, entity.offset));
    const element = STYLED[entity.type]?.(entity, text.slice(entity.offset, stop)) ?? make("span");
    fill(element.querySelector(".inside") ?? element, text, entities.slice(i + 1), entity.offset, stop);
    parent.append(element);
    at = isBlock(element) && text[stop] === "\n" ? stop + 1 : stop;
  }
  parent.append(text.slice(at, end));
}

// A block ends its line by itself; the newline after it would show as an empty one.
const isBlock = (element) => element.matches("pre, blockquote");

function pressable(kind, attributes = {}) {
  return make("span", { class: kind, role: "button", tabindex: "0", ...attributes });
}

// Inline code is copied by a tap; it takes no tab stop, or a card full of numbers would take twenty.
const copies = (content) => ({ class: "copies", "data-copy": content, title: "Copy" });

function preformatted(entity, content) {
  const copy = make(
    "button",
    { type: "button", class: "pre-copy", "data-copy": content, "aria-label": "Copy" },
    icon("copy"),
  );
  const head = entity.language ? make("span", { class: "pre-head" }, entity.language) : null;
  return make("pre", copies(content), head, copy, make("span", { class: "inside" }));
}

function spoiler() {
  const cover = pressable("spoiler", { "aria-label": "Hidden text, show" });
  cover.append(make("span", { class: "inside" }));
  return cover;
}

function foldedQuote() {
  return make("blockquote", { class: "expandable", role: "button", tabindex: "0", "aria-expanded": "false" });
}

function link(url) {
  if (!HARMLESS.test(url)) return make("span");
  return make("a", { href: url, target: "_blank", rel: "noopener noreferrer" });
}
