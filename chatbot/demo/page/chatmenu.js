/** What an admin can do to the open chat: the ⋯ menu in its header. */
import * as api from "./api.js";
import { confirmDialog, openMenu, promptDialog } from "./overlays.js";
import { nameOf } from "./people.js";
import { isAdmin, isInside, memberOf } from "./standing.js";
import { GENERAL } from "./topics.js";

/** Open the menu of a pane's chat below a button. */
export function openChatMenu(pane, button) {
  const { right, bottom } = button.getBoundingClientRect();
  const point = { x: right - 220, y: bottom + 4 };
  openMenu([...ofChat(pane), ...ofTopic(pane), ...ofBot(pane), peopleItem(pane, point)], point);
}

function ofChat(pane) {
  const { chat } = pane;
  const items = [{ icon: "edit", label: "Rename…", run: () => rename(pane) }];
  if (chat.type === "group")
    items.push({ icon: "up", label: "Upgrade to supergroup", run: () => upgrade(pane) });
  if (chat.type === "supergroup") {
    const label = chat.is_forum ? "Turn topics off" : "Turn topics on";
    items.push({ icon: "hash", label, run: () => manage(pane, "forum", { enabled: !chat.is_forum }) });
  }
  return items;
}

function ofTopic(pane) {
  const topic = pane.topic;
  if (!topic) return [];
  const items = [{ icon: "plus", label: "New topic…", run: () => newTopic(pane) }];
  const closing = { topic: topic.id, closed: !topic.closed };
  const label = topic.closed ? `Reopen “${topic.name}”` : `Close “${topic.name}”`;
  items.push({ icon: "lock", label, run: () => manage(pane, "topic/close", closing) });
  if (topic.id !== GENERAL)
    items.push({ icon: "delete", label: `Delete “${topic.name}”`, danger: true, run: () => deleteTopic(pane, topic) });
  return items;
}

function ofBot(pane) {
  const { bot } = pane.store.world;
  const member = memberOf(pane.chat, bot.id);
  const call = (act, fields) => () => manage(pane, act, fields);
  if (!isInside(member)) return [{ icon: "bot", label: `Add ${bot.name}`, run: call("add") }];
  const out = { icon: "leave", label: `Remove ${bot.name}`, danger: true, run: call("kick") };
  if (pane.chat.type === "channel") return [out];
  const rank = isAdmin(member)
    ? { icon: "star", label: `${bot.name}: no longer admin`, run: call("promote", { status: "member" }) }
    : { icon: "star", label: `Make ${bot.name} an admin`, run: call("promote") };
  return [rank, out];
}

function peopleItem(pane, point) {
  const run = () => openMenu(people(pane), point);
  return { icon: "people", label: "People…", run };
}

function people(pane) {
  const others = pane.store.world.people.filter((person) => person.id !== pane.place.persona);
  return others.flatMap((person) => personItems(pane, person));
}

function personItems(pane, person) {
  const member = memberOf(pane.chat, person.id);
  const call = (act, fields) => () => manage(pane, act, { user: person.id, ...fields });
  if (member?.status === "creator") return [];
  if (!isInside(member)) return [{ icon: "plus", label: `Add ${nameOf(person)}`, run: call("add") }];
  const rank = isAdmin(member)
    ? { icon: "star", label: `${nameOf(person)}: no longer admin`, run: call("promote", { status: "member" }) }
    : { icon: "star", label: `Make ${nameOf(person)} an admin`, run: call("promote") };
  return [rank, { icon: "leave", label: `Remove ${nameOf(person)}`, danger: true, run: call("kick") }];
}

function manage(pane, act, fields) {
  const { persona, chat } = pane.place;
  return pane.attempt(api.manage(act, chat, persona, fields)).catch(() => {});
}

async function rename(pane) {
  const title = await promptDialog({ text: "Name of the chat", value: pane.chat.title, action: "Rename" });
  if (title) manage(pane, "rename", { title });
}

async function upgrade(pane) {
  const text = "Upgrade this group to a supergroup? It gets a new id, and can then have topics.";
  if (await confirmDialog({ text, action: "Upgrade" })) manage(pane, "upgrade");
}

/** Ask for a name and begin a topic with it. */
export async function newTopic(pane) {
  const name = await promptDialog({ text: "Name of the topic", value: "", action: "Create" });
  if (!name) return;
  const created = await manage(pane, "topic", { name });
  if (created) pane.openTopic(created.topic);
}

async function deleteTopic(pane, topic) {
  const text = `Delete “${topic.name}” with all its messages?`;
  if (await confirmDialog({ text, action: "Delete", danger: true }))
    manage(pane, "topic/delete", { topic: topic.id });
}
