/** Names, initials, avatars and the seven colours by which a messenger tells people apart. */
import { icon, make } from "./dom.js";

const PEER_COLOURS = 7;

/** "Alice", "Alice Meyer", "Trading Corner": how a user or chat is called. */
export function nameOf(peer) {
  return peer.title ?? peer.name ?? [peer.first_name, peer.last_name].filter(Boolean).join(" ");
}

/** Who a reader takes a message to be from: a channel or a hidden admin's group, else the person. */
export const speakerOf = (message) => message.sender_chat ?? message.from;

export const colourOf = (id) => Math.abs(id) % PEER_COLOURS;

function initials(name) {
  const letters = name
    .split(/\s+/)
    .filter(Boolean)
    .map((word) => Array.from(word)[0]);
  return [letters[0], letters.length > 1 ? letters.at(-1) : ""].join("").toUpperCase();
}

/** A round avatar with the initials of a person, a group or a stranger's bot. */
export function avatar(peer) {
  return make(
    "span",
    { class: `avatar peer-${colourOf(peer.id)}`, "aria-hidden": "true" },
    initials(nameOf(peer)),
  );
}

/** The avatar of the bot this chat is about: the product's mark. */
export function botAvatar() {
  return make("span", { class: "avatar avatar-bot", "aria-hidden": "true" }, icon("andx"));
}
