/** What the side panel's pages show alike: choices and numbers. */
import { make } from "./dom.js";

/** Bring a list of choices up to date without closing it under the pointer. */
export function options(select, choices, chosen) {
  const known = [...select.options].map((option) => option.value).join();
  if (known !== choices.map(([value]) => value).join())
    select.replaceChildren(...choices.map(([value, label]) => make("option", { value }, label)));
  if (document.activeElement !== select || select.value === "") select.value = chosen;
}

/** A number with its thousands set apart. */
export const grouped = (price) => {
  const [whole, rest] = price.split(".");
  return [whole.replace(/\B(?=(\d{3})+$)/g, "\u202f"), rest].filter(Boolean).join(".");
};
