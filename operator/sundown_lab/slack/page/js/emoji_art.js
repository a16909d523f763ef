// Small drawings of the emoji that messages about sleep and wake use most: [tag, attributes] on a canvas of 20 x 20.

const path = (d, fill, more = {}) => ["path", { d, fill, ...more }];
const circle = (cx, cy, r, fill, more = {}) => ["circle", { cx, cy, r, fill, ...more }];
const line = (d, stroke, width = 2, more = {}) => [
  "path",
  { d, stroke, "stroke-width": width, fill: "none", "stroke-linecap": "round", "stroke-linejoin": "round", ...more },
];
const disc = (fill, edge) => [circle(10, 10, 8.5, edge), circle(10, 9.6, 7.7, fill)];
const tile = (fill) => ["rect", { x: 1.5, y: 1.5, width: 17, height: 17, rx: 4, fill }];
const rays = (x, y, from, to) =>
  [0, 45, 90, 135, 180, 225, 270, 315]
    .map((degrees) => [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)])
    .map(([dx, dy]) => `M${(x + dx * from).toFixed(1)} ${(y + dy * from).toFixed(1)}L${(x + dx * to).toFixed(1)} ${(y + dy * to).toFixed(1)}`)
    .join("");

const FACE = circle(10, 10, 8.5, "#fcc83c");
const CLOCK = [circle(10, 10.5, 7.5, "#e8453c"), circle(10, 10.5, 5.8, "#fff"), line("M10 7V10.5L12.5 12", "#333", 1.4)];
const GLASS = [
  path("M5 2H15V3.6C15 7 12 8.5 11 10C12 11.5 15 13 15 16.400V18H5V16.400C5 13 8 11.5 9 10C8 8.5 5 7 5 3.600Z", "#cfe6f7"),
  path("M6.5 16.600C6.5 14.5 8.8 13.5 10 12.500C11.2 13.5 13.5 14.5 13.5 16.600Z", "#e7a93c"),
  path("M7 5.500H13C12.5 7.2 10.8 8 10 9.200C9.2 8 7.5 7.2 7 5.500Z", "#e7a93c"),
  line("M4.5 2H15.500M4.5 18H15.5", "#a8682b", 1.8),
];
const THUMB = path("M3 9H6V17H3ZM7 9.500L10 3C11.5 2.6 12.5 3.8 12 5.500L11.5 8H16C17.2 8 17.8 9 17.5 10L16 16C15.8 16.8 15.2 17.2 14.4 17.200H9L7 16.500Z", "#fcc83c");
const BELL = [
  path("M10 2C13.5 2 15 5 15 8C15 12 16.5 13 17 14.500H3C3.5 13 5 12 5 8C5 5 6.5 2 10 2Z", "#f5b82e"),
  circle(10, 16.4, 1.9, "#c98a12"),
];

export const ART = {
  zzz: [line("M3 11H8.500L3 17H8.500M10 6H14L10 10.500H14M14.5 2H17.500L14.5 5H17.5", "#3b7fd4", 1.8)],
  sleeping: [FACE, line("M5 9.500Q6.5 10.8 8 9.500M12 9.500Q13.5 10.8 15 9.5", "#6b4a12", 1.3), circle(10, 14, 1.7, "#6b4a12")],
  sunny: [line(rays(10, 10, 6.6, 9), "#f5a623", 1.6), circle(10, 10, 5, "#fcc83c")],
  sunrise: [tile("#f6a55c"), circle(10, 12, 4.5, "#fdd663"), path("M1.5 12H18.500V14.500A4 4 0 0 1 14.5 18.500H5.500A4 4 0 0 1 1.5 14.500Z", "#3b7fd4"), line("M4 15H9M11 16.500H15.5", "#a8cdf5", 1)],
  sunset: [tile("#8456a8"), circle(10, 12.5, 4.5, "#f88c42"), path("M1.5 12.500H18.500V14.500A4 4 0 0 1 14.5 18.500H5.500A4 4 0 0 1 1.5 14.500Z", "#31255e"), line("M7 15H13", "#f88c42", 1)],
  crescent_moon: [path("M13.5 2.500A8 8 0 1 0 17.5 13A6.5 6.5 0 0 1 13.5 2.500Z", "#f5c542")],
  white_check_mark: [tile("#3aa655"), line("M5.5 10.500L8.7 13.700L14.5 6.5", "#fff", 2.4)],
  heavy_check_mark: [line("M3.5 11L8 15.500L16.5 4.5", "#3aa655", 3)],
  x: [line("M4.5 4.500L15.5 15.500M15.5 4.500L4.5 15.5", "#dd2e44", 3.2)],
  warning: [path("M10 1.800L19 17.800H1Z", "#fcc21b", { "stroke-linejoin": "round" }), line("M10 7.500V12", "#3c3c3c", 2), circle(10, 15, 1.2, "#3c3c3c")],
  rotating_light: [path("M5 14V10A5 5 0 0 1 15 10V14Z", "#e8453c"), path("M3.5 14H16.500V17.500H3.500Z", "#5b6770"), line("M10 2V3M3.5 5L4.5 6M16.5 5L15.5 6", "#e8453c", 1.6)],
  hourglass: GLASS,
  hourglass_flowing_sand: GLASS,
  alarm_clock: [circle(4.8, 4.2, 2.4, "#b8332b"), circle(15.2, 4.2, 2.4, "#b8332b"), ...CLOCK, line("M5.5 16.500L4 18.500M14.5 16.500L16 18.5", "#b8332b", 1.6)],
  stopwatch: [line("M8.5 1.500H11.500M10 1.500V3", "#5b6770", 1.8), circle(10, 11, 7.5, "#5b6770"), circle(10, 11, 5.8, "#fff"), line("M10 11L12.8 8", "#dd2e44", 1.4)],
  bell: BELL,
  no_bell: [...BELL, line("M3 3L17 17", "#dd2e44", 2.2)],
  wastebasket: [line("M3 5H17M8 3H12", "#5b6770", 1.8), path("M4.5 6.500H15.500L14.5 18H5.500Z", "#9aa5ae"), line("M8 9L8.4 15.500M12 9L11.6 15.5", "#5b6770", 1.2)],
  rocket: [path("M17.8 2.200C12 2 7.5 6 5.5 11L9 14.500C14 12.5 18 8 17.8 2.200Z", "#d6dde3"), circle(12.4, 7.6, 1.8, "#3b7fd4"), path("M6.5 8L2.5 10.500L5.3 11.500ZM12 13.500L9.5 17.500L8.5 14.700Z", "#dd2e44"), path("M5.5 13L2 18L7 14.500Z", "#f5a623")],
  eyes: [path("M6 4C8 4 9.3 6.8 9.3 10S8 16 6 16S2.7 13.2 2.7 10S4 4 6 4ZM14 4C16 4 17.3 6.8 17.3 10S16 16 14 16S10.7 13.2 10.7 10S12 4 14 4Z", "#fff", { stroke: "#9aa5ae", "stroke-width": 1 }), circle(5, 10.5, 1.9, "#333"), circle(13, 10.5, 1.9, "#333")],
  "+1": [THUMB],
  thumbsup: [THUMB],
  "-1": [path(THUMB[1].d, "#fcc83c", { transform: "rotate(180 10 10)" })],
  heart: [path("M10 17.500C3 12.5 1.5 9.5 1.5 7A4.5 4.5 0 0 1 10 5A4.5 4.5 0 0 1 18.5 7C18.5 9.5 17 12.5 10 17.500Z", "#dd2e44")],
  tada: [path("M2 18L7 6.500L13.5 13Z", "#f5b82e"), line("M11 5L13 3M15 9L17.5 8M13 7.500L15.5 5", "#dd2e44", 1.6), circle(16, 12.5, 1.1, "#3b7fd4"), circle(9, 3, 1.1, "#3aa655"), circle(17, 3.5, 1, "#8456a8")],
  raised_hand: [path("M5 10V5A1.2 1.2 0 0 1 7.4 5V9H8V3A1.2 1.2 0 0 1 10.4 3V9H11V3.500A1.2 1.2 0 0 1 13.4 3.500V9.500H14V6A1.2 1.2 0 0 1 16.4 6V13C16.4 16.500 14.200 18.500 11 18.500C8 18.500 6.500 17 5.500 15L3 11A1.2 1.2 0 0 1 5 9.600Z", "#fcc83c")],
  wave: [path("M5 8L8 13M4 11.500L7.5 15.500C10 18.5 15 18 16.5 13.500L17 8C17 6.5 15.3 6.5 15 8L14.6 10.500L10 4C9 2.8 7.5 3.8 8.2 5L7 3.800C5.9 2.8 4.6 4 5.4 5.300L4.8 5.800C3.8 5.5 3.2 6.8 4 7.800Z", "#fcc83c"), line("M2 14Q2.5 17 5 18M14 2.500Q16.5 3 17.5 5", "#9aa5ae", 1.2)],
  sparkles: [path("M8 2L9.8 8.200L16 10L9.8 11.800L8 18L6.2 11.800L0.5 10L6.2 8.200ZM16 1L16.8 3.700L19.5 4.500L16.8 5.300L16 8L15.2 5.300L12.5 4.500L15.2 3.700ZM16 12.500L16.7 14.800L19 15.500L16.7 16.200L16 18.500L15.3 16.200L13 15.500L15.3 14.800Z", "#f5b82e")],
  zap: [path("M12 1L4 11.500H9L7.5 19L16 8H10.800Z", "#fcc21b")],
  bulb: [circle(10, 7.5, 6, "#fcd34d"), path("M7.5 13H12.500V16H7.500Z", "#9aa5ae"), path("M8.5 16H11.500V18H8.500Z", "#5b6770")],
  lock: [line("M6.5 9V6.500A3.5 3.5 0 0 1 13.5 6.500V9", "#9aa5ae", 2), ["rect", { x: 4, y: 9, width: 12, height: 9, rx: 1.5, fill: "#f5b82e" }]],
  no_entry: [circle(10, 10, 8.5, "#dd2e44"), ["rect", { x: 4.5, y: 8.5, width: 11, height: 3, fill: "#fff" }]],
  no_entry_sign: [circle(10, 10, 7.3, "none", { stroke: "#dd2e44", "stroke-width": 2.6 }), line("M5 5L15 15", "#dd2e44", 2.6)],
  double_vertical_bar: [tile("#3b7fd4"), line("M7.5 6V14M12.5 6V14", "#fff", 2.6)],
  arrow_forward: [tile("#3b7fd4"), path("M7 5.500L15 10L7 14.500Z", "#fff")],
  arrows_counterclockwise: [tile("#3b7fd4"), line("M6 8.500A4.3 4.3 0 0 1 14 8M14 11.500A4.3 4.3 0 0 1 6 12M14.2 5V8.200H11M5.8 15V11.800H9", "#fff", 1.5)],
  information_source: [tile("#3b7fd4"), circle(10, 5.8, 1.4, "#fff"), line("M8.5 9H10.200V14.500M8.3 14.500H12", "#fff", 1.8)],
  question: [line("M6.5 6.500A3.5 3.5 0 1 1 11.5 9.800C10.4 10.5 10 11.2 10 12.5", "#dd2e44", 2.6), circle(10, 17, 1.6, "#dd2e44")],
  moneybag: [path("M7.5 2H12.500L11.5 5.500C15.5 7.5 17.5 11 17 14.500C16.7 17.5 15 18.5 10 18.500S3.3 17.5 3 14.500C2.5 11 4.5 7.5 8.5 5.500Z", "#c9a26b"), line("M10 9V16M12 10.500C11 9.5 8.3 9.6 8.3 11.200C8.3 12.8 12 12.2 12 14C12 15.6 9 15.6 8 14.5", "#5c4217", 1.1)],
  calendar: [["rect", { x: 2, y: 3.5, width: 16, height: 14.5, rx: 2, fill: "#eef1f4", stroke: "#9aa5ae" }], path("M2 5.500A2 2 0 0 1 4 3.500H16A2 2 0 0 1 18 5.500V8H2Z", "#dd2e44"), line("M6 11H6.100M10 11H10.100M14 11H14.100M6 14.500H6.100M10 14.500H10.1", "#5b6770", 1.8)],
  red_circle: disc("#e8453c", "#b8332b"),
  large_green_circle: disc("#4bb96a", "#358a4d"),
  large_yellow_circle: disc("#fcc83c", "#d9a216"),
  large_orange_circle: disc("#f6923c", "#c76c1c"),
  large_blue_circle: disc("#4b93e6", "#2f6db5"),
  white_circle: disc("#f4f5f6", "#b9c1c8"),
};
ART.date = ART.calendar;
ART.snooze = ART.sleeping;
