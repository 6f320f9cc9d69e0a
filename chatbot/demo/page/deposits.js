/** What the bot asks to be sent, read off its newest deposit card: the texts behind the card's copy buttons. */

// Which button copies what, by its label.
const ADDRESS = /address/i;
const AMOUNT = /amount/i;
const MEMO = /memo|tag|comment|payment id/i;

/** {address, amount, memo} of the newest message in a private chat that lets an address be copied, else null. */
export function depositAsked(store) {
  const chats = store.world.chats.filter((chat) => chat.type === "private");
  const cards = chats.flatMap((chat) => store.messages(chat.id)).filter((message) => copied(message, ADDRESS));
  const newest = cards.reduce((one, other) => (other.date >= (one?.date ?? 0) ? other : one), null);
  if (!newest) return null;
  return { address: copied(newest, ADDRESS), amount: copied(newest, AMOUNT), memo: copied(newest, MEMO) };
}

/** The text behind the copy button whose label is of a kind; "" without one. */
function copied(message, kind) {
  const buttons = (message.reply_markup?.inline_keyboard ?? []).flat();
  return buttons.find((button) => button.copy_text && kind.test(button.text))?.copy_text.text ?? "";
}
