/** Where a person writes: text, replies, edits, the command menu, START. */
import { preview } from "./bubble.js";
import { fromTemplate, hasKeyboard, icon, make } from "./dom.js";
import { InlineResults } from "./inline.js";
import { nameOf, speakerOf } from "./people.js";
import { Suggestions } from "./suggestions.js";

let count = 0;

export class Composer {
  #context = null;
  #start = null;

  /**
   * `onSend(text, replyTo)` and `onEdit(messageId, text)` return a promise; when it is rejected the text comes back.
   * `onEditLast()` is the ↑ key in an empty field, `onJump(messageId)` a tap on the quote strip.
   * `onAskInline(query)` promises what the bot offers, `onChooseInline(query, result, replyTo)` sends one of it, and
   * `onLead(start)` goes to the bot's own chat.
   */
  constructor(root, handlers) {
    const { fragment, parts } = fromTemplate("composer");
    Object.assign(this, { root, parts, handlers });
    parts.suggestions.id = `suggestions-${(count += 1)}`;
    parts.results.id = `results-${count}`;
    parts.input.setAttribute("aria-controls", `${parts.suggestions.id} ${parts.results.id}`);
    parts.send.append(icon("send"), icon("check"));
    parts.contextClose.append(icon("close"));
    root.append(fragment);
    this.suggestions = new Suggestions({
      list: parts.suggestions,
      input: parts.input,
      onChoose: (command, { send }) => this.#useCommand(command, send),
      onToggle: (open) => parts.menu.setAttribute("aria-expanded", String(open)),
    });
    this.results = new InlineResults({
      box: parts.offers,
      lead: parts.lead,
      list: parts.results,
      input: parts.input,
      onAsk: (query) => handlers.onAskInline(query),
      onChoose: (query, result) => this.#choose(query, result),
      onLead: (start) => ((this.text = ""), handlers.onLead(start)),
    });
    this.#listen();
  }

  /**
   * `start` is null, or {label, run} for the one big button an unstarted or blocked chat has instead of the field;
   * `silence` is null, or why nobody may write here now, which then stands in its place.
   */
  configure({ commands, bot, isPrivate, start, silence }) {
    this.suggestions.commands = commands;
    this.results.bot = bot.username;
    this.suffix = isPrivate ? "" : `@${bot.username}`;
    const { menu } = this.parts;
    menu.hidden = commands.length === 0;
    menu.className = isPrivate ? "menu-button menu-pill" : "menu-button";
    menu.replaceChildren(icon(isPrivate ? "menu" : "slash"), ...(isPrivate ? [make("span", {}, "Menu")] : []));
    menu.setAttribute("aria-label", "Command menu");
    this.#showStart(start);
    this.parts.silence.hidden = !silence;
    this.parts.silence.textContent = silence ?? "";
    if (silence) {
      this.leaveContext();
      this.parts.row.hidden = true;
    }
  }

  get text() {
    return this.parts.input.value;
  }

  set text(text) {
    this.parts.input.value = text;
    this.#typed();
    this.#closeLists();
  }

  focus() {
    this.parts.input.focus({ preventScroll: true });
  }

  reply(message) {
    this.#setContext({ kind: "reply", message, title: `Reply to ${nameOf(speakerOf(message))}` });
  }

  edit(message) {
    this.#setContext({ kind: "edit", message, title: "Edit message" });
    this.text = message.text;
  }

  /** End replying or editing; a text that was being edited goes, a reply's stays. */
  leaveContext() {
    if (this.#context?.kind === "edit") this.text = "";
    this.#context = null;
    this.parts.context.hidden = true;
    this.root.classList.remove("editing");
  }

  #setContext(context) {
    this.leaveContext();
    this.#context = context;
    const { parts } = this;
    parts.contextIcon.replaceChildren(icon(context.kind));
    parts.contextTitle.textContent = context.title;
    parts.contextText.textContent = preview(context.message);
    parts.context.hidden = false;
    this.root.classList.toggle("editing", context.kind === "edit");
    this.focus();
  }

  #showStart(start) {
    const { parts } = this;
    const pressed = document.activeElement === parts.start;
    this.#start = start?.run;
    parts.start.hidden = !start;
    parts.start.textContent = start?.label ?? "";
    parts.row.hidden = Boolean(start);
    if (pressed && !start && hasKeyboard()) this.focus();
  }

  #listen() {
    const { parts } = this;
    parts.input.addEventListener("input", () => (this.#typed(), this.#follow()));
    parts.input.addEventListener("keydown", (event) => this.#key(event));
    parts.input.addEventListener("blur", () => this.#closeLists());
    parts.input.addEventListener("focus", () => this.results.follow());
    parts.menu.addEventListener("mousedown", (event) => event.preventDefault());
    parts.menu.addEventListener("click", () => {
      if (hasKeyboard()) this.focus();
      this.suggestions.toggleAll();
    });
    parts.send.addEventListener("click", () => (this.#submit(), this.focus()));
    parts.start.addEventListener("click", () => this.#start?.());
    parts.contextClose.addEventListener("click", () => (this.leaveContext(), this.focus()));
    parts.contextJump.addEventListener("click", () => this.handlers.onJump(this.#context.message.message_id));
    this.#typed();
  }

  #key(event) {
    // Enter also ends the composition of a character; that one is not ours.
    if (event.isComposing) return;
    const taken = this.suggestions.takeKey(event) || this.results.takeKey(event) || this.#ownKey(event);
    if (taken) event.preventDefault();
  }

  #ownKey(event) {
    if (event.key === "Enter" && !event.shiftKey) return (this.#submit(), true);
    if (event.key === "Escape" && this.#context) return (this.leaveContext(), true);
    if (event.key === "ArrowUp" && !this.text) return (this.handlers.onEditLast(), true);
    return false;
  }

  #typed() {
    const { input, send } = this.parts;
    send.disabled = !input.value.trim();
    this.root.classList.toggle("has-text", input.value !== "");
    input.style.height = "auto";
    if (input.scrollHeight) input.style.height = `${input.scrollHeight}px`;
  }

  /** An edited message stays what it is: nothing can be chosen in its place. */
  #follow() {
    this.suggestions.follow();
    if (this.#context?.kind !== "edit") this.results.follow();
  }

  #closeLists() {
    this.suggestions.close();
    this.results.close();
  }

  #useCommand(command, send) {
    const text = `/${command}${this.suffix}`;
    if (send) this.#deliver(text);
    else this.text = `${text} `;
  }

  #submit() {
    if (this.text.trim()) this.#deliver(this.text.trim());
  }

  #deliver(text) {
    const { onEdit, onSend } = this.handlers;
    const editing = this.#context?.kind === "edit";
    return this.#leave(text, (id) => (editing ? onEdit(id, text) : onSend(text, id)));
  }

  #choose(query, result) {
    return this.#leave(this.text, (id) => this.handlers.onChooseInline(query, result, id));
  }

  /** Clear the field and do `send(id of the message that is answered or edited)`; if that fails the text comes back. */
  async #leave(text, send) {
    const id = this.#context?.message.message_id;
    this.text = "";
    this.leaveContext();
    try {
      await send(id);
    } catch {
      if (!this.text) this.text = text;
    }
  }
}
