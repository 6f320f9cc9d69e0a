/** The list of commands over the composer: while a "/" is being typed, or from the menu button. */
import { make } from "./dom.js";
import { botAvatar } from "./people.js";
import { Picker } from "./picker.js";

const BEING_TYPED = /^\/([a-z0-9_]*)$/i;

export class Suggestions {
  #shown = [];
  commands = [];

  /**
   * `onChoose(name, {send})`: a tap or Enter sends the command, Tab only writes it; `onToggle(open)` is told when the
   * list appears or goes.
   */
  constructor({ list, input, onChoose, onToggle }) {
    this.input = input;
    const onPick = (index, how) => onChoose(this.#shown[index].command, how);
    this.picker = new Picker({ list, input, onPick, onToggle });
  }

  /** Follow what stands in the input. */
  follow() {
    const prefix = BEING_TYPED.exec(this.input.value)?.[1].toLowerCase();
    if (prefix === undefined || this.picker.dismissed) return this.close();
    this.#show(this.commands.filter(({ command }) => command.startsWith(prefix)));
  }

  toggleAll() {
    if (this.picker.open) this.close();
    else this.#show(this.commands);
  }

  close() {
    this.picker.close();
  }

  takeKey(event) {
    return this.picker.takeKey(event);
  }

  #show(commands) {
    this.#shown = commands;
    this.picker.show(commands.map(option));
  }
}

function option({ command, description }) {
  return make(
    "div",
    { class: "suggestion", role: "option" },
    botAvatar(),
    make("strong", {}, `/${command}`),
    make("span", {}, description),
  );
}
