/** What this page knows of the world, kept current by the feed. Events: "world", "chat", "typing", "answer". */
import * as api from "./api.js";
import { Feed } from "./feed.js";
import { isInside, memberOf } from "./standing.js";

const TYPING_MS = 5000;

export class Store extends EventTarget {
  /** "loading" before the first answer, then "live", or "lost" while no server answers. */
  connection = "loading";
  world = null;
  #messages = new Map();
  #typing = new Map();

  constructor() {
    super();
    this.feed = new Feed({
      begin: () => this.#begin(),
      onEvent: (event) => this.#take(event),
      onLost: () => this.#setConnection("lost"),
    });
  }

  get personas() {
    return this.world.people.filter((person) => !person.is_bot);
  }

  person(id) {
    return this.world.people.find((person) => person.id === id);
  }

  chat(id) {
    return this.world.chats.find((chat) => chat.id === id);
  }

  /** The chats a person is in: their own with the bot first, then groups and channels. */
  chatsOf(user) {
    const inside = (chat) => (chat.type === "private" ? chat.id === user : isInside(memberOf(chat, user)));
    const mine = this.world.chats.filter((chat) => chat.shown && inside(chat));
    return mine.sort((a, b) => (b.type === "private") - (a.type === "private"));
  }

  /** Commands offered to this person in this chat. */
  commands(chat, user) {
    return this.world.commands?.[chat]?.[user] ?? [];
  }

  /** Messages of a chat in order. */
  messages(chat) {
    return [...(this.#messages.get(chat)?.values() ?? [])];
  }

  isTyping(chat) {
    return this.#typing.has(chat);
  }

  async #begin() {
    const world = await api.world();
    const histories = world.chats.map(async (chat) => {
      const reader = chat.type === "private" ? chat.id : chat.members[0].id;
      const { messages } = await api.chat(chat.id, reader);
      this.#messages.set(chat.id, new Map(messages.map((message) => [message.message_id, message])));
    });
    await Promise.all(histories);
    this.world = world;
    this.#setConnection("live");
    this.#tell("world");
    for (const chat of world.chats) this.#tell("chat", { chat: chat.id, kind: "reload" });
    return world.revision;
  }

  #setConnection(connection) {
    this.connection = connection;
    if (this.world) this.#tell("world");
  }

  #take(event) {
    if (event.kind === "world" || event.kind === "commands") return void this.#reread(event.missed);
    if (event.kind === "action") return this.#setTyping(event.chat);
    if (event.kind === "answer") return this.#tell("answer", event);
    this.#change(event);
  }

  #change({ kind, chat, message_id: id, message }) {
    if (!this.#messages.has(chat)) this.#messages.set(chat, new Map());
    const history = this.#messages.get(chat);
    if (kind === "delete") history.delete(id);
    else history.set(id, message);
    if (kind === "message" && message.by === this.world.bot.id) this.#clearTyping(chat);
    this.#tell("chat", { chat, kind, message });
  }

  async #reread(missed) {
    try {
      if (missed) await this.#begin();
      else this.world = await api.world();
      this.#tell("world");
    } catch {
      // The feed notices a lost server by itself and reads everything again when it is back.
    }
  }

  #setTyping(chat) {
    clearTimeout(this.#typing.get(chat));
    this.#typing.set(
      chat,
      setTimeout(() => this.#clearTyping(chat), TYPING_MS),
    );
    this.#tell("typing", { chat });
  }

  #clearTyping(chat) {
    if (!this.#typing.has(chat)) return;
    clearTimeout(this.#typing.get(chat));
    this.#typing.delete(chat);
    this.#tell("typing", { chat });
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
