/** A list over the composer that is chosen from by tap or by key, while the cursor stays in the field. */

export class Picker {
  #active = 0;
  #dismissed = null;

  /**
   * `onPick(index, {send})`: a tap or Enter sends, Tab only writes; `onToggle(open)` is told when the list appears or
   * goes.
   */
  constructor({ list, input, onPick, onToggle = () => {} }) {
    Object.assign(this, { list, input, onPick, onToggle });
    list.addEventListener("mousedown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => {
      const index = [...list.children].indexOf(event.target.closest('[role="option"]'));
      if (index >= 0) this.#pick(index, { send: true });
    });
  }

  get open() {
    return !this.list.hidden;
  }

  /** Whether Escape closed the list over what still stands in the field. */
  get dismissed() {
    return this.input.value === this.#dismissed;
  }

  /** Show these elements, the first one chosen; none closes the list. */
  show(options) {
    if (!options.length) return this.close();
    this.#dismissed = null;
    options.forEach((option, i) => (option.id = `${this.list.id}-${i}`));
    this.list.replaceChildren(...options);
    this.list.hidden = false;
    this.onToggle(true);
    this.#activate(0);
  }

  close() {
    this.list.hidden = true;
    this.input.removeAttribute("aria-activedescendant");
    this.onToggle(false);
  }

  /** Let the list have a key first; true when it took it. */
  takeKey(event) {
    if (!this.open) return false;
    const { key } = event;
    if (key === "ArrowDown" || key === "ArrowUp") this.#activate(this.#active + (key === "ArrowDown" ? 1 : -1));
    else if (key === "Escape") this.#dismiss();
    else if (key === "Enter" && !event.shiftKey) this.#pick(this.#active, { send: true });
    else if (key === "Tab" && !event.shiftKey) this.#pick(this.#active, { send: false });
    else return false;
    return true;
  }

  #dismiss() {
    this.#dismissed = this.input.value;
    this.close();
  }

  #pick(index, how) {
    this.close();
    this.onPick(index, how);
  }

  #activate(index) {
    const options = [...this.list.children];
    this.#active = (index + options.length) % options.length;
    options.forEach((option, i) => option.setAttribute("aria-selected", String(i === this.#active)));
    options[this.#active].scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", options[this.#active].id);
  }
}
