/**
 * A stay in one place. The numbers of pictures, uploads and cancellations mean something during it only: in another place the
 * same number is something else. Whoever holds such numbers lets go of them when the place is left, and what takes a while
 * asks, before it goes on with them, whether it still is where it began.
 */
import { untrack } from 'svelte';

let visits = 0;
const holders: (() => void)[] = [];

/** Has something let go of what belongs to a place, as soon as that place is left. */
export function whenLeft(letGo: () => void): void {
  holders.push(letGo);
}

/** The place is left, for another one or for none. */
export function leavePlace(): void {
  visits++;
  untrack(() => holders.forEach((letGo) => letGo()));
}

/** Begins something in the place that is open; what it gives tells whether that place has been open ever since. */
export function stay(): () => boolean {
  const visit = visits;
  return () => visit === visits;
}
