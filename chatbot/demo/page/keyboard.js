/** Inline keyboards under a bubble. */
import { icon, make } from "./dom.js";

/** The keyboard of a message, or null. Each button carries its row and place, so that it can be found after an edit. */
export function inlineKeyboard(markup) {
  if (!markup?.inline_keyboard) return null;
  const rows = markup.inline_keyboard.map((buttons, row) =>
    make("div", { class: "key-row" }, ...buttons.map((button, place) => key(button, row, place))),
  );
  return make("div", { class: "keyboard", role: "group", "aria-label": "Buttons of this message" }, ...rows);
}

function key(button, row, place) {
  const style = button.style ? ` key-${button.style}` : "";
  const element = make(
    "button",
    { type: "button", class: `key${style}`, "data-row": row, "data-place": place },
    make("span", { class: "key-label" }, button.text),
  );
  const mark = markOf(button);
  if (mark) element.append(make("span", { class: "key-mark" }, icon(mark)));
  return element;
}

function markOf(button) {
  if (button.url ?? button.web_app) return "link";
  return button.copy_text ? "copy" : null;
}

/** The Bot API button an element stands for. */
export function buttonOf(message, element) {
  return message.reply_markup.inline_keyboard[element.dataset.row][element.dataset.place];
}

/** Show or end the waiting ring on a button; a waiting button takes no second tap. */
export function setBusy(element, busy) {
  element.classList.toggle("busy", busy);
  element.setAttribute("aria-busy", String(busy));
  element.setAttribute("aria-disabled", String(busy));
}
