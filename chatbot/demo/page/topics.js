/** The row of topics above a forum's messages. */
import { icon, make } from "./dom.js";

export const GENERAL = 1;

/** The topic a message stands in. */
export const topicOf = (message) => (message.is_topic_message ? message.message_thread_id : GENERAL);

/** Draw one chip for each topic, and one that makes a new one if `onNew` is given. */
export function drawTopics(list, { topics, current, unread, onOpen, onNew }) {
  const focused = list.contains(document.activeElement) ? document.activeElement.dataset.topic : null;
  list.replaceChildren(...topics.map((topic) => chip(topic, { current, unread: unread(topic.id), onOpen })));
  if (onNew) list.append(newChip(onNew));
  list.querySelector(`[data-topic="${focused}"]`)?.focus();
  list.querySelector('[aria-pressed="true"]')?.scrollIntoView({ block: "nearest", inline: "nearest" });
}

function chip(topic, { current, unread, onOpen }) {
  return make(
    "button",
    {
      type: "button",
      class: "topic",
      "data-topic": topic.id,
      "aria-pressed": String(topic.id === current),
      onclick: () => onOpen(topic.id),
    },
    topic.id === GENERAL ? icon("hash") : mark(topic),
    make("span", {}, topic.name),
    topic.closed ? icon("lock") : null,
    unread ? make("span", { class: "badge", "aria-label": `${unread} unread` }, String(unread)) : null,
  );
}

// The colour comes as a number, 0xRRGGBB.
function mark(topic) {
  const dot = make("span", { class: "topic-mark", "aria-hidden": "true" });
  dot.style.backgroundColor = `#${topic.colour.toString(16).padStart(6, "0")}`;
  return dot;
}

function newChip(onNew) {
  const label = "New topic";
  return make(
    "button",
    { type: "button", class: "topic topic-new", title: label, "aria-label": label, onclick: onNew },
    icon("plus"),
  );
}
