// Puts numbers, times and the film's terms into words.

export const SHOT_TYPES = named(
  "establishing extreme_wide wide full medium_wide medium medium_close close_up " +
    "extreme_close_up over_the_shoulder two_shot insert pov",
);
export const MOVEMENTS = named(
  "static pan_left pan_right tilt_up tilt_down dolly_in dolly_out truck_left truck_right " +
    "crane_up crane_down zoom_in zoom_out handheld",
);
export const QUALITIES = [
  ["low", "Draft – Fast Generation"],
  ["standard", "Production – Balanced Quality"],
  ["high", "Premium – Maximum Quality"],
];
export const RATES = [
  ["24", "24"],
  ["24000/1001", "23.976"],
  ["25", "25"],
  ["30000/1001", "29.97"],
  ["30", "30"],
  ["48", "48"],
  ["50", "50"],
  ["60", "60"],
];

function named(ids) {
  return ids.split(" ").map((id) => [id, termOf(id)]);
}

export function termOf(id) {
  if (id === "pov") return "POV";
  const words = String(id ?? "").replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export function rateOf(rate) {
  const [over, under = 1] = String(rate).split("/").map(Number);
  return over / under;
}

export function rateName(rate) {
  return RATES.find(([value]) => value === String(rate))?.[1] ?? rateOf(rate).toFixed(3);
}

export function count(number, one, many = `${one}s`) {
  return `${number} ${number === 1 ? one : many}`;
}

export function seconds(length) {
  if (length < 10) return `${Math.round(length * 10) / 10} s`;
  const whole = Math.round(length);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
}

export function when(time) {
  const moment = new Date(time);
  const ago = (Date.now() - moment) / 1000;
  if (ago < 60) return "just now";
  if (ago < 3600) return `${Math.floor(ago / 60)} min ago`;
  const today = moment.toDateString() === new Date().toDateString();
  const format = today ? { timeStyle: "short" } : { dateStyle: "medium", timeStyle: "short" };
  return new Intl.DateTimeFormat(undefined, format).format(moment);
}
