/** What taps, keys and long presses on the history mean. One listener each, whatever the number of bubbles. */

const LONG_PRESS_MS = 450;

/**
 * `actions`: tapKey, reply, view and menu with the message's id first; runCommand, follow, copy and jump with what was
 * tapped; sealed for a tap that would copy what is protected.
 */
export function listen(list, actions) {
  list.addEventListener("click", (event) => click(event, actions));
  list.addEventListener("dblclick", (event) => {
    if (event.target.matches(".row, .column")) actions.reply(idOf(event.target));
  });
  list.addEventListener("keydown", pressWithKeys);
  list.addEventListener("contextmenu", (event) => contextMenu(event, actions));
  listenForLongPress(list, actions);
}

const idOf = (element) => Number(element.closest("[data-id]").dataset.id);

// The nearest element of any of these kinds decides; the first kind listed wins where two are the same element.
const KINDS = [
  [".key", (element, actions) => actions.tapKey(idOf(element), element)],
  [".more", (element, actions) => actions.menu(idOf(element), below(element))],
  [".quote", (element, actions) => actions.jump(Number(element.dataset.jump))],
  [".spoiler:not(.open)", (element) => element.classList.add("open")],
  [".command", (element, actions) => actions.runCommand(element.dataset.command)],
  [".photo:not(.photo-lost)", (element, actions) => actions.view(idOf(element))],
  // Before the kinds that would take something along.
  [".sealed [data-copy], .sealed .document", (_, actions) => actions.sealed()],
  ["a[href]:not([download])", (element, actions) => actions.follow(element.getAttribute("href"), element.textContent)],
  ["[data-copy]", (element, actions) => actions.copy(element.dataset.copy)],
  ["blockquote.expandable:not(.short)", (element) => toggleQuote(element)],
];
const ANY_KIND = KINDS.map(([selector]) => selector).join();

function click(event, actions) {
  const element = event.target.closest(ANY_KIND);
  if (!element || selecting(element)) return;
  event.preventDefault();
  const [, act] = KINDS.find(([selector]) => element.matches(selector));
  act(element, actions);
}

// Marking text with the mouse ends in a click as well; it should neither copy nor fold what was marked.
function selecting(element) {
  const selection = document.getSelection();
  return (
    element.matches("[data-copy], blockquote") &&
    selection.type === "Range" &&
    selection.containsNode(element, true)
  );
}

function toggleQuote(quote) {
  quote.setAttribute("aria-expanded", String(quote.classList.toggle("open")));
}

function below(element) {
  const box = element.getBoundingClientRect();
  return { x: box.left, y: box.bottom };
}

function pressWithKeys(event) {
  if (!["Enter", " "].includes(event.key) || !event.target.matches('[role="button"]')) return;
  event.preventDefault();
  event.target.click();
}

function contextMenu(event, actions) {
  if (!event.target.closest(".bubble")) return;
  event.preventDefault();
  if (event.pointerType !== "touch") actions.menu(idOf(event.target), { x: event.clientX, y: event.clientY });
}

function listenForLongPress(list, actions) {
  let timer;
  const stop = () => clearTimeout(timer);
  list.addEventListener("pointerdown", (event) => {
    stop();
    if (event.pointerType !== "touch" || !event.target.closest(".bubble")) return;
    const { target, clientX: x, clientY: y } = event;
    timer = setTimeout(() => actions.menu(idOf(target), { x, y }), LONG_PRESS_MS);
  });
  for (const end of ["pointerup", "pointercancel", "pointermove"]) list.addEventListener(end, stop);
}
