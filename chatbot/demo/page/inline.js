/** The list over the composer while "@bot …" is being typed in any chat: what the bot offers, sent by a tap. */
import { make } from "./dom.js";
import { colourOf } from "./people.js";
import { Picker } from "./picker.js";

const BEING_TYPED = /^@(\w+)\s(.*)$/s;
const PAUSE_MS = 200;

export class InlineResults {
  #listing = null;
  #asked = 0;
  #timer = 0;

  /** The bot's user name, which begins such a text. */
  bot = "";

  /**
   * `onAsk(query)` promises the bot's answer; `onChoose(query id, result id)` sends one; `onLead(start parameter)`
   * follows the button above the list.
   */
  constructor({ box, lead, list, input, onAsk, onChoose, onLead }) {
    Object.assign(this, { box, lead, input, onAsk });
    const onPick = (index) => onChoose(this.#listing.query, this.#listing.results[index].id);
    this.picker = new Picker({ list, input, onPick });
    lead.addEventListener("mousedown", (event) => event.preventDefault());
    lead.addEventListener("click", () => {
      this.close();
      onLead(this.#listing.button.start_parameter);
    });
  }

  /** Follow what stands in the input; the bot is asked when the typing pauses. */
  follow() {
    const [, name, query] = BEING_TYPED.exec(this.input.value) ?? [];
    this.#forget();
    if (name?.toLowerCase() !== this.bot.toLowerCase() || this.picker.dismissed) return this.close();
    this.#timer = setTimeout(() => this.#ask(query.trim(), this.#asked), PAUSE_MS);
  }

  close() {
    this.#forget();
    this.picker.close();
    this.box.hidden = true;
  }

  takeKey(event) {
    const taken = event.key !== "Tab" && this.picker.takeKey(event);
    if (taken && !this.picker.open) this.close();
    return taken;
  }

  /** No answer that is still on its way counts any more. */
  #forget() {
    clearTimeout(this.#timer);
    this.#asked += 1;
  }

  async #ask(query, asked) {
    const listing = await this.onAsk(query).catch(() => null);
    if (asked === this.#asked && listing?.answered) this.#show(listing);
  }

  #show(listing) {
    this.#listing = listing;
    this.lead.hidden = !listing.button;
    this.lead.textContent = listing.button?.text ?? "";
    this.box.hidden = !listing.button && !listing.results.length;
    this.picker.show(listing.results.map(option));
  }
}

function option({ title, description }) {
  const [letter] = title;
  return make(
    "div",
    { class: "suggestion offer", role: "option" },
    make("span", { class: `avatar offer-mark peer-${colourOf(letter.codePointAt(0))}`, "aria-hidden": "true" }, letter),
    make("span", { class: "offer-words" }, make("strong", {}, title), make("span", {}, description)),
  );
}
