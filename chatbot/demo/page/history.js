/** The list of bubbles: keyed updates, date pills, and a scroll position that does not jump. */
import { bubble } from "./bubble.js";
import { calmMotion, make } from "./dom.js";
import { speakerOf } from "./people.js";
import { dayKey, dayName } from "./times.js";

// Messages of one sender within five minutes form one run with one name and one tail.
const RUN_SECONDS = 300;
const NEAR_END_PX = 60;
const WINDOW = 200;

export class History {
  #elements = new Map();
  #window = WINDOW;
  #stuck = true;
  #held = false;

  /** `onEnd(atEnd)` is told when the view reaches or leaves the newest message. */
  constructor({ scroller, list, onEnd }) {
    Object.assign(this, { scroller, list, onEnd });
    scroller.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    list.addEventListener("animationend", ({ target }) => target.classList.remove("arriving", "edited", "lit"));
    list.addEventListener("pointerdown", () => (this.#held = true));
    for (const end of ["pointerup", "pointercancel"]) addEventListener(end, () => this.#held && this.#release());
    new ResizeObserver(() => this.#stuck && this.#toEnd("instant")).observe(scroller);
  }

  get atEnd() {
    return this.#stuck;
  }

  /** Forget the chat shown so far. */
  clear() {
    this.#elements.clear();
    this.list.replaceChildren();
    this.#window = WINDOW;
    this.#stuck = true;
  }

  /** Bring the list to `messages`, as `context` (see bubble.js) sees them; `animate` changes as they happen. */
  show(messages, context, { animate = false } = {}) {
    this.latest = { messages, context };
    if (this.#held) return;
    const anchor = this.#anchor();
    const wanted = itemsOf(messages.slice(-this.#window), context);
    this.#dropMissing(new Set(wanted.map((item) => item.key)), animate);
    this.#place(wanted, animate);
    if (this.#stuck) this.#toEnd(animate ? "smooth" : "instant");
    else this.#hold(anchor);
  }

  element(id) {
    return this.#elements.get(`m${id}`)?.element;
  }

  /** Scroll to a message and light it up; false when it is not loaded. */
  jumpTo(id) {
    const element = this.element(id);
    if (!element) return false;
    this.#stuck = false;
    element.scrollIntoView({ block: "center", behavior: calmMotion() ? "instant" : "smooth" });
    restartAnimation(element, "lit");
    return true;
  }

  toEnd() {
    this.#stuck = true;
    this.#toEnd("smooth");
  }

  // A bubble replaced between press and release would swallow the tap, so changes wait until the click is through.
  #release() {
    setTimeout(() => {
      this.#held = false;
      this.show(this.latest.messages, this.latest.context, { animate: true });
    });
  }

  #place(wanted, animate) {
    let previous = null;
    for (const item of wanted) {
      const element = this.#current(item, animate);
      const next = standing(previous ? previous.nextSibling : this.list.firstChild);
      if (element !== next) this.list.insertBefore(element, next);
      foldShort(element);
      previous = element;
    }
  }

  #current(item, animate) {
    const known = this.#elements.get(item.key);
    if (known?.stamp === item.stamp) return known.element;
    const element = item.draw();
    if (known) replace(known.element, element, animate && known.revision !== item.revision);
    else if (animate && item.revision) element.classList.add("arriving");
    this.#elements.set(item.key, { element, stamp: item.stamp, revision: item.revision });
    return element;
  }

  #dropMissing(keys, animate) {
    for (const [key, { element }] of this.#elements) {
      if (keys.has(key)) continue;
      this.#elements.delete(key);
      if (animate && !calmMotion() && key.startsWith("m")) leave(element);
      else element.remove();
    }
  }

  /** The first message in view and where it stands, so that it can be put back there. */
  #anchor() {
    const top = this.scroller.getBoundingClientRect().top;
    for (const { element } of this.#elements.values()) {
      const box = element.getBoundingClientRect();
      if (box.bottom > top) return { id: element.dataset.id, top: box.top };
    }
    return null;
  }

  #hold(anchor) {
    const element = anchor && this.element(anchor.id);
    if (element) this.scroller.scrollTop += element.getBoundingClientRect().top - anchor.top;
  }

  #toEnd(behavior) {
    const far = this.scroller.scrollHeight - this.scroller.scrollTop > 3 * this.scroller.clientHeight;
    this.scroller.scrollTo({
      top: this.scroller.scrollHeight,
      behavior: far || calmMotion() ? "instant" : behavior,
    });
  }

  #scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    const atEnd = scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
    const upwards = scrollTop < (this.lastTop ?? 0);
    this.lastTop = scrollTop;
    // A smooth scroll to the end passes through places that are not the end; only a person scrolls up.
    if (atEnd || upwards) this.#stuck = atEnd;
    this.onEnd(this.#stuck);
    if (scrollTop < NEAR_END_PX && this.latest?.messages.length > this.#window) this.#widen();
  }

  #widen() {
    this.#window += WINDOW;
    this.show(this.latest.messages, this.latest.context);
  }
}

/** Date pills and messages in order, each with what decides whether it must be drawn anew. */
function itemsOf(messages, context) {
  const items = [];
  messages.forEach((message, i) => {
    const [before, after] = [messages[i - 1], messages[i + 1]];
    if (!before || dayKey(before.date) !== dayKey(message.date)) items.push(dayItem(message.date));
    const place = { first: !sameRun(before, message), last: !sameRun(message, after) };
    items.push(messageItem(message, { ...context, ...place }));
  });
  return items;
}

function dayItem(date) {
  const name = dayName(date);
  return {
    key: `d${dayKey(date)}`,
    stamp: name,
    draw: () => make("li", { class: "day" }, make("span", {}, name)),
  };
}

function messageItem(message, context) {
  const { message_id: id, revision } = message;
  const stamp = [revision, context.viewer, context.first, context.last].join();
  return { key: `m${id}`, stamp, revision, draw: () => bubble(message, context) };
}

function sameRun(one, other) {
  if (!one || !other || one.service || other.service) return false;
  return (
    speakerOf(one).id === speakerOf(other).id && other.date - one.date < RUN_SECONDS && dayKey(one.date) === dayKey(other.date)
  );
}

/** Put a changed bubble in an old one's place: what was unfolded stays unfolded, the focused button stays focused. */
function replace(old, fresh, changed) {
  const unfolded = [...old.querySelectorAll("blockquote.expandable, .spoiler")];
  fresh.querySelectorAll("blockquote.expandable, .spoiler").forEach((element, i) => {
    if (unfolded[i]?.classList.contains("open")) element.classList.add("open");
  });
  keepPhoto(old, fresh);
  const focused = old.contains(document.activeElement) ? document.activeElement : null;
  old.replaceWith(fresh);
  if (changed) fresh.classList.add("edited");
  if (focused) refocus(fresh, focused);
}

/** A photo that has arrived stays, or it would blink. */
function keepPhoto(old, fresh) {
  const [known, wanted] = [old, fresh].map((element) => element.querySelector(".photo img"));
  if (known && known.src === wanted?.src) wanted.replaceWith(known);
}

function refocus(fresh, { dataset }) {
  const same =
    dataset.row && fresh.querySelector(`.key[data-row="${dataset.row}"][data-place="${dataset.place}"]`);
  (same ?? fresh.querySelector(".key, .more"))?.focus({ preventScroll: true });
}

/** The next element that stays; those on their way out do not count. */
function standing(element) {
  while (element?.inert) element = element.nextSibling;
  return element;
}

function leave(element) {
  element.inert = true;
  const gone = { height: "0", opacity: 0, padding: "0", transform: "scale(.9)" };
  const now = { height: `${element.offsetHeight}px`, opacity: 1 };
  element.animate([now, gone], { duration: 220, easing: "ease-in-out" }).onfinish = () => element.remove();
}

function restartAnimation(element, name) {
  element.classList.remove(name);
  void element.offsetWidth;
  element.classList.add(name);
}

/** A folding quote that is not longer than its fold needs no handle. */
function foldShort(element) {
  for (const quote of element.querySelectorAll("blockquote.expandable:not(.open)")) {
    quote.classList.remove("short");
    quote.classList.toggle("short", quote.scrollHeight <= quote.clientHeight + 2);
  }
}
