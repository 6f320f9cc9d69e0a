/** Small ways to make elements. Text always goes in as text nodes, so nothing a message says can become markup. */

const SVG = "http://www.w3.org/2000/svg";

/**
 * Make an element: `make("button", { class: "key", type: "button", onclick }, "Confirm")`.
 * Functions become listeners, `undefined`, `null` and `false` leave the attribute out, `true` sets it empty.
 */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== undefined && value !== null && value !== false) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** One of the line drawings from the sprite in index.html. Decorative: the button around it carries the label. */
export function icon(name) {
  const drawing = document.createElementNS(SVG, "svg");
  drawing.setAttribute("class", `icon icon-${name}`);
  drawing.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#i-${name}`);
  drawing.append(use);
  return drawing;
}

/** Clone `<template id=…>` and collect its `data-part` elements by name. */
export function fromTemplate(id) {
  const fragment = document.getElementById(id).content.cloneNode(true);
  const parts = {};
  for (const element of fragment.querySelectorAll("[data-part]")) parts[element.dataset.part] = element;
  return { fragment, parts };
}

/** Whether a keyboard is likely at hand; on a phone, focus would raise one over half of the screen. */
export const hasKeyboard = () => matchMedia("(hover: hover)").matches;

export const calmMotion = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
