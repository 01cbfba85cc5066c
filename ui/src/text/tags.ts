/** Tags as people type them. */

/** The tags in a text, between commas. One that is there twice, in whatever case, is one, as it was written first. */
export function tagsIn(text: string): string[] {
  const tags = new Map<string, string>();
  for (const part of text.split(',')) {
    const tag = part.trim();
    const same = tag.normalize('NFC').toLowerCase();
    if (tag && !tags.has(same)) tags.set(same, tag);
  }
  return [...tags.values()];
}
