/** What lies over the chat for a moment: toasts, dialogs, menus. */
import { icon, make } from "./dom.js";

const TOAST_MS = 3500;

/** A short line below the header that goes by itself. A new one replaces the old. */
export function toast(container, text) {
  const line = make("p", { class: "toast" }, text);
  container.replaceChildren(line);
  setTimeout(() => line.remove(), Math.max(TOAST_MS, text.length * 50));
}

/** A modal with one button; resolves when it was closed. */
export function alertDialog(text) {
  return dialog({ text, buttons: [{ label: "OK", value: "ok" }] });
}

/** A modal question; resolves to true when the action was chosen. */
export async function confirmDialog({ text, action, danger = false }) {
  const buttons = [
    { label: "Cancel", value: "" },
    { label: action, value: "yes", danger },
  ];
  return (await dialog({ text, buttons })) === "yes";
}

/** A modal question for a line of text; resolves to it, or to "" when there is none. */
export async function promptDialog({ text, value, action }) {
  const input = make("input", { class: "dialog-input", type: "text", maxlength: "128", "aria-label": text, value });
  const buttons = [
    { label: "Cancel", value: "" },
    { label: action, value: "yes" },
  ];
  return (await dialog({ text, buttons, input })) === "yes" ? input.value.trim() : "";
}

function dialog({ text, buttons, input = null }) {
  const keys = buttons.map(({ label, value, danger }) =>
    make(
      "button",
      { type: "button", class: danger ? "dialog-key danger" : "dialog-key", onclick: () => box.close(value) },
      label,
    ),
  );
  const words = make("p", { class: "dialog-text", id: "dialog-text" }, text);
  const box = make(
    "dialog",
    { class: "dialog", "aria-labelledby": "dialog-text" },
    words,
    input,
    make("div", { class: "dialog-keys" }, ...keys),
  );
  input?.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    // The key must not press what gets the focus back.
    event.preventDefault();
    box.close("yes");
  });
  document.body.append(box);
  box.addEventListener("click", (event) => event.target === box && box.close(""));
  return new Promise((resolve) => {
    box.addEventListener("close", () => (box.remove(), resolve(box.returnValue)));
    box.showModal();
    input ? input.select() : keys.at(-1).focus();
  });
}

/** A context menu at a point of the window. `items` are {icon, label, run, danger}. */
export function openMenu(items, { x, y }) {
  const opener = document.activeElement;
  const keys = items.map((item) =>
    make(
      "button",
      {
        type: "button",
        role: "menuitem",
        class: item.danger ? "menu-item danger" : "menu-item",
        onclick: () => (close(), item.run()),
      },
      icon(item.icon),
      item.label,
    ),
  );
  const menu = make("div", { class: "menu", role: "menu" }, ...keys);
  const shade = make("div", {
    class: "menu-shade",
    onclick: close,
    oncontextmenu: (event) => (event.preventDefault(), close()),
  });
  function close() {
    menu.remove();
    shade.remove();
    opener?.focus?.({ preventScroll: true });
  }
  menu.addEventListener("keydown", (event) => moveInMenu(event, keys, close));
  document.body.append(shade, menu);
  placeWithin(menu, x, y);
  keys[0].focus();
}

function moveInMenu(event, keys, close) {
  const steps = { ArrowDown: 1, ArrowUp: -1, Tab: event.shiftKey ? -1 : 1 };
  if (event.key === "Escape") close();
  else if (event.key in steps) {
    event.preventDefault();
    const at = keys.indexOf(document.activeElement) + steps[event.key];
    keys.at(at % keys.length).focus();
  }
}

function placeWithin(menu, x, y) {
  const margin = 8;
  menu.style.left = `${Math.max(margin, Math.min(x, innerWidth - menu.offsetWidth - margin))}px`;
  menu.style.top = `${Math.max(margin, Math.min(y, innerHeight - menu.offsetHeight - margin))}px`;
}
