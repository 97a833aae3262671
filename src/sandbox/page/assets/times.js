// How the page writes times, in its language and in the browser's zone.

import { language, words } from './words.js';

const locale = language === 'en' ? 'en-US' : 'ko-KR';
const formats = new Map();

function format(options) {
  const name = JSON.stringify(options);
  if (!formats.has(name)) formats.set(name, new Intl.DateTimeFormat(locale, options));
  return formats.get(name);
}

function dayNumber(date) {
  return Math.floor((date.getTime() - date.getTimezoneOffset() * 60_000) / 86_400_000);
}

/** Clock time, `오전 8:30`. */
export const clockTime = (date) => format({ timeStyle: 'short' }).format(date);

/** Clock time of Telegram's bubbles, `08:30`. */
export const bubbleTime = (date) => format({ hour: '2-digit', minute: '2-digit', hour12: false }).format(date);

/** The day as a divider names it, `2025년 12월 17일`. */
export const dayName = (date) => format({ dateStyle: 'long' }).format(date);

/** The day without its year, `12월 17일`, as Telegram's divider has it. */
export const shortDayName = (date) => format({ month: 'long', day: 'numeric' }).format(date);

/** Two instants on one local day. */
export const sameDay = (one, other) => dayNumber(one) === dayNumber(other);

/** A message's time as Discord writes it: today and yesterday by name, else the date. */
export function messageTime(date) {
  const ago = dayNumber(new Date()) - dayNumber(date);
  if (ago === 0) return `${words.today} ${clockTime(date)}`;
  if (ago === 1) return `${words.yesterday} ${clockTime(date)}`;
  return format({ dateStyle: 'medium', timeStyle: 'short' }).format(date);
}

const STYLES = {
  t: { timeStyle: 'short' },
  T: { timeStyle: 'medium' },
  d: { year: 'numeric', month: '2-digit', day: '2-digit' },
  D: { dateStyle: 'long' },
  f: { dateStyle: 'long', timeStyle: 'short' },
  F: { dateStyle: 'full', timeStyle: 'short' },
};

/** A `<t:unix:style>` mark as Discord shows it to somebody in this browser's time zone. */
export function markedTime(date, style) {
  return style === 'R' ? fromNow(date) : format(STYLES[style] ?? STYLES.f).format(date);
}

const SPANS = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
];

function fromNow(date) {
  const seconds = Math.round((date.getTime() - Date.now()) / 1000);
  const [unit, size] = SPANS.find(([, length]) => Math.abs(seconds) >= length) ?? SPANS.at(-1);
  return new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(Math.round(seconds / size), unit);
}
