/** How many messages a persona has not seen, by chat and topic. */
import { topicOf } from "./topics.js";

export class Unread {
  #counts = new Map();

  add(chat, message) {
    const topics = this.#counts.get(chat) ?? new Map();
    topics.set(topicOf(message), (topics.get(topicOf(message)) ?? 0) + 1);
    this.#counts.set(chat, topics);
  }

  /** Of one of the world's chats; what stood in a topic that is gone does not count. */
  inChat({ id, is_forum: isForum, topics }) {
    const counts = this.#counts.get(id) ?? new Map();
    const there = isForum ? topics.map((topic) => topic.id) : [...counts.keys()];
    return there.reduce((sum, topic) => sum + (counts.get(topic) ?? 0), 0);
  }

  inTopic(chat, topic) {
    return this.#counts.get(chat)?.get(topic) ?? 0;
  }

  /** Everything in a topic was seen, or without one in the whole chat; true when something was unread. */
  see(chat, topic) {
    return topic ? (this.#counts.get(chat)?.delete(topic) ?? false) : this.#counts.delete(chat);
  }

  clear() {
    this.#counts.clear();
  }
}
