/** Dates as a messenger writes them, from the Bot API's Unix seconds. */

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const weekday = new Intl.DateTimeFormat(undefined, { weekday: "short" });
const dayAndMonth = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "long" });
const shortDay = new Intl.DateTimeFormat(undefined, { day: "2-digit", month: "2-digit", year: "2-digit" });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: "long", timeStyle: "medium" });
const DAY_MS = 86_400_000;

const at = (seconds) => new Date(seconds * 1000);
const midnight = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
const daysAgo = (seconds) => Math.round((midnight(new Date()) - midnight(at(seconds))) / DAY_MS);

export const clockTime = (seconds) => clock.format(at(seconds));
export const fullTime = (seconds) => full.format(at(seconds));
export const dayKey = (seconds) => midnight(at(seconds));

/** "Today", "Yesterday", "3 November": the pill between two days. */
export function dayName(seconds) {
  const ago = daysAgo(seconds);
  if (ago === 0) return "Today";
  if (ago === 1) return "Yesterday";
  return dayAndMonth.format(at(seconds));
}

/** The short stamp in a chat list: the time today, the weekday this week, else the date. */
export function listStamp(seconds) {
  const ago = daysAgo(seconds);
  if (ago === 0) return clockTime(seconds);
  return (ago < 7 ? weekday : shortDay).format(at(seconds));
}
