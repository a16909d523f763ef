// Times as Slack writes them: in the zone of the person who reads, by the workspace's clock.

const DAY = 86_400;

function parts(seconds, zone, options) {
  const format = new Intl.DateTimeFormat("en-US", { timeZone: zone, ...options });
  return Object.fromEntries(format.formatToParts(new Date(seconds * 1000)).map((each) => [each.type, each.value]));
}

function dayNumber(seconds, zone) {
  const { year, month, day } = parts(seconds, zone, { year: "numeric", month: "numeric", day: "numeric" });
  return Date.UTC(Number(year), Number(month) - 1, Number(day)) / (DAY * 1000);
}

function ordinal(day) {
  const teens = day % 100 >= 11 && day % 100 <= 13;
  return `${day}${teens ? "th" : ({ 1: "st", 2: "nd", 3: "rd" }[day % 10] ?? "th")}`;
}

export function clockTime(seconds, zone, { withSeconds = false } = {}) {
  const second = withSeconds ? { second: "2-digit" } : {};
  const found = parts(seconds, zone, { hour: "numeric", minute: "2-digit", ...second, hour12: true });
  return `${found.hour}:${found.minute}${withSeconds ? `:${found.second}` : ""} ${found.dayPeriod}`;
}

function written(seconds, { zone, now }, { month, weekday = false }) {
  const found = parts(seconds, zone, { weekday: "long", year: "numeric", month, day: "numeric" });
  const day = month === "long" ? ordinal(Number(found.day)) : found.day;
  // Slack leaves the year out of a date that is less than six months away.
  const year = Math.abs(seconds - now) < 182 * DAY ? "" : `, ${found.year}`;
  return `${weekday ? `${found.weekday}, ` : ""}${found.month} ${day}${year}`;
}

/** "Today", "Yesterday", "Tomorrow", or null for any other day. */
export function nearDay(seconds, { zone, now }) {
  const away = dayNumber(seconds, zone) - dayNumber(now, zone);
  return { "-1": "Yesterday", 0: "Today", 1: "Tomorrow" }[away] ?? null;
}

function ago(seconds, { now }) {
  const away = Math.abs(now - seconds);
  const [count, unit] = [
    [DAY, "day"],
    [3600, "hour"],
    [60, "minute"],
    [1, "second"],
  ]
    .map(([size, name]) => [Math.floor(away / size), name])
    .find(([many]) => many >= 1) ?? [0, "second"];
  const words = `${count} ${unit}${count === 1 ? "" : "s"}`;
  return seconds > now ? `in ${words}` : `${words} ago`;
}

function pretty(style) {
  return (seconds, when) => nearDay(seconds, when)?.toLowerCase() ?? written(seconds, when, style);
}

function numbers(seconds, { zone }) {
  const found = parts(seconds, zone, { year: "numeric", month: "2-digit", day: "2-digit" });
  return `${found.year}-${found.month}-${found.day}`;
}

const LONG = { month: "long" };
const SHORT = { month: "short" };
const FULL = { month: "long", weekday: true };
const TOKENS = {
  date_num: numbers,
  date_slash: (seconds, when) => numbers(seconds, when).replaceAll("-", "/"),
  date: (seconds, when) => written(seconds, when, LONG),
  date_short: (seconds, when) => written(seconds, when, SHORT),
  date_long: (seconds, when) => written(seconds, when, FULL),
  date_pretty: pretty(LONG),
  date_short_pretty: pretty(SHORT),
  date_long_pretty: pretty(FULL),
  time: (seconds, { zone }) => clockTime(seconds, zone),
  time_secs: (seconds, { zone }) => clockTime(seconds, zone, { withSeconds: true }),
  ago,
};

/** Fill in the tokens of `<!date^…>`: "{date_short} at {time}". Slack writes an unknown token as it stands. */
export function formatDate(seconds, format, when) {
  return format.replace(/\{(\w+)\}/g, (token, name) =>
    Object.hasOwn(TOKENS, name) ? TOKENS[name](seconds, when) : token,
  );
}

/** The heading of a day in a list of messages. */
export function dayHeading(seconds, when) {
  return nearDay(seconds, when) ?? written(seconds, when, FULL);
}

/** Everything of one moment, for the title of a short time. */
export function fullMoment(seconds, when) {
  return `${written(seconds, when, FULL)} at ${clockTime(seconds, when.zone, { withSeconds: true })}`;
}
