/** The page of the side panel that is a wallet: what it holds and where it receives, sending, and what arrived. */
import * as api from "./api.js";
import { depositAsked } from "./deposits.js";
import { fromTemplate, icon, make } from "./dom.js";
import { grouped, options } from "./fields.js";
import { clockTime } from "./times.js";

const COPIED_MS = 1500;
const ARRIVALS = 6;
const NETWORKS = {
  ARB: "Arbitrum",
  BASE: "Base",
  BSC: "BNB Smart Chain",
  ETH: "Ethereum",
  OP: "Optimism",
  POL: "Polygon",
  SOL: "Solana",
  TON: "TON",
  TRON: "Tron",
};
// Own coins that are not called like their network.
const OWN_COINS = { BSC: "BNB", TRON: "TRX" };

export class Wallet {
  #coins = [];
  #rows = new Map();
  #opened = null;
  #arrived = null;

  /** `onNews` is called when coins arrived since the last look. */
  constructor({ store, onNews }) {
    const { fragment, parts } = fromTemplate("wallet");
    Object.assign(this, { store, onNews, parts });
    this.root = fragment.firstElementChild;
    this.#wire();
  }

  async pulse() {
    try {
      this.#take(await api.wallet());
    } catch {
      this.parts.none.textContent = "The wallet does not answer.";
      this.parts.none.hidden = false;
    }
  }

  #wire() {
    const { parts } = this;
    parts.search.addEventListener("input", () => this.#filter());
    parts.form.addEventListener("submit", (event) => (event.preventDefault(), this.#send()));
    parts.address.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing) return;
      event.preventDefault();
      this.#send();
    });
    parts.address.addEventListener("input", () => this.#chooseFor(parts.address.value.trim()));
    parts.fill.addEventListener("click", () => this.#fill());
  }

  #take({ coins, arrivals }) {
    this.#coins = coins;
    options(this.parts.coin, coins.map((coin) => [coin.code, nameOf(coin)]), this.parts.coin.value || coins[0]?.code);
    for (const coin of coins) this.#rowOf(coin).balance.textContent = grouped(coin.balance);
    this.#filter();
    this.#drawArrived(arrivals);
  }

  #rowOf(coin) {
    const known = this.#rows.get(coin.code);
    if (known) return known;
    const row = coinRow(coin, { onOpen: () => this.#open(coin.code) });
    this.#rows.set(coin.code, row);
    this.parts.coins.append(row.root);
    return row;
  }

  #open(code) {
    this.#opened = this.#opened === code ? null : code;
    for (const [each, row] of this.#rows) row.show(each === this.#opened);
  }

  #filter() {
    const wanted = this.parts.search.value.trim().toLowerCase();
    const found = this.#coins.filter((coin) => searched(coin).includes(wanted));
    const codes = new Set(found.map((coin) => coin.code));
    for (const [code, row] of this.#rows) row.root.hidden = !codes.has(code);
    this.parts.none.textContent = "No such coin in this wallet.";
    this.parts.none.hidden = found.length > 0;
  }

  #drawArrived(arrivals) {
    const { arrived, arrivedNone } = this.parts;
    if (this.#arrived === arrivals.length) return;
    if (this.#arrived !== null && arrivals.length > this.#arrived) this.onNews();
    this.#arrived = arrivals.length;
    arrivedNone.hidden = arrivals.length > 0;
    arrived.replaceChildren(...arrivals.slice(-ARRIVALS).reverse().map(arrivalRow));
  }

  /** An address of the practice exchange names its coin, as a payment link would. */
  #chooseFor(address) {
    const code = this.#coins.find((coin) => address.startsWith(`PRACTICE-${coin.code}-`))?.code;
    if (code) this.parts.coin.value = code;
  }

  #fill() {
    const { parts } = this;
    const asked = depositAsked(this.store);
    if (!asked) return this.#say("No message of the bot asks for a deposit now.");
    parts.address.value = asked.address;
    parts.memo.value = asked.memo;
    parts.amount.value = asked.amount;
    this.#chooseFor(asked.address);
    this.#say("");
    parts.send.focus();
  }

  async #send() {
    const { parts } = this;
    const address = parts.address.value.trim();
    const amount = parts.amount.value.replace(/[\s,]/g, "");
    const coin = this.#coins.find((each) => each.code === parts.coin.value);
    if (parts.send.disabled || !coin) return;
    if (!address || !amount) return this.#say("An address and an amount are needed.");
    parts.send.disabled = true;
    try {
      const { taken, message } = await sent({ coin, address, extra_id: parts.memo.value.trim(), amount });
      this.#say(message, { lost: taken === "kept" });
      for (const field of [parts.address, parts.memo, parts.amount]) field.value = "";
    } catch (error) {
      this.#say(sentence(error.message));
    } finally {
      parts.send.disabled = false;
    }
    await this.pulse();
  }

  #say(text, { lost = false } = {}) {
    this.parts.said.textContent = text;
    this.parts.said.classList.toggle("lost", lost);
  }
}

const sent = ({ coin, ...deposit }) => api.atExchange("swaps/deposit", { currency: coin.code, ...deposit });

/** The exchange's complaints begin with the field's name. */
function sentence(complaint) {
  const words = complaint.replace(/^\w+: /, "");
  return `${words[0].toUpperCase()}${words.slice(1)}.`.replace(/[.…]+$/, ".");
}

const isToken = (coin) =>
  coin.network in NETWORKS && coin.symbol !== (OWN_COINS[coin.network] ?? coin.network);
const on = (what, coin) => (isToken(coin) ? `${what} on ${NETWORKS[coin.network]}` : what);
const nameOf = (coin) => on(coin.symbol, coin);
const searched = (coin) => [coin.code, coin.symbol, on(coin.name, coin), coin.network].join(" ").toLowerCase();

/** A coin with its balance; opened, it shows where the wallet receives it. */
function coinRow(coin, { onOpen }) {
  const balance = make("span", { class: "wallet-balance" });
  const names = [make("strong", {}, coin.symbol), make("small", {}, on(coin.name, coin))];
  const key = make(
    "button",
    { type: "button", class: "wallet-key", "aria-expanded": "false", onclick: onOpen },
    make("span", { class: "wallet-name" }, ...names),
    balance,
  );
  const own = make("div", { class: "wallet-own", hidden: true }, copyRow("address", coin.address));
  if (coin.extra_id) own.append(copyRow("memo", coin.extra_id));
  const root = make("li", {}, key, own);
  const show = (open) => {
    key.setAttribute("aria-expanded", String(open));
    own.hidden = !open;
  };
  return { root, balance, show };
}

function copyRow(what, text) {
  const label = `Copy the ${what}`;
  const key = make("button", { type: "button", class: "icon-button", "aria-label": label, title: label }, icon("copy"));
  key.addEventListener("click", () => copy(key, text));
  return make("p", { class: "wallet-copy" }, make("code", {}, text), key);
}

async function copy(key, text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    return; // The text stands beside the button and can be marked.
  }
  key.replaceChildren(icon("check"));
  setTimeout(() => key.replaceChildren(icon("copy")), COPIED_MS);
}

function arrivalRow({ amount, symbol, kind, at }) {
  const when = `${kind}, ${clockTime(Date.parse(at) / 1000)}`;
  return make("li", {}, make("strong", {}, `+${grouped(amount)} ${symbol}`), make("span", {}, when));
}
