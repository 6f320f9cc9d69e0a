/** The list of commands over the composer: while a "/" is being typed, or from the menu button. */
import { make } from "./dom.js";
import { botAvatar } from "./people.js";

const BEING_TYPED = /^\/([a-z0-9_]*)$/i;

export class Suggestions {
  #shown = [];
  #active = 0;
  #dismissed = "";
  commands = [];

  /**
   * `onChoose(name, {send})`: a tap or Enter sends the command, Tab only writes it; `onToggle(open)` is told when the
   * list appears or goes.
   */
  constructor({ list, input, onChoose, onToggle }) {
    Object.assign(this, { list, input, onChoose, onToggle });
    list.addEventListener("mousedown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => {
      const option = event.target.closest("[data-command]");
      if (option) this.#choose(option.dataset.command, { send: true });
    });
  }

  get open() {
    return !this.list.hidden;
  }

  /** Follow what stands in the input. */
  follow() {
    const typed = this.input.value;
    const prefix = BEING_TYPED.exec(typed)?.[1].toLowerCase();
    if (typed !== this.#dismissed) this.#dismissed = "";
    if (prefix === undefined || this.#dismissed) return this.close();
    this.#show(this.commands.filter(({ command }) => command.startsWith(prefix)));
  }

  toggleAll() {
    if (this.open) this.close();
    else this.#show(this.commands);
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
    else if (key === "Enter" && !event.shiftKey) this.#choose(this.#shown[this.#active].command, { send: true });
    else if (key === "Tab" && !event.shiftKey) this.#choose(this.#shown[this.#active].command, { send: false });
    else return false;
    return true;
  }

  #dismiss() {
    this.#dismissed = this.input.value;
    this.close();
  }

  #choose(command, how) {
    this.close();
    this.onChoose(command, how);
  }

  #show(commands) {
    this.#shown = commands;
    if (!commands.length) return this.close();
    this.list.replaceChildren(...commands.map((command, i) => this.#option(command, i)));
    this.list.hidden = false;
    this.onToggle(true);
    this.#activate(0);
  }

  #option({ command, description }, i) {
    return make(
      "div",
      { class: "suggestion", role: "option", id: `${this.list.id}-${i}`, "data-command": command },
      botAvatar(),
      make("strong", {}, `/${command}`),
      make("span", {}, description),
    );
  }

  #activate(index) {
    const options = [...this.list.children];
    this.#active = (index + options.length) % options.length;
    options.forEach((option, i) => option.setAttribute("aria-selected", String(i === this.#active)));
    options[this.#active].scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", options[this.#active].id);
  }
}
