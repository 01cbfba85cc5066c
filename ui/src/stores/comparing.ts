/** Pictures side by side. */
import { library } from './library.svelte';
import { screen } from './screen.svelte';

/** As many can be compared: more would each be too small. */
export const MOST = 4;

/** Whether so many can be told apart side by side. */
export function canCompare(ids: ReadonlySet<number>): boolean {
  return ids.size >= 2 && ids.size <= MOST;
}

/** Shows pictures side by side; what is being looked at gives way. */
export function compare(ids: readonly number[]): void {
  if (!canCompare(new Set(ids))) return;
  screen.viewing = undefined;
  screen.comparing = ids.filter((id) => library.indexOf(id) >= 0);
}
