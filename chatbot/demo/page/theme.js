/** Dark or light: the system's choice until a person flips the switch, then theirs, remembered on this machine. */
import { icon } from "./dom.js";

const system = matchMedia("(prefers-color-scheme: dark)");
const switches = new Set();

const current = () => document.documentElement.dataset.theme;

function apply(theme) {
  document.documentElement.dataset.theme = theme;
  for (const button of switches) draw(button);
}

function draw(button) {
  const other = current() === "dark" ? "light" : "dark";
  button.replaceChildren(icon(other === "dark" ? "moon" : "sun"));
  button.setAttribute("aria-label", `Switch to ${other} colours`);
  button.title = `Switch to ${other} colours`;
}

system.addEventListener("change", () => {
  if (!localStorage.getItem("theme")) apply(system.matches ? "dark" : "light");
});

/** Make a button a theme switch. All switches on the page stay in step. */
export function themeSwitch(button) {
  switches.add(button);
  draw(button);
  button.addEventListener("click", () => {
    const theme = current() === "dark" ? "light" : "dark";
    localStorage.setItem("theme", theme);
    apply(theme);
  });
}
