/**
 * How well a title matches what was typed: 0 when it doesn't. Every word typed must begin a word of the title, or occur
 * in it; the beginning of the title counts most, then the beginnings of words, then anything inside.
 */
export function rank(title: string, typed: string): number {
  const hay = title.toLocaleLowerCase();
  let score = 1;
  for (const word of typed.toLocaleLowerCase().split(/\s+/).filter(Boolean)) {
    const at = hay.indexOf(word);
    if (at < 0) return 0;
    if (at === 0) score += 4;
    else if (/[\s(“"-]/.test(hay[at - 1] ?? '') || hay.includes(` ${word}`)) score += 2;
    else score += 1;
  }
  return score + word_share(hay, typed);
}

/** Among equals, the shorter title wins: more of it was typed. */
function word_share(hay: string, typed: string): number {
  return Math.min(0.99, typed.length / Math.max(1, hay.length));
}
