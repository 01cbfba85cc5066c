/** Days and months as plain numbers. Days are local dates already, so all arithmetic here is in UTC. */

const DAY = 86_400_000;

/** Cached, because a library's neighbours nearly always share a day. */
let cachedDay = Number.NaN;
let cachedMonth = 0;

/** Months since January of year 0 for a day counted from 1970-01-01. */
export function monthOfDay(day: number): number {
  if (day !== cachedDay) {
    const date = new Date(day * DAY);
    cachedDay = day;
    cachedMonth = date.getUTCFullYear() * 12 + date.getUTCMonth();
  }
  return cachedMonth;
}

/** The year of a month number. */
export function yearOfMonth(month: number): number {
  return Math.floor(month / 12);
}

/** The first instant of a month number, in UTC. */
export function dateOfMonth(month: number): Date {
  return new Date(Date.UTC(yearOfMonth(month), month % 12, 1));
}
