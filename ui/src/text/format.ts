/** Numbers and dates as people read them, in the language of the window. */
import { getLocale } from '@/paraglide/runtime';
import { dateOfMonth } from '@/layout/months';

/** The language of the window, in the person's own regional form where the system has one: "en-GB", not just "en". */
function region(): string {
  const language = getLocale();
  return navigator.languages.find((tag) => tag.split('-')[0] === language) ?? language;
}

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte', 'petabyte'] as const;

/** A size with the unit that fits: "4.2 MB". Decimal units, as file managers show them. */
export function bytes(size: number): string {
  let unit = 0;
  let value = size;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  return new Intl.NumberFormat(region(), {
    style: 'unit',
    unit: UNITS[unit],
    unitDisplay: unit === 0 ? 'long' : 'short',
    maximumFractionDigits: unit === 0 || value >= 99.95 ? 0 : 1,
  }).format(value);
}

export function number(value: number): string {
  return new Intl.NumberFormat(region()).format(value);
}

/** Millionths of a US dollar: "$1.25", and "$0.0004" for what would look like nothing. */
export function money(microdollars: number): string {
  const dollars = microdollars / 1_000_000;
  const places = dollars > 0 && dollars < 0.01 ? 4 : 2;
  return new Intl.NumberFormat(region(), {
    style: 'currency',
    currency: 'USD',
    minimumFractionDigits: places,
    maximumFractionDigits: places,
  }).format(dollars);
}

/** A time span from seconds: "45 sec", "3 min", "2 hr 5 min". */
export function duration(seconds: number): string {
  const unit = (value: number, name: 'second' | 'minute' | 'hour') =>
    new Intl.NumberFormat(region(), { style: 'unit', unit: name, unitDisplay: 'short' }).format(value);
  if (seconds < 60) return unit(Math.max(1, Math.round(seconds)), 'second');
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return unit(minutes, 'minute');
  const rest = minutes % 60;
  return unit(Math.floor(minutes / 60), 'hour') + (rest ? ` ${unit(rest, 'minute')}` : '');
}

/** "October 2026". */
export function month(value: number): string {
  return new Intl.DateTimeFormat(region(), { month: 'long', year: 'numeric', timeZone: 'UTC' }).format(
    dateOfMonth(value),
  );
}

/** "Wed, 14 Oct 2026" of days since 1970-01-01. */
export function weekday(days: number): string {
  const parts = { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' } as const;
  return new Intl.DateTimeFormat(region(), parts).format(new Date(days * 86_400_000));
}

/** "October" of a month number. */
export function monthName(value: number): string {
  return new Intl.DateTimeFormat(region(), { month: 'long', timeZone: 'UTC' }).format(dateOfMonth(value));
}

/** "14 Oct 2026, 18:05" of a UTC instant, in local time. */
export function instant(rfc3339: string): string {
  const date = new Date(rfc3339);
  if (Number.isNaN(date.getTime())) return rfc3339;
  return new Intl.DateTimeFormat(region(), { dateStyle: 'medium', timeStyle: 'short' }).format(date);
}

/** "14 Oct 2026, 18:05" of a date by the camera's clock, which has no zone and is shown as it is. */
export function cameraTime(text: string): string {
  const date = new Date(`${text.slice(0, 19).replace(' ', 'T')}Z`);
  if (Number.isNaN(date.getTime())) return text;
  return new Intl.DateTimeFormat(region(), { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' }).format(date);
}

/** "14 Oct 2026" of a UTC instant, as dates are written everywhere. */
export function day(rfc3339: string): string {
  const date = new Date(rfc3339);
  return Number.isNaN(date.getTime())
    ? rfc3339
    : new Intl.DateTimeFormat(region(), { dateStyle: 'medium' }).format(date);
}

/** "14 Oct 2026" of days since 1970-01-01, which are days by the camera's clock. */
export function dayNumber(days: number): string {
  return new Intl.DateTimeFormat(region(), { dateStyle: 'medium', timeZone: 'UTC' }).format(
    new Date(days * 86_400_000),
  );
}

/** Days from now until a UTC instant, to the nearest; less than one is 0. */
export function daysUntil(rfc3339: string, now = Date.now()): number {
  const days = (Date.parse(rfc3339) - now) / 86_400_000;
  return days < 1 ? 0 : Math.round(days);
}

/** Dimensions and, where that is worth saying, what they come to: "6000 × 4000 (24 MP)". */
export function dimensions(width: number, height: number): string {
  const megapixels = (width * height) / 1_000_000;
  if (megapixels < 0.1) return `${width} × ${height}`;
  const rounded = new Intl.NumberFormat(region(), { maximumFractionDigits: megapixels < 10 ? 1 : 0 }).format(
    megapixels,
  );
  return `${width} × ${height} (${rounded} MP)`;
}
