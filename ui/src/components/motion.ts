/** How long a movement takes: nothing for people who asked their system for less of it. */
export function motion(milliseconds: number): number {
  return window.matchMedia?.('(prefers-reduced-motion: reduce)').matches ? 0 : milliseconds;
}
