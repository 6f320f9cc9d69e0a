/** The page of the side panel that moves the practice exchange's prices and acts on its site. */
import * as api from "./api.js";
import { fromTemplate } from "./dom.js";
import { grouped, options } from "./fields.js";

const DEPOSIT = { currency: "USDT", amount: "250" };
const OUTAGE_SECONDS = 30;
// An order on the site is worth so many times the least, and lies so far below the price.
const ORDER_MINIMUMS = 20;
const ORDER_BELOW = 0.995;

export class Market {
  #markets = [];
  #code = "BTCUSDT";
  #chosenAccount = null;

  constructor() {
    const { fragment, parts } = fromTemplate("market");
    this.parts = parts;
    this.root = fragment.firstElementChild;
    this.#wire();
  }

  /** Show the market as it is now. */
  async read() {
    const [{ markets }, { accounts }] = await Promise.all([api.markets(), api.accounts()]);
    this.#markets = markets;
    this.#drawAccounts(accounts.map((account) => account.username));
    this.#draw();
  }

  pulse() {
    return this.read().catch(() => (this.parts.price.textContent = "…"));
  }

  #wire() {
    const { parts } = this;
    parts.codes.addEventListener("change", () => ((this.#code = parts.codes.value), this.#draw()));
    parts.accounts.addEventListener("change", () => (this.#chosenAccount = parts.accounts.value));
    for (const key of this.root.querySelectorAll("[data-change]"))
      key.addEventListener("click", () => this.#price({ change: key.dataset.change }));
    parts.set.addEventListener("click", () => this.#setPrice());
    parts.wanted.addEventListener("keydown", ({ key }) => key === "Enter" && this.#setPrice());
    parts.hold.addEventListener("change", () => this.#do("hold", { market: this.#code, held: parts.hold.checked }));
    parts.deposit.addEventListener("click", () => this.#deposit());
    parts.order.addEventListener("click", () => this.#order());
    parts.outage.addEventListener("click", () => this.#outage());
  }

  get #market() {
    return this.#markets.find((market) => market.market === this.#code) ?? this.#markets[0];
  }

  #draw() {
    const { parts } = this;
    const { price, held, market: code } = this.#market;
    options(parts.codes, this.#markets.map((market) => [market.market, `${market.base}/${market.counter}`]), code);
    const shown = `${code} ${price}`;
    if (parts.price.dataset.shown !== shown) {
      const [before, was] = (parts.price.dataset.shown ?? " ").split(" ");
      parts.price.dataset.shown = shown;
      parts.price.dataset.moved = before !== code ? "" : Number(price) > Number(was) ? "up" : "down";
      parts.price.textContent = grouped(price);
    }
    parts.hold.checked = held;
  }

  /** The newest account is the one most likely just opened in the chat. */
  #drawAccounts(usernames) {
    const chosen = usernames.includes(this.#chosenAccount) ? this.#chosenAccount : usernames.at(-1);
    options(this.parts.accounts, usernames.map((name) => [name, name.split("@")[0]]), chosen);
  }

  #setPrice() {
    const price = this.parts.wanted.value.replace(/[\s,]/g, "");
    if (price) this.#price({ price });
  }

  async #price(how) {
    const hold = this.parts.hold.checked;
    const done = await this.#do("price", { market: this.#code, hold, ...how });
    if (!done) return;
    this.parts.wanted.value = "";
    this.#say(`${this.#code} is now at ${grouped(done.price)}.`);
    this.read().catch(() => {});
  }

  async #deposit() {
    const account = this.parts.accounts.value;
    if (await this.#do(`accounts/${account}/deposit`, DEPOSIT))
      this.#say(`${DEPOSIT.amount} ${DEPOSIT.currency} have arrived.`);
  }

  async #order() {
    const market = this.#market;
    const price = (Number(market.price) * ORDER_BELOW).toFixed(market.counter_decimals);
    const volume = ((Number(market.minimum) * ORDER_MINIMUMS) / Number(price)).toFixed(market.base_decimals);
    const order = { market_code: market.market, buy_sell: "B", price, volume };
    if (await this.#do(`accounts/${this.parts.accounts.value}/orders`, order))
      this.#say(`Buy ${volume} ${market.base} at ${grouped(price)} is placed. At −1 % it fills.`);
  }

  async #outage() {
    if (await this.#do("outage", { seconds: OUTAGE_SECONDS })) this.#say("Nobody can read prices for 30 s.");
  }

  async #do(act, fields) {
    try {
      return await api.atExchange(act, fields);
    } catch (error) {
      this.#say(error.message);
      return null;
    }
  }

  #say(text) {
    this.parts.said.textContent = text;
  }
}
