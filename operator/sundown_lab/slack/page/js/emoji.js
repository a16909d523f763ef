// Emoji by their Slack names. The ones of ART are drawn here, because many machines have no font for them.

import { ART } from "./emoji_art.js";
import { drawing, el } from "./dom.js";

/** `:name:` in a text; the group makes `split` keep the names. */
export const EMOJI_NAME = /:([a-z0-9_+'-]+(?:::skin-tone-[2-6])?):/;

const CHARACTERS = {
  "+1": "👍", "-1": "👎", alarm_clock: "⏰", arrow_forward: "▶️", arrow_right: "➡️", arrows_counterclockwise: "🔄",
  ballot_box_with_check: "☑️", bar_chart: "📊", battery: "🔋", bell: "🔔", blue_heart: "💙", boom: "💥", broom: "🧹",
  bulb: "💡", bust_in_silhouette: "👤", busts_in_silhouette: "👥", calendar: "📅", clipboard: "📋", clock5: "🕔",
  clock9: "🕘", cloud: "☁️", coffee: "☕", computer: "💻", confused: "😕", construction: "🚧", crescent_moon: "🌙",
  cry: "😢", dart: "🎯", date: "📅", double_vertical_bar: "⏸️", earth_africa: "🌍", exclamation: "❗", eyes: "👀",
  fire: "🔥", full_moon: "🌕", gear: "⚙️", globe_with_meridians: "🌐", grin: "😁", heart: "❤️",
  heavy_check_mark: "✔️", hourglass: "⌛", hourglass_flowing_sand: "⏳", house: "🏠", information_source: "ℹ️",
  joy: "😂", key: "🔑", label: "🏷️", large_blue_circle: "🔵", large_green_circle: "🟢", large_orange_circle: "🟠",
  large_yellow_circle: "🟡", link: "🔗", lock: "🔒", low_battery: "🪫", mag: "🔍", mega: "📣", memo: "📝",
  money_with_wings: "💸", moneybag: "💰", muscle: "💪", mute: "🔇", new_moon: "🌑", no_bell: "🔕", no_entry: "⛔",
  no_entry_sign: "🚫", octagonal_sign: "🛑", ok: "🆗", ok_hand: "👌", package: "📦", point_right: "👉", pray: "🙏",
  pushpin: "📌", question: "❓", raised_hand: "✋", raised_hands: "🙌", recycle: "♻️", red_circle: "🔴", robot_face: "🤖", rocket: "🚀",
  rotating_light: "🚨", seedling: "🌱", sleeping: "😴", sleeping_accommodation: "🛌", slightly_smiling_face: "🙂",
  smile: "😄", snooze: "😴", snowflake: "❄️", sparkles: "✨", speech_balloon: "💬", star: "⭐", stopwatch: "⏱️",
  sunny: "☀️", sunrise: "🌅", sunrise_over_mountains: "🌄", sunset: "🌇", tada: "🎉", thinking_face: "🤔",
  thumbsdown: "👎", thumbsup: "👍", timer_clock: "⏲️", twisted_rightwards_arrows: "🔀", unlock: "🔓", warning: "⚠️",
  wastebasket: "🗑️", wave: "👋", white_check_mark: "✅", white_circle: "⚪", wrench: "🔧", x: "❌", zap: "⚡", zzz: "💤",
};

/** The names that the reaction picker offers. */
export const REACTIONS = ["+1", "eyes", "white_check_mark", "tada", "zzz", "sunny", "heart", "x"];

/** A node of the emoji with this name (without colons); the text `:name:` for one that is not known. */
export function emoji(name) {
  const base = name.split("::")[0];
  if (Object.hasOwn(ART, base)) return drawing("0 0 20 20", ART[base], { class: "emoji", label: `:${name}:` });
  const character = Object.hasOwn(CHARACTERS, base) ? CHARACTERS[base] : null;
  if (character === null) return document.createTextNode(`:${name}:`);
  return el("span", { class: "emoji", role: "img", "aria-label": `:${name}:` }, character);
}
