/** Which addresses belong to the bot, and what they ask for (https://core.telegram.org/api/links#bot-links). */

/** True for t.me/<bot>, t.me/<bot>?start=… and the tg:// spelling. */
export function isBotLink(address, username) {
  const url = parse(address);
  if (!url) return false;
  if (url.protocol === "tg:") return url.searchParams.get("domain")?.toLowerCase() === username.toLowerCase();
  const host = ["t.me", "telegram.me"].includes(url.hostname);
  return host && url.pathname.slice(1).toLowerCase() === username.toLowerCase();
}

/** True when opening the link also sends /start with its payload. */
export const startsBot = (address) => parse(address)?.searchParams.has("start") ?? false;

/** Where an address leads, as a person should read it before following it. */
export function destination(address) {
  const url = parse(address);
  return url ? url.host + (url.pathname === "/" ? "" : url.pathname) + url.search : address;
}

/** A button's url may come without a scheme. */
export const withScheme = (address) => (/^[a-z]+:/i.test(address) ? address : `https://${address}`);

function parse(address) {
  try {
    return new URL(withScheme(address));
  } catch {
    return null;
  }
}
