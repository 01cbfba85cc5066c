/** Stretches of pictures of one day, month or year each, of a layout whose days only rise or only fall. */
import type { LibraryLayout } from './decode';
import { monthOfDay, yearOfMonth } from './months';

export type Period = 'day' | 'month' | 'year';

/** The pictures of one period, by their places in the layout. */
export interface Stretch {
  /** A day since 1970-01-01, a month as `monthOfDay` gives it, or a year. */
  readonly key: number;
  readonly first: number;
  readonly count: number;
}

const keys: Record<Period, (day: number) => number> = {
  day: (day) => day,
  month: monthOfDay,
  year: (day) => yearOfMonth(monthOfDay(day)),
};

/** All stretches in order. Looks at a few pictures of each only, however many there are. */
export function stretches({ days, count }: LibraryLayout, period: Period): Stretch[] {
  const keyOf = keys[period];
  const found: Stretch[] = [];
  for (let first = 0; first < count; first = (found.at(-1) as Stretch).first + (found.at(-1) as Stretch).count) {
    const key = keyOf(days[first] as number);
    const same = (place: number) => place < count && keyOf(days[place] as number) === key;
    let step = 1;
    while (same(first + step)) step *= 2;
    // The last one of it is in between.
    let low = first + (step >> 1);
    let high = Math.min(count, first + step);
    while (low + 1 < high) {
      const middle = (low + high) >> 1;
      if (same(middle)) low = middle;
      else high = middle;
    }
    found.push({ key, first, count: high - first });
  }
  return found;
}

/** The stretch that holds a picture. */
export function stretchAt(all: readonly Stretch[], place: number): Stretch | undefined {
  return all.findLast(({ first }) => first <= place);
}
