/** A result that somebody is looking at: news of it move nothing that is there. */
import { pick, type LibraryLayout } from './decode';

/**
 * What was found again, in the order in which it was shown. What is new comes behind the picture that it was found behind;
 * what is gone is gone.
 */
export function settle(shown: LibraryLayout, found: LibraryLayout): LibraryLayout {
  const places = new Map<number, number>();
  for (let place = 0; place < shown.count; place++) places.set(shown.ids[place] as number, place);

  // Per picture that was shown, the new ones behind it; those before all of them first.
  const behind = new Map<number, number[]>();
  const again: number[] = [];
  let anchor = -1;
  let moved = false;
  for (let index = 0; index < found.count; index++) {
    const place = places.get(found.ids[index] as number);
    if (place === undefined) {
      const others = behind.get(anchor);
      if (others) others.push(index);
      else behind.set(anchor, [index]);
      continue;
    }
    moved ||= place < anchor;
    anchor = place;
    again.push(index);
  }
  if (!moved) return found;

  const placeOf = (index: number) => places.get(found.ids[index] as number) as number;
  again.sort((one, other) => placeOf(one) - placeOf(other));
  const order = [...(behind.get(-1) ?? [])];
  for (const index of again) order.push(index, ...(behind.get(placeOf(index)) ?? []));
  return pick(found, order);
}
