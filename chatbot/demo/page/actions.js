/** What a person can do with a message of a pane: tap its buttons, follow its links, reply, edit, delete, copy. */
import * as api from "./api.js";
import { buttonOf, setBusy } from "./keyboard.js";
import { destination, isBotLink, startsBot, withScheme } from "./links.js";
import { openPhoto, save, wordsOf } from "./media.js";
import { alertDialog, confirmDialog, openMenu } from "./overlays.js";

const PIN_RIGHT = { channel: "can_edit_messages", group: "can_pin_messages", supergroup: "can_pin_messages" };

/** The actions gestures.js asks for, bound to a pane. */
export function messageActions(pane) {
  const follow = (url, label) => followLink(pane, url, label);
  return {
    follow,
    tapKey: (id, element) => tapKey(pane, id, element, follow),
    runCommand: (text) => runCommand(pane, text),
    copy: (text) => copy(pane, text),
    sealed: () => pane.toast("This message cannot be copied or saved."),
    view: (id) => openPhoto(pane.message(id)),
    jump: (id) => pane.history.jumpTo(id) || pane.toast("That message is gone."),
    reply: (id) => pane.silence() || pane.composer.reply(pane.message(id)),
    menu: (id, point) => openMenu(menuItems(pane, pane.message(id)), point),
  };
}

async function tapKey(pane, id, element, follow) {
  const button = buttonOf(pane.message(id), element);
  const url = button.url ?? button.web_app?.url;
  if (url) return follow(url);
  if (button.copy_text) return copy(pane, button.copy_text.text);
  if (button.callback_data && !element.classList.contains("busy"))
    await tapCallback(pane, id, button, element, follow);
}

async function tapCallback(pane, id, button, element, follow) {
  setBusy(element, true);
  try {
    const { persona, chat } = pane.place;
    const answer = await pane.attempt(pane.taps.tap(persona, chat, id, button.callback_data));
    if (answer?.url) follow(answer.url);
    else if (answer?.text) answer.show_alert ? alertDialog(answer.text) : pane.toast(answer.text);
  } catch {
    // Said in a toast already; the button may be tapped again.
  } finally {
    setBusy(element, false);
  }
}

// In a group a bare command might be meant for another bot.
function runCommand(pane, text) {
  const full = pane.isPrivate || text.includes("@") ? text : `${text}@${pane.store.world.bot.username}`;
  pane.attempt(pane.send(full)).catch(() => {});
}

async function followLink(pane, url, label) {
  const { username } = pane.store.world.bot;
  const { persona } = pane.place;
  if (isBotLink(url, username)) {
    pane.open(persona);
    if (startsBot(url)) await pane.attempt(api.openLink(persona, withScheme(url))).catch(() => {});
    return;
  }
  const plain = label && destination(label) === destination(url);
  const sure = plain || (await confirmDialog({ text: `Open ${destination(url)}?`, action: "Open" }));
  if (sure) window.open(withScheme(url), "_blank", "noopener,noreferrer");
}

async function copy(pane, text) {
  try {
    await navigator.clipboard.writeText(text);
    pane.toast("Copied to the clipboard");
  } catch {
    pane.toast("This browser does not let the page copy");
  }
}

function menuItems(pane, message) {
  const items = [];
  if (!pane.silence()) items.push({ icon: "reply", label: "Reply", run: () => pane.composer.reply(message) });
  const words = wordsOf(message);
  if (!message.has_protected_content) {
    if (words) items.push({ icon: "copy", label: "Copy text", run: () => copy(pane, words) });
    if (message.media) items.push({ icon: "save", label: "Save", run: () => save(message) });
  }
  if (pane.may(PIN_RIGHT[pane.chat.type])) items.push(pinItem(pane, message));
  if (message.by !== pane.place.persona) return items;
  return [
    ...items,
    { icon: "edit", label: "Edit", run: () => pane.composer.edit(message) },
    { icon: "delete", label: "Delete", danger: true, run: () => remove(pane, message) },
  ];
}

function pinItem(pane, message) {
  const pinned = pane.chat.pinned.includes(message.message_id);
  const run = () => {
    const { persona, chat } = pane.place;
    pane.attempt(api.pin(persona, chat, message.message_id, !pinned)).catch(() => {});
  };
  return { icon: "pin", label: pinned ? "Unpin" : "Pin", run };
}

async function remove(pane, message) {
  const sure = await confirmDialog({ text: "Delete this message for everyone?", action: "Delete", danger: true });
  const { persona, chat } = pane.place;
  if (sure) await pane.attempt(api.remove(persona, chat, message.message_id)).catch(() => {});
}
