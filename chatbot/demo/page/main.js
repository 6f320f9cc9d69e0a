/** Starts the page: one store, two panes, remembered places. */
import { Pane } from "./pane.js";
import { Side } from "./side.js";
import { Store } from "./store.js";
import { Taps } from "./taps.js";

const SIDES = ["left", "right"];

/** Left the first persona's own chat with the bot, right the second one in the first group. */
function firstPlace(store, side) {
  const [first, second = first] = store.personas;
  if (side === "left") return { persona: first.id, chat: first.id, screen: "chat" };
  const group = store.chatsOf(second.id).find((chat) => chat.type !== "private");
  return { persona: second.id, chat: group?.id ?? second.id, screen: "chat" };
}

function rememberedPlace(store, side) {
  const place = JSON.parse(localStorage.getItem(`pane-${side}`) ?? "null");
  const still =
    place && store.person(place.persona) && store.chatsOf(place.persona).some((chat) => chat.id === place.chat);
  return still ? place : firstPlace(store, side);
}

function showPanes(store) {
  const taps = new Taps(store);
  const panes = SIDES.map(
    (side) =>
      new Pane({
        store,
        taps,
        side,
        place: rememberedPlace(store, side),
        onMove: (place) => localStorage.setItem(`pane-${side}`, JSON.stringify(place)),
      }),
  );
  const stage = document.getElementById("stage");
  stage.replaceChildren(...panes.map((pane) => pane.root), new Side({ store, stage }).root);
}

const store = new Store();
store.addEventListener("world", () => showPanes(store), { once: true });
store.feed.start();
