/**
 * What stands in the fields of pictures and is not in the library yet, written down with each key: it outlives the app even
 * when that is killed. The web view keeps it in another process, so that this costs next to nothing.
 */
import type { PictureEdit } from '@/ipc';
import { tagsIn } from '@/text/tags';

export interface Jotting {
  /** The draft's name: the picture's number and the field. */
  name: string;
  id: number;
  edit: PictureEdit;
}

/** The fields whose words are the picture's own, and what they change. */
const fields: Record<string, (words: string) => PictureEdit> = {
  name: (words) => ({ name: words }),
  description: (words) => ({ description: words }),
  alt_text: (words) => ({ alt_text: words }),
  tags: (words) => ({ add_tags: tagsIn(words) }),
};

const start = (place: string) => `typed ${place} `;

/** Splits a draft's name; nothing when it is none of a picture's field. */
function parts(name: string): { id: number; edit: (words: string) => PictureEdit } | undefined {
  const [, id, field] = /^(\d+) (\w+)$/.exec(name) ?? [];
  const edit = field === undefined ? undefined : fields[field];
  return edit && { id: Number(id), edit };
}

/** Writes down what is in a field. Without storage, or without room in it, there is nothing to be done. */
export function jot(place: string, name: string, words: string): void {
  if (!parts(name)) return;
  try {
    localStorage.setItem(start(place) + name, words);
  } catch {
    // The draft is kept in the library as soon as somebody pauses.
  }
}

export function forget(place: string, name: string): void {
  try {
    localStorage.removeItem(start(place) + name);
  } catch {
    // Nothing was written down, either.
  }
}

/** What was left in the fields of a place when the app ended. */
export function left(place: string): Jotting[] {
  try {
    return Object.keys(localStorage).flatMap((key): Jotting[] => {
      if (!key.startsWith(start(place))) return [];
      const name = key.slice(start(place).length);
      const words = (localStorage.getItem(key) ?? '').trim();
      const part = parts(name);
      return part ? [{ name, id: part.id, edit: part.edit(words) }] : [];
    });
  } catch {
    return [];
  }
}
