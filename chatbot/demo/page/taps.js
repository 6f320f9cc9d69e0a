/** Taps on callback buttons that still wait for the bot's answer. */
import * as api from "./api.js";

// A client stops spinning long before the query itself expires.
const PATIENCE_MS = 30_000;

export class Taps {
  #waiting = new Map();

  constructor(store) {
    store.addEventListener("answer", ({ detail }) => this.#settle(detail.query, detail));
  }

  /** Tap a button; resolves to the bot's answer `{text, show_alert, url}`, or to null when none came in time. */
  async tap(user, chat, message, data) {
    const { query } = await api.tap(user, chat, message, data);
    const answered = new Promise((resolve) => this.#waiting.set(query, resolve));
    setTimeout(() => this.#settle(query, null), PATIENCE_MS);
    // The answer may have overtaken the reply to the tap.
    api.query(query).then(
      (answer) => answer.answered && this.#settle(query, answer),
      () => {},
    );
    return answered;
  }

  #settle(query, answer) {
    this.#waiting.get(query)?.(answer);
    this.#waiting.delete(query);
  }
}
