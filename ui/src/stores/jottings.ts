/**
 * What stands in the fields of pictures and is not in the library yet, written down with each key: it outlives the app even
 * when that is killed.
 *
 * Pictures are written down by the service's identifiers: a catalogue that is rebuilt numbers them anew.
 */
import { ipc, type PictureDetail } from '@/ipc';
import { note, noted, notedKeys } from './storage';

/** Fields of more pictures than this are written down without them: their identifiers are read one by one. */
export const MOST_PICTURES = 200;

/** What a field changes. */
export type Field = 'name' | 'description' | 'alt_text' | 'tags' | 'album';
const FIELDS: readonly string[] = ['name', 'description', 'alt_text', 'tags', 'album'] satisfies Field[];

/** A picture that a field is about. */
export interface Noted {
  /** The service's identifier. */
  image: string;
  /** The number and the name that it had: what is called so is looked at first. */
  id: number;
  name: string;
}

export interface Jotting {
  /** Where it is written down, and what stands there. */
  key: string;
  text: string;
  field: Field;
  words: string;
  /** What the field held when the person began to type; nothing where it is for adding, and in notes of earlier versions. */
  base?: string;
  /** Whether the field held something else when they were to be kept: from then on they are offered, and never written. */
  aside?: boolean;
  /** Nothing where it isn't known for certain which pictures were meant. */
  pictures: Noted[] | undefined;
}

const start = (place: string) => `words ${place} `;
/** Notes of earlier versions, which name a picture by its number only. */
const startByNumber = (place: string) => `typed ${place} `;

export function notedPicture({ image_id, id, name }: PictureDetail): Noted {
  return { image: image_id, id, name };
}

let fields = 0;

/** Writes down the words of one field, of one picture or of several. */
export class Jotter {
  private readonly key: string;
  private words: string | undefined;
  private base: string | undefined;
  private pictures: Noted[] | undefined;
  private asked = false;

  constructor(
    place: string,
    private readonly field: Field,
    private readonly about: PictureDetail | readonly number[],
  ) {
    const one = 'image_id' in about ? about : undefined;
    this.pictures = one && [notedPicture(one)];
    this.key = `${start(place)}${one ? one.image_id : `many-${Date.now()}-${fields++}`} ${field}`;
  }

  /** Writes down what is in the field and what it held before, or takes it away when it is in the library. */
  note(words: string | undefined, base?: string): void {
    this.words = words;
    this.base = base;
    this.write();
    if (words !== undefined && !this.pictures) void this.read();
  }

  private write(): void {
    const { words, base, field, pictures } = this;
    note(this.key, words === undefined ? undefined : JSON.stringify({ field, words, base, pictures }));
  }

  /** Which pictures they are, read once somebody types. */
  private async read(): Promise<void> {
    if ('image_id' in this.about || this.asked || this.about.length > MOST_PICTURES) return;
    this.asked = true;
    try {
      this.pictures = (await Promise.all(this.about.map((id) => ipc().picture(id)))).map(notedPicture);
    } catch {
      // The words are written down all the same, and told instead of put back.
      return;
    }
    if (this.words !== undefined) this.write();
  }
}

/** Takes a note away, unless something newer stands there. */
export function forget({ key, text }: Pick<Jotting, 'key' | 'text'>): void {
  if (noted(key) === text) note(key, undefined);
}

/**
 * Writes words down apart from their field, until somebody has copied or dismissed them: whatever is typed there from now on
 * doesn't take their place. `never`: they are not to be written any more. Gives what stands there now.
 */
export function setAside(jotting: Jotting, place: string, never: boolean): Jotting {
  const { field, words, base, pictures } = jotting;
  const text = JSON.stringify({ field, words, base, pictures, aside: never } satisfies Partial<Jotting>);
  const apart = `${start(place)}aside-`;
  const key = jotting.key.startsWith(apart) ? jotting.key : `${apart}${Date.now()}-${fields++} ${field}`;
  if (!note(key, text)) return jotting;
  if (key !== jotting.key) forget(jotting);
  return { ...jotting, key, text, aside: never };
}

/** What was left in the fields of a place when the app ended. */
export function left(place: string): Jotting[] {
  return [
    ...notedKeys(start(place)).flatMap((key) => read(key, noted(key) ?? '')),
    ...notedKeys(startByNumber(place)).flatMap((key) => readByNumber(key, noted(key) ?? '')),
  ];
}

function read(key: string, text: string): Jotting[] {
  try {
    const { field, words, base, aside, pictures } = JSON.parse(text) as Omit<Jotting, 'key' | 'text'>;
    if (!FIELDS.includes(field) || !words.trim()) return [];
    return [{ key, text, field, words: words.trim(), base: base?.trim(), aside, pictures }];
  } catch {
    return [];
  }
}

function readByNumber(key: string, text: string): Jotting[] {
  const field = key.slice(key.lastIndexOf(' ') + 1) as Field;
  return FIELDS.includes(field) && text.trim() ? [{ key, text, field, words: text.trim(), pictures: undefined }] : [];
}
