/** The panel beside the chats: the practice market and the demo wallet, one at a time. */
import { fromTemplate, icon } from "./dom.js";
import { Market } from "./market.js";
import { Wallet } from "./wallet.js";

const PULSE_MS = 1000;
const LABEL = "Practice market and demo wallet";

const switches = new Set();

/** Make a button the panel's switch; it shows itself once there is an exchange. */
export function sideSwitch(button) {
  switches.add(button);
  button.append(icon("market"));
  button.setAttribute("aria-label", LABEL);
  button.title = LABEL;
}

export class Side {
  #known = false;

  constructor({ store, stage }) {
    const { fragment, parts } = fromTemplate("side");
    const pages = { market: new Market(), wallet: new Wallet({ store, onNews: () => this.#mark("wallet") }) };
    Object.assign(this, { parts, stage, pages });
    this.root = fragment.firstElementChild;
    this.root.append(pages.market.root, pages.wallet.root);
    parts.close.append(icon("close"));
    this.#wire();
    store.addEventListener("world", () => this.#known || this.#look());
    this.#look();
  }

  get #tabs() {
    return { market: this.parts.marketTab, wallet: this.parts.walletTab };
  }

  /** Is there an exchange? Then offer the panel, open where there is room and nobody folded it. */
  async #look() {
    try {
      await this.pages.market.read();
    } catch {
      return;
    }
    if (this.#known) return;
    this.#known = true;
    for (const button of switches) button.hidden = false;
    const folded = localStorage.getItem("market") ?? (innerWidth < 1280 ? "folded" : "open");
    this.#turn(localStorage.getItem("side-page") === "wallet" ? "wallet" : "market");
    this.#show(folded === "open");
    setInterval(() => this.#pulse(), PULSE_MS);
  }

  #wire() {
    const { parts } = this;
    for (const button of switches) button.addEventListener("click", () => this.#fold(!this.root.hidden));
    parts.close.addEventListener("click", () => this.#fold(true));
    for (const [page, tab] of Object.entries(this.#tabs)) tab.addEventListener("click", () => this.#turn(page));
    parts.tabs.addEventListener("keydown", (event) => {
      if (!["ArrowLeft", "ArrowRight"].includes(event.key)) return;
      event.preventDefault();
      this.#turn(this.pages.market.root.hidden ? "market" : "wallet");
      parts.tabs.querySelector('[aria-selected="true"]').focus();
    });
  }

  #fold(folded) {
    localStorage.setItem("market", folded ? "folded" : "open");
    this.#show(!folded);
  }

  #show(open) {
    this.root.hidden = !open;
    this.stage.classList.toggle("with-side", open);
    for (const button of switches) button.setAttribute("aria-expanded", String(open));
    this.#pulse();
  }

  #turn(page) {
    localStorage.setItem("side-page", page);
    for (const [name, tab] of Object.entries(this.#tabs)) {
      tab.setAttribute("aria-selected", String(name === page));
      tab.tabIndex = name === page ? 0 : -1;
      this.pages[name].root.hidden = name !== page;
    }
    this.#tabs[page].classList.remove("news");
    this.root.scrollTop = 0;
  }

  /** Point out a page on which something happened while the other one is open. */
  #mark(page) {
    this.#tabs[page].classList.toggle("news", this.pages[page].root.hidden);
  }

  async #pulse() {
    if (this.root.hidden || document.hidden) return;
    await Promise.all([this.pages.market.pulse(), this.pages.wallet.pulse()]);
  }
}
