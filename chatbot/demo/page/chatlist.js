/** The column of chats of one persona. */
import { preview } from "./bubble.js";
import { make } from "./dom.js";
import { nameOf } from "./people.js";
import { listStamp } from "./times.js";

/** Draw the chats; `faceOf(chat)` is its avatar, `unread` a Map of counts, `onOpen(id)` a choice. */
export function drawChats(list, { chats, current, viewer, faceOf, lastOf, unread, onOpen }) {
  const focused = list.contains(document.activeElement) ? document.activeElement.dataset.chat : null;
  list.replaceChildren(
    ...chats.map((chat) => {
      const entry = { chat, face: faceOf(chat), last: lastOf(chat), unread: unread.get(chat.id) ?? 0 };
      return make("li", {}, row(entry, { active: chat.id === current, viewer, onOpen }));
    }),
  );
  if (focused) list.querySelector(`[data-chat="${focused}"]`)?.focus();
}

function row({ chat, face, last, unread }, { active, viewer, onOpen }) {
  const line = make("span", { class: "chat-preview" }, ...previewOf(chat, last, viewer));
  return make(
    "button",
    {
      type: "button",
      class: "chat-row",
      title: chat.title,
      "data-chat": chat.id,
      "aria-current": active ? "true" : null,
      onclick: () => onOpen(chat.id),
    },
    face,
    make("span", { class: "chat-name" }, chat.title),
    make("time", { class: "chat-stamp" }, last ? listStamp(last.date) : ""),
    line,
    unread ? make("span", { class: "badge", "aria-label": `${unread} unread` }, String(unread)) : null,
  );
}

function previewOf(chat, last, viewer) {
  if (!last) return [chat.type === "private" ? "No messages yet" : "Say something"];
  const text = preview(last);
  if (last.service || (chat.type === "private" && last.from.id !== viewer)) return [text];
  const who = last.from.id === viewer ? "You" : nameOf(last.from);
  return [make("span", { class: "chat-who" }, `${who}: `), text];
}
