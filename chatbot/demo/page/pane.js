/** One pane: a persona, its chats, and the chat that is open. It follows the store and owns no messages. */
import * as api from "./api.js";
import { drawChats } from "./chatlist.js";
import { newTopic, openChatMenu } from "./chatmenu.js";
import { Composer } from "./composer.js";
import { fromTemplate, hasKeyboard, icon, make } from "./dom.js";
import { listen } from "./gestures.js";
import { History } from "./history.js";
import { messageActions } from "./actions.js";
import { toast } from "./overlays.js";
import { avatar, botAvatar, nameOf } from "./people.js";
import { PinnedBar } from "./pinned.js";
import { sideSwitch } from "./side.js";
import { isAdmin, isInside, may, memberOf } from "./standing.js";
import { themeSwitch } from "./theme.js";
import { drawTopics, GENERAL, topicOf } from "./topics.js";
import { Unread } from "./unread.js";

const RANKS = { creator: "owner", administrator: "admin" };

export class Pane {
  #drafts = new Map();
  #unread = new Unread();

  /** `place` = {persona, chat, topic, screen}: where the pane stands; `onMove(place)` is told when that changes. */
  constructor({ store, taps, place, side, onMove }) {
    const { fragment, parts } = fromTemplate("pane");
    Object.assign(this, { store, taps, parts, place, onMove });
    this.root = fragment.firstElementChild;
    this.root.dataset.side = side;
    this.root.setAttribute("aria-label", `${side} pane`);
    this.history = new History({ scroller: parts.scroller, list: parts.history, onEnd: () => this.#markSeen() });
    this.pinned = new PinnedBar(
      { bar: parts.pinned, jump: parts.pinJump, title: parts.pinTitle, text: parts.pinText, unpin: parts.unpin },
      { onJump: (id) => this.#jump(id), onUnpin: (id) => this.#unpin(id) },
    );
    this.composer = new Composer(parts.composer, {
      onSend: (text, replyTo) => this.attempt(this.send(text, replyTo)),
      onEdit: (id, text) => this.attempt(api.edit(this.place.persona, this.place.chat, id, text)),
      onEditLast: () => this.#editLast(),
      onJump: (id) => this.history.jumpTo(id),
      onAskInline: (query) => api.askInline(this.place.persona, this.place.chat, query),
      onChooseInline: (query, result, replyTo) => this.attempt(this.#sendOffer(query, result, replyTo)),
      onLead: (start) => this.actions.follow(`t.me/${this.store.world.bot.username}?start=${start}`),
    });
    this.actions = messageActions(this);
    this.#wire();
    this.#drawAll();
  }

  get chat() {
    return this.store.chat(this.place.chat);
  }

  get isPrivate() {
    return this.chat.type === "private";
  }

  /** The open topic of a forum, else null. */
  get topic() {
    const { is_forum: isForum, topics } = this.chat ?? {};
    return isForum ? (topics.find((topic) => topic.id === this.place.topic) ?? topics[0]) : null;
  }

  /** The open chat's messages, or those of its open topic. */
  get messages() {
    const every = this.store.messages(this.place.chat);
    const { topic } = this;
    return topic ? every.filter((message) => topicOf(message) === topic.id) : every;
  }

  /** Whether the persona has a right in the open chat. */
  may(right) {
    return may(this.chat, this.place.persona, right);
  }

  /** Why the persona cannot write here now, else null. */
  silence() {
    const { type } = this.chat;
    if (type === "channel") return this.may("can_post_messages") ? null : "Only admins post in this channel";
    if (this.topic?.closed && !this.may("can_manage_topics")) return "This topic is closed";
    return this.may("can_send_messages") ? null : "Writing is not allowed in this group";
  }

  message(id) {
    return this.store.messages(this.place.chat).find((message) => message.message_id === id);
  }

  /** Show a failed request as a toast, and let the caller know of it too. */
  async attempt(promise) {
    try {
      return await promise;
    } catch (error) {
      this.toast(error.message);
      throw error;
    }
  }

  toast(text) {
    toast(this.parts.toasts, text);
  }

  /** Open a chat of the current persona. */
  open(chat) {
    this.#move({ chat, topic: GENERAL, screen: "chat" });
  }

  /** Open a topic of the open forum. */
  openTopic(topic) {
    this.#move({ topic });
  }

  /** Write as the persona, into the open topic. */
  send(text, replyTo) {
    const thread = this.topic?.id ?? null;
    return api.send(this.place.persona, this.place.chat, text, { replyTo, thread });
  }

  #sendOffer(query, result, replyTo) {
    const thread = this.topic?.id ?? null;
    return api.chooseInline(this.place.persona, this.place.chat, { query, result, replyTo, thread });
  }

  become(persona) {
    const mine = this.store.chatsOf(persona).map((chat) => chat.id);
    const own = this.isPrivate || !mine.includes(this.place.chat) ? persona : this.place.chat;
    this.#unread.clear();
    this.#move({ persona, chat: own, topic: own === this.place.chat ? this.place.topic : GENERAL });
  }

  #move(change) {
    const draftKey = () => `${this.place.persona}/${this.place.chat}/${this.place.topic}`;
    this.composer.leaveContext();
    this.#drafts.set(draftKey(), this.composer.text);
    this.place = { ...this.place, ...change };
    this.composer.text = this.#drafts.get(draftKey()) ?? "";
    this.history.clear();
    this.parts.toasts.replaceChildren();
    this.#drawAll();
    this.onMove(this.place);
    if (change.chat && hasKeyboard()) this.composer.focus();
  }

  #wire() {
    const { parts, store } = this;
    themeSwitch(parts.theme);
    for (const button of [parts.side, parts.sideBelow]) sideSwitch(button);
    parts.back.append(icon("back"));
    parts.back.addEventListener("click", () => this.#move({ screen: "list" }));
    parts.more.append(icon("more"));
    parts.more.addEventListener("click", () => openChatMenu(this, parts.more));
    parts.toEnd.addEventListener("click", () => this.history.toEnd());
    listen(parts.history, this.actions);
    store.addEventListener("world", () => this.#drawAll());
    store.addEventListener("typing", ({ detail }) => detail.chat === this.place.chat && this.#drawHeader());
    store.addEventListener("chat", ({ detail }) => this.#chatChanged(detail));
  }

  #drawAll() {
    this.root.dataset.screen = this.place.screen;
    this.#drawWorld();
    this.#drawHistory();
    this.#markSeen();
  }

  #drawWorld() {
    if (this.#isLost()) return this.#relocate();
    this.#drawPersonas();
    this.#drawHeader();
    this.#drawTopics();
    this.#drawPinned();
    this.#drawComposer();
    this.#drawChats();
  }

  /** The group was upgraded, or a restarted server no longer knows the place. */
  #isLost() {
    const { chat, store, place } = this;
    const isOut = chat?.type !== "private" && !isInside(chat && memberOf(chat, place.persona));
    return !chat || chat.upgraded_to || !store.person(place.persona) || isOut;
  }

  #relocate() {
    const known = this.store.person(this.place.persona) ?? this.store.personas[0];
    this.#move({ persona: known.id, chat: this.chat?.upgraded_to ?? known.id, topic: GENERAL });
  }

  #drawPersonas() {
    const { personas } = this.parts;
    const focused = personas.contains(document.activeElement);
    personas.replaceChildren(
      ...this.store.personas.map((person) =>
        make(
          "button",
          {
            type: "button",
            class: "persona",
            "aria-pressed": String(person.id === this.place.persona),
            onclick: () => this.become(person.id),
          },
          avatar(person),
          make("span", {}, nameOf(person)),
        ),
      ),
    );
    if (focused) personas.querySelector('[aria-pressed="true"]').focus();
  }

  #drawHeader() {
    const { parts } = this;
    parts.avatar.replaceChildren(faceOf(this.chat));
    parts.title.textContent = this.chat.title;
    parts.more.hidden = this.isPrivate || !isAdmin(memberOf(this.chat, this.place.persona));
    const { text, busy } = this.#status();
    if (parts.status.textContent !== text) parts.status.textContent = text;
    parts.status.classList.toggle("busy", busy);
  }

  #status() {
    const { store, chat } = this;
    if (store.connection === "lost") return { text: "waiting for network", busy: true };
    if (!store.world.bot_online) return { text: "connecting", busy: true };
    if (store.isTyping(chat.id))
      return { text: this.isPrivate ? "typing" : `${store.world.bot.name} is typing`, busy: true };
    return { text: this.isPrivate ? "bot" : memberCount(chat), busy: false };
  }

  #drawTopics() {
    const { parts, chat, topic } = this;
    parts.topics.hidden = !topic;
    if (!topic) return;
    drawTopics(parts.topics, {
      topics: chat.topics,
      current: topic.id,
      unread: (id) => this.#unread.inTopic(chat.id, id),
      onOpen: (id) => this.openTopic(id),
      onNew: isAdmin(memberOf(chat, this.place.persona)) ? () => newTopic(this) : null,
    });
  }

  #drawPinned() {
    const here = new Map(this.messages.map((message) => [message.message_id, message]));
    const pins = this.chat.pinned.flatMap((id) => here.get(id) ?? []);
    const right = this.chat.type === "channel" ? "can_edit_messages" : "can_pin_messages";
    this.pinned.show(pins, { mayUnpin: this.may(right) });
  }

  #jump(id) {
    if (!this.history.jumpTo(id)) this.toast("That message is no longer loaded.");
  }

  #unpin(id) {
    this.attempt(api.pin(this.place.persona, this.place.chat, id, false)).catch(() => {});
  }

  #drawComposer() {
    const { store, chat, place } = this;
    const commands = store.commands(chat.id, place.persona);
    this.composer.configure({
      commands,
      bot: store.world.bot,
      isPrivate: this.isPrivate,
      start: this.#startButton(),
      silence: this.silence(),
    });
  }

  #startButton() {
    if (!this.isPrivate) return null;
    const { persona } = this.place;
    const start = () => this.attempt(this.send("/start")).catch(() => {});
    if (this.chat.blocked)
      return { label: "RESTART BOT", run: () => this.attempt(api.unblock(persona)).then(start, () => {}) };
    return this.store.messages(this.chat.id).length ? null : { label: "START", run: start };
  }

  #drawChats() {
    drawChats(this.parts.chats, {
      chats: this.store.chatsOf(this.place.persona),
      current: this.place.chat,
      viewer: this.place.persona,
      faceOf,
      lastOf: (chat) => this.store.messages(chat.id).at(-1),
      unread: this.#unread,
      onOpen: (chat) => this.open(chat),
    });
  }

  #drawHistory(animate = false) {
    const ranks = new Map(this.chat.members.map((member) => [member.id, RANKS[member.status]]));
    const context = {
      viewer: this.place.persona,
      bot: this.store.world.bot.id,
      group: !this.isPrivate && this.chat.type !== "channel",
      rank: (user) => ranks.get(user),
    };
    const { messages } = this;
    this.history.show(messages, context, { animate });
    this.#drawIntro(messages.length === 0);
  }

  #drawIntro(wanted) {
    const { scroller } = this.parts;
    scroller.querySelector(".intro")?.remove();
    if (wanted)
      scroller.prepend(
        this.isPrivate
          ? botIntro(this.store.world.bot)
          : make("div", { class: "intro" }, make("p", {}, "No messages here yet…")),
      );
  }

  #chatChanged({ chat, kind, message }) {
    if (kind === "message" && message.by !== this.place.persona) this.#unread.add(chat, message);
    if (chat === this.place.chat && this.chat) {
      if (kind === "message" && message.by === this.place.persona) this.history.toEnd();
      this.#drawHistory(kind !== "reload");
      this.#drawComposer();
      this.#drawPinned();
      this.#markSeen();
    }
    this.#drawChats();
  }

  /** At the newest message nothing is unread; further up the round button counts what came since. */
  #markSeen() {
    const { atEnd } = this.history;
    const visible = this.root.offsetParent !== null && this.parts.scroller.offsetParent !== null;
    if (atEnd && visible && this.#unread.see(this.place.chat, this.topic?.id)) this.#drawChats();
    this.#drawTopics();
    const { toEnd } = this.parts;
    const count = this.#unread.inTopic(this.place.chat, this.topic?.id ?? GENERAL);
    toEnd.hidden = atEnd;
    toEnd.replaceChildren(icon("down"), count ? make("span", { class: "badge" }, String(count)) : "");
  }

  #editLast() {
    const own = this.messages.findLast((message) => !message.service && message.by === this.place.persona);
    if (own) this.composer.edit(own);
  }
}

const faceOf = (chat) => (chat.type === "private" ? botAvatar() : avatar(chat));

function memberCount({ type, members }) {
  const inside = members.filter(isInside).length;
  const called = type === "channel" ? "subscriber" : "member";
  return inside === 1 ? `1 ${called}` : `${inside} ${called}s`;
}

function botIntro(bot) {
  const title = make("strong", {}, bot.description ? "What can this bot do?" : bot.name);
  const text =
    bot.description ||
    "Tap START to begin. Try it with play money first: this chat and its exchange run on this machine.";
  return make(
    "div",
    { class: "intro" },
    make("div", { class: "intro-card" }, botAvatar(), title, make("p", {}, text)),
  );
}
