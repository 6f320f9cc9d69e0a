/**
 * The stream of changes, kept alive for ever.
 *
 * An EventSource reconnects by itself but with the address it began with; this one starts over from a fresh read of the
 * world each time, so a restarted server (whose revisions begin anew) is taken for what it is.
 */
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 4000;

export class Feed {
  #source = null;
  #pause = FIRST_PAUSE_MS;

  /**
   * `begin()` reads the world and resolves to the revision to follow from; `onEvent` gets each change;
   * `onLost` is told when the server has gone.
   */
  constructor({ begin, onEvent, onLost }) {
    this.begin = begin;
    this.onEvent = onEvent;
    this.onLost = onLost;
    addEventListener("online", () => this.#restartNow());
  }

  async start() {
    try {
      const revision = await this.begin();
      this.#pause = FIRST_PAUSE_MS;
      this.#follow(revision);
    } catch {
      this.#lost();
    }
  }

  #follow(revision) {
    this.#source = new EventSource(`/control/events?after=${revision}`);
    this.#source.onmessage = ({ data }) => this.onEvent(JSON.parse(data));
    this.#source.onerror = () => this.#lost();
  }

  #lost() {
    this.#source?.close();
    this.#source = null;
    this.onLost();
    this.timer = setTimeout(() => this.start(), this.#pause);
    this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE_MS);
  }

  #restartNow() {
    if (this.#source) return;
    clearTimeout(this.timer);
    this.start();
  }
}
