/** The control endpoint as functions. Ids are numbers; answers are the JSON described in chatbot/demo/control.py. */

/** The server understood and said no; `message` is its sentence. */
export class Refused extends Error {}

/** No server answered. */
export class Unreachable extends Error {}

async function request(path, options) {
  let response;
  try {
    response = await fetch(path, options);
  } catch {
    throw new Unreachable("Waiting for network…");
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refused(answer.error ?? `The chat server answered ${response.status}.`);
  return answer;
}

const post = (path, body) =>
  request(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });

export const world = () => request("/control/world");
export const chat = (id, user) => request(`/control/chat/${id}?user=${user}&after=0`);
export const query = (id) => request(`/control/query/${id}?wait=0`);

export const send = (user, chat, text, { replyTo = null, thread = null } = {}) =>
  post("/control/send", { user, chat, text, reply_to: replyTo, thread });
/** What the bot offers whoever types "@bot query" in a chat; `answered` is false if it said nothing in time. */
export async function askInline(user, chat, query) {
  const asked = await post("/control/inline", { user, chat, query });
  return request(`/control/inline/${asked.query}?wait=10`);
}

export const chooseInline = (user, chat, { query, result, replyTo = null, thread = null }) =>
  post("/control/inline/choose", { user, chat, query, result, reply_to: replyTo, thread });
export const edit = (user, chat, message, text) => post("/control/edit", { user, chat, message, text });
export const remove = (user, chat, message) => post("/control/delete", { user, chat, message });
export const tap = (user, chat, message, data) => post("/control/tap", { user, chat, message, data });
export const pin = (user, chat, message, pinned) =>
  post("/control/pin", { user, chat, message, pinned });
export const openLink = (user, url) => post("/control/open_link", { user, url });
export const unblock = (user) => post("/control/block", { user, blocked: false });

/** What an admin does to a chat: `act` is the last part of its path, such as "rename" or "topic/close". */
export const manage = (act, chat, by, fields = {}) => post(`/control/${act}`, { chat, by, ...fields });

/** The practice exchange beside the chat. */
export const markets = () => request("/control/exchange/markets");
export const accounts = () => request("/control/exchange/accounts");
export const atExchange = (act, fields) => post(`/control/exchange/${act}`, fields);
export const wallet = () => request("/control/exchange/swaps/wallet");
