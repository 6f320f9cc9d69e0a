/** Photos and documents as parts of a bubble, and the one photo that is looked at large. */
import { icon, make } from "./dom.js";
import { nameOf, speakerOf } from "./people.js";
import { fullTime } from "./times.js";

// A photo is shown at most so large, and never so small that its caption gets no room (CSS pixels).
const WIDEST = 400;
const HIGHEST = 440;
const NARROWEST = 220;
const UNITS = ["B", "KB", "MB"];

/** Caption or text: what the message says in words. */
export const wordsOf = (message) => message.text ?? message.caption ?? "";

/** One line for quotes and the chat list. */
export function mediaLine(message) {
  if (message.photo) return `🖼 ${message.caption ?? "Photo"}`;
  return [`📎 ${message.document.file_name}`, message.caption].filter(Boolean).join(", ");
}

/** How wide the column of a photo is, so that its place is taken before it has arrived. */
export function photoWidth({ width, height }) {
  return Math.max(NARROWEST, Math.round(Math.min(WIDEST, width, (HIGHEST * width) / height)));
}

export function photo(message) {
  const button = make("button", { type: "button", class: "photo", "aria-label": "Open the photo" });
  button.append(image(message, { onerror: () => button.replaceWith(lost()) }));
  return button;
}

/** A row that downloads the document; of a protected one there is nothing to download. */
export function documentRow(message) {
  const { name, url, size } = message.media;
  const target = message.has_protected_content
    ? { role: "button", tabindex: "0" }
    : { href: url, download: name, title: "Download" };
  return make(
    "a",
    { class: "document", ...target },
    make("span", { class: "document-icon" }, icon("file")),
    make(
      "span",
      { class: "document-facts" },
      make("bdi", { class: "document-name" }, name),
      make("span", { class: "document-size" }, [readableSize(size), endingOf(name)].filter(Boolean).join(" · ")),
    ),
  );
}

/** Let the browser store a message's photo or document. */
export function save({ media }) {
  make("a", { href: media.url, download: media.name }).click();
}

/** The photo over everything, until it is tapped away. */
export function openPhoto(message) {
  const sealed = Boolean(message.has_protected_content);
  const box = make(
    "dialog",
    { class: sealed ? "viewer sealed" : "viewer", "aria-label": "Photo" },
    viewerBar(message, () => box.close(), sealed),
    image(message),
    message.caption ? make("p", { class: "viewer-caption", dir: "auto" }, message.caption) : null,
  );
  box.addEventListener("click", (event) => event.target.closest("img, button, .viewer-caption") ?? box.close());
  box.addEventListener("contextmenu", (event) => sealed && event.preventDefault());
  box.addEventListener("close", () => box.remove());
  document.body.append(box);
  box.showModal();
}

function viewerBar(message, close, sealed) {
  const key = (name, label, onclick) =>
    make("button", { type: "button", class: "viewer-key", "aria-label": label, title: label, onclick }, icon(name));
  return make(
    "header",
    { class: "viewer-bar" },
    make("div", {}, make("strong", {}, nameOf(speakerOf(message))), make("time", {}, fullTime(message.date))),
    sealed ? null : key("save", "Save", () => save(message)),
    key("close", "Close", close),
  );
}

function image(message, listeners = {}) {
  const { url, width, height } = message.media;
  return make("img", { src: url, width, height, alt: message.caption ?? "Photo", draggable: "false", ...listeners });
}

const lost = () => make("p", { class: "photo photo-lost" }, "This photo is no longer kept.");

// Said apart from the name, whose end may be cut off.
const endingOf = (name) => name.match(/\.(\w{1,8})$/)?.[1].toUpperCase();

function readableSize(bytes) {
  const step = Math.min(UNITS.length - 1, Math.floor(Math.log2(Math.max(bytes, 1)) / 10));
  const digits = step > 0 && bytes < 100 * 1024 ** step ? 1 : 0;
  return `${(bytes / 1024 ** step).toFixed(digits)} ${UNITS[step]}`;
}
