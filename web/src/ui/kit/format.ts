/** Times, numbers and plurals through Intl, in the language of the sentences and with the clock of the person. */

/** Some engines pass on what the system says of its language as it stands, such as "C", at which Intl throws. */
function isLanguage(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length > 0;
  } catch {
    return false; // a RangeError: no tag of a language
  }
}
/** The catalogue is English; which English is the person's choice, else the plainest. */
const language = navigator.languages.find((tag) => tag.startsWith("en") && isLanguage(tag)) ?? "en-GB";
/** 24-hour readers keep their clock although the sentences are English. */
const own = isLanguage(navigator.language) ? navigator.language : undefined;
const hour12 = new Intl.DateTimeFormat(own, { hour: "numeric" }).resolvedOptions().hour12 ?? false;

const formats = {
  time: new Intl.DateTimeFormat(language, { hour: hour12 ? "numeric" : "2-digit", minute: "2-digit", hour12 }),
  seconds: new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "medium", hour12 }),
  weekday: new Intl.DateTimeFormat(language, { weekday: "long" }),
  shortWeekday: new Intl.DateTimeFormat(language, { weekday: "short" }),
  day: new Intl.DateTimeFormat(language, { weekday: "long", day: "numeric", month: "long" }),
  dayOfYear: new Intl.DateTimeFormat(language, { day: "numeric", month: "long", year: "numeric" }),
  short: new Intl.DateTimeFormat(language, { day: "numeric", month: "short" }),
  dayAndTime: new Intl.DateTimeFormat(language, {
    day: "numeric",
    month: "short",
    hour: "numeric",
    minute: "2-digit",
    hour12,
  }),
  numeric: new Intl.DateTimeFormat(language, { day: "2-digit", month: "2-digit", year: "2-digit" }),
};
const relativeDay = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
const integers = new Intl.NumberFormat(language);
const rules = new Intl.PluralRules(language);

const DAY = 86_400_000; // ms
const SECOND = 1000;

/** Calendar days from now to then; a day of 23 or 25 hours counts as one. */
const daysAway = (at: number, now: number): number => Math.round((dayOf(at).from - dayOf(now).from) / DAY);

/** The calendar day of a moment, `from` this ms on and before `to`. */
export function dayOf(at: number): { from: number; to: number } {
  const date = new Date(at);
  const [year, month, of] = [date.getFullYear(), date.getMonth(), date.getDate()];
  return { from: new Date(year, month, of).getTime(), to: new Date(year, month, of + 1).getTime() };
}
export const sameMinute = (a: number, b: number): boolean => Math.floor(a / 60_000) === Math.floor(b / 60_000);

/** 14:05 */
export const time = (at: number): string => formats.time.format(at);
/** With seconds, for the details of a message. */
export const exact = (at: number): string => formats.seconds.format(at);
/** For the line between two days: Today, Yesterday, Friday, 3 May 2026. */
export function day(at: number, now: number): string {
  const away = daysAway(at, now);
  if (away === 0 || away === -1) return capital(relativeDay.format(away, "day"));
  if (away < 0 && away > -7) return formats.weekday.format(at);
  return Math.abs(away) < 180 ? formats.day.format(at) : formats.dayOfYear.format(at);
}
/** For a list: as short as it stays clear. */
export function brief(at: number, now: number): string {
  const away = daysAway(at, now);
  if (away === 0) return time(at);
  if (away < 0 && away > -7) return formats.shortWeekday.format(at);
  return Math.abs(away) < 180 ? formats.short.format(at) : formats.numeric.format(at);
}
/** A moment to come: 14:00, Friday 14:00, 3 May 14:00. */
export function moment(at: number, now: number): string {
  const away = daysAway(at, now);
  if (away === 0) return time(at);
  if (away > 0 && away < 7) return `${formats.weekday.format(at)} ${time(at)}`;
  return formats.dayAndTime.format(at);
}

const capital = (text: string): string => text.charAt(0).toLocaleUpperCase(language) + text.slice(1);

export const integer = (count: number): string => integers.format(count);
/** Picks the form of a counted noun; `#` stands for the number. */
export function plural(count: number, one: string, other: string): string {
  return (rules.select(count) === "one" ? one : other).replace("#", integer(count));
}

const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const;
export function bytes(count: number): string {
  let [size, unit] = [count, 0];
  while (size >= 1000 && unit < UNITS.length - 1) [size, unit] = [size / 1000, unit + 1];
  const digits = unit > 0 && size < 10 ? 1 : 0;
  const unitDisplay = unit === 0 ? "long" : "short"; // the short form has no plural of "byte"
  const style = { style: "unit", unit: UNITS[unit], unitDisplay, maximumFractionDigits: digits } as const;
  return new Intl.NumberFormat(language, style as Intl.NumberFormatOptions).format(size);
}

const SPANS = [
  ["day", DAY],
  ["hour", 3_600_000],
  ["minute", 60_000],
  ["second", SECOND],
] as const;
/** A length of time in its largest unit, rounded down: 3 hr. */
export function span(ms: number): string {
  const [unit, size] = SPANS.find(([, least]) => ms >= least) ?? ["second", SECOND];
  return unitOf(Math.floor(ms / size), unit);
}
export const milliseconds = (ms: number): string => unitOf(Math.round(ms), "millisecond");
const unitOf = (count: number, unit: string): string =>
  new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "short" }).format(count);

/** For screen readers and `datetime`. */
export const machine = (at: number): string => new Date(at).toISOString();

const ordinals = new Intl.PluralRules(language, { type: "ordinal" });
const ENDINGS: Partial<Record<Intl.LDMLPluralRule, string>> = { one: "st", two: "nd", few: "rd" };
/** 7th */
export const ordinal = (place: number): string => `${integer(place)}${ENDINGS[ordinals.select(place)] ?? "th"}`;
