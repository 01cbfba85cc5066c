/** Which rows of a long list are drawn. */

/** Height of a row in px. */
export const ROW = 54;

/** Rows drawn beyond what is seen, on either side. */
const BEYOND = 6;

/** What is drawn before the height is known. */
const FIRST = 324;

/** What stands between two rows: behind how many of them, and how high (px) it is. */
export interface Gap {
  behind: number;
  height: number;
}

/** The rows that are seen at a scroll position (px, relative to the first row), from inclusive to exclusive. */
export function visible(top: number, height: number, count: number, gap: Gap): { from: number; to: number } {
  const at = (y: number) => (y < gap.behind * ROW ? y / ROW : Math.max(gap.behind, (y - gap.height) / ROW));
  const from = Math.max(0, Math.floor(at(top)) - BEYOND);
  const to = Math.max(0, Math.ceil(at(top + (height || FIRST))) + BEYOND);
  // Some are asked for also while nothing is known to be there.
  return { from: Math.min(from, count), to: Math.max(Math.min(to, count), Math.min(to, BEYOND * 2)) };
}
