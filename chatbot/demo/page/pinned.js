/** The bar above the messages that names what is pinned; a tap goes there, the next tap to the one before. */
import { preview } from "./bubble.js";
import { icon } from "./dom.js";

export class PinnedBar {
  #pins = [];
  #at = 0;

  /** `onJump(id)` is a tap on the bar, `onUnpin(id)` one on its cross. */
  constructor({ bar, jump, title, text, unpin }, { onJump, onUnpin }) {
    Object.assign(this, { bar, title, text, unpin });
    unpin.append(icon("close"));
    unpin.addEventListener("click", () => onUnpin(this.#pins[this.#at].message_id));
    jump.addEventListener("click", () => {
      const { message_id: id } = this.#pins[this.#at];
      this.#at = (this.#at + 1) % this.#pins.length;
      this.#draw();
      onJump(id);
    });
  }

  /** Show these messages, the newest first; `mayUnpin` offers to take them down. */
  show(pins, { mayUnpin }) {
    const ids = (messages) => messages.map((message) => message.message_id).join();
    if (ids(pins) !== ids(this.#pins)) this.#at = 0;
    this.#pins = pins;
    this.bar.hidden = pins.length === 0;
    this.unpin.hidden = !mayUnpin;
    if (pins.length) this.#draw();
  }

  #draw() {
    const number = this.#pins.length - this.#at;
    this.title.textContent = this.#at === 0 ? "Pinned message" : `Pinned message #${number}`;
    this.text.textContent = preview(this.#pins[this.#at]);
  }
}
