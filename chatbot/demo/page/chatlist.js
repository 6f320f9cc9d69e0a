/** The column of chats of one persona. */
import { preview } from "./bubble.js";
import { make } from "./dom.js";
import { nameOf, speakerOf } from "./people.js";
import { listStamp } from "./times.js";

/** Draw the chats; `faceOf(chat)` is its avatar, `unread` an Unread, `onOpen(id)` a choice. */
export function drawChats(list, { chats, current, viewer, faceOf, lastOf, unread, onOpen }) {
  const focused = list.contains(document.activeElement) ? document.activeElement.dataset.chat : null;
  list.replaceChildren(
    ...chats.map((chat) => {
      const entry = { chat, face: faceOf(chat), last: lastOf(chat), unread: unread.inChat(chat) };
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
  const isOwn = last.by === viewer && !last.sender_chat;
  if (last.service || chat.type === "channel" || (chat.type === "private" && !isOwn)) return [text];
  const who = isOwn ? "You" : nameOf(speakerOf(last));
  return [make("span", { class: "chat-who" }, `${who}: `), text];
}
