/**
 * What a person has typed and the app has not kept yet.
 *
 * A draft is about one field and saves nothing else. News replace it only where the person is not in the field and has not
 * changed it. It outlives its component, so that no selection, closed panel or refused change takes words away: what could
 * not be kept is in the field again when the field is next shown, with the reason.
 */
import { m } from '@/paraglide/messages';
import { ipc, type PictureDetail } from '@/ipc';
import { Jotter, type Field } from './jottings';
import { isInTrash, sentence } from './toasts.svelte';
import { unkept } from './unkept';
import { whenLeft } from './visit';

/** How long somebody pauses in typing before a text is kept without being asked, in ms. */
export const PAUSE_MS = 1_000;

/** How long words of somebody who types without a pause are in the field alone, in ms. */
export const LONGEST_MS = 3_000;

export interface DraftKind {
  /** Keeps the words, and gives what the field says from then on. `goesOn`: what was kept last was typed on end with them. */
  keep: (words: string, known: string, goesOn: boolean) => Promise<string>;
  /** Kept when the person leaves the field; already when they pause in typing; or only when they say so. */
  when: 'leaving' | 'pausing' | 'asked';
  /** Whether the field is for adding: it is empty again as soon as its words are on their way. */
  adds?: boolean;
}

/** The picture whose text a draft is about. */
export interface Subject {
  name: string;
  /** What the library says of it now. */
  look: () => Promise<{ words: string; inTrash: boolean }>;
}

export class Draft {
  /** What is in the field. */
  words = $state('');
  /** Words of a field for adding that are on their way. */
  sending = $state('');
  /** Why the words could not be kept. */
  failure = $state<string>();
  /**
   * What has come from elsewhere while somebody was in the field. It stays until they take it or leave the field: so long what
   * is in the field, which would take its place, is not kept without being asked.
   */
  elsewhere = $state<string>();
  /** Components that show it. */
  shown = 0;

  private changed = false;
  private inside = false;
  /** Whether words were kept since the person came into the field, who goes on typing. */
  private goesOn = false;
  private saving: Promise<unknown> | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** Whether its picture is out of reach, because the place was left. */
  private over = false;
  /** Since when words are in the field alone. */
  private since: number | undefined;
  /** What was sent to be kept last: news that say it are no news. */
  private sent: string | undefined;
  /** What the app knew when the person began to type, or what it kept of their words since. */
  private base: string;
  /** Whether its picture was in the trash when the words were refused. */
  private inTrash = false;

  constructor(
    private known: string,
    /** How it is kept, by the component that shows it or showed it last. */
    public kind: DraftKind,
    /** Writes down what is in the field and what it held before, and nothing when it is in the library; absent for settings. */
    private readonly note?: (words: string | undefined, base?: string) => void,
    private readonly subject?: Subject,
  ) {
    this.words = known;
    this.base = known;
  }

  /** Whether there are words that the app doesn't have. */
  get unsaved(): boolean {
    return this.changed;
  }

  /** Whether the library has something that the person had not seen when they began to type, and that isn't what they typed. */
  get overtaken(): boolean {
    const known = this.known.trim();
    return this.changed && this.subject !== undefined && known !== this.base.trim() && known !== this.words.trim();
  }

  /** Takes over what the app knows now, where that takes nothing away. */
  news(known: string): void {
    if (known.trim() === this.sent?.trim()) this.base = known;
    const others = known !== this.known && known.trim() !== this.sent?.trim() && known.trim() !== this.words.trim();
    this.known = known;
    if (!this.inside && !this.changed) this.words = known;
    else if (others && !this.kind.adds) {
      this.elsewhere = known;
      clearTimeout(this.timer);
    }
  }

  /** Takes over what has come from elsewhere, in place of what is in the field. */
  takeElsewhere(): void {
    clearTimeout(this.timer);
    const theirs = this.elsewhere ?? this.known;
    this.elsewhere = undefined;
    // What is in the field was kept meanwhile, after theirs.
    if (theirs !== this.known) this.type(theirs);
    else this.settle(theirs);
  }

  enter(): void {
    this.inside = true;
    this.goesOn = false;
  }

  typed(): void {
    if (!this.changed) this.base = this.known;
    this.changed = true;
    this.note?.(this.words, this.kind.adds ? undefined : this.base);
    clearTimeout(this.timer);
    if (this.kind.when !== 'pausing' || this.elsewhere !== undefined) return;
    this.since ??= Date.now();
    const left = Math.max(0, this.since + LONGEST_MS - Date.now());
    this.timer = setTimeout(() => void this.save(), Math.min(PAUSE_MS, left));
  }

  /** Puts words into the field as if they had been typed. */
  type(words: string): void {
    this.words = words;
    this.typed();
  }

  /** The person leaves the field. Whether there is nothing left that was to be kept. */
  async leave(): Promise<boolean> {
    this.inside = false;
    this.elsewhere = undefined;
    if (!this.changed) this.words = this.known;
    return this.kind.when === 'asked' || (await this.save());
  }

  /** Puts back what the app knows; gives the words that were in the field, if they were others. */
  putBack(): string | undefined {
    clearTimeout(this.timer);
    this.elsewhere = undefined;
    const typed = this.changed && this.words !== this.known ? this.words : undefined;
    this.settle(this.known);
    return typed;
  }

  /** Keeps what was typed. Whether there is nothing left that could be lost. */
  async save(): Promise<boolean> {
    clearTimeout(this.timer);
    this.since = undefined;
    while (this.saving) await this.saving;
    if (!this.changed || this.over) return true;
    const words = this.words;
    if (words.trim() === this.known.trim()) {
      this.settle(this.known);
      return true;
    }
    const saving = this.keep(words);
    this.saving = saving;
    try {
      return await saving;
    } finally {
      this.saving = undefined;
    }
  }

  private async keep(words: string): Promise<boolean> {
    if (this.kind.adds) {
      this.sending = words;
      this.words = '';
    }
    const left = this.words;
    this.sent = words;
    try {
      const known = await this.kind.keep(words, this.known, this.goesOn);
      if (this.over) return true;
      this.known = known;
      this.base = known;
      this.goesOn = this.kind.when === 'pausing';
      this.failure = undefined;
      if (this.words === left) this.settle(this.inside && !this.kind.adds ? this.words : known);
      // Typed while the others were on their way: they are to be kept as well.
      else if (!this.kind.adds) this.typed();
      return true;
    } catch (error) {
      if (this.over) return true;
      // Apart from what may have been typed meanwhile.
      if (this.kind.adds) this.words = `${words.replace(/[\s,]*$/, '')}, ${this.words}`;
      this.changed = true;
      this.failure = sentence(error);
      this.inTrash = isInTrash(error);
      // Where nobody sees the field, its words are told, too: the picture itself may be gone.
      if (this.shown === 0) this.tell(this.failure);
      return false;
    } finally {
      this.sending = '';
    }
  }

  private settle(words: string): void {
    this.words = words;
    this.changed = false;
    this.note?.(undefined);
    this.failure = undefined;
    this.inTrash = false;
    this.since = undefined;
    unkept.settled(this);
  }

  /** Says where nobody sees the field why its words are not kept, until they are, or somebody has copied or dismissed them. */
  private tell(why: string): void {
    const message = this.subject ? m.about_picture({ name: this.subject.name, text: why }) : why;
    this.offer(message);
  }

  private tellOvertaken(): void {
    if (this.subject) this.offer(m.draft_overtaken({ name: this.subject.name }));
  }

  private offer(message: string): void {
    const words = this.kind.adds ? this.words.replace(/[\s,]*$/, '') : this.words;
    unkept.tell(this, { message, words, ofPlace: this.note !== undefined, done: () => this.putBack() });
  }

  /** A component shows it. */
  show(): void {
    this.shown++;
    unkept.settled(this);
  }

  /** Hears what the library says, which a component that shows the field does by itself. Whether its picture is restored. */
  private async look(): Promise<boolean> {
    if (!this.changed || !this.subject) return false;
    try {
      const { words, inTrash } = await this.subject.look();
      if (this.over) return false;
      this.news(words);
      return this.inTrash && !inTrash;
    } catch {
      // Its picture is gone, or can't be read: keeping the words says so.
      return false;
    }
  }

  /** Keeps what was refused in the trash once its picture is restored; what is newer there is not written over. */
  async again(): Promise<void> {
    if (!this.inTrash || !(await this.look())) return;
    if (!this.overtaken) {
      if (!this.inside) await this.save();
    } else if (this.shown === 0) this.tellOvertaken();
    else {
      // The field says itself what was written elsewhere.
      this.failure = undefined;
      this.inTrash = false;
    }
  }

  /** No component shows it any more. */
  hide(): void {
    if (--this.shown > 0) return;
    this.inside = false;
    // What is newer, and what the person has not left the field over, is not written over.
    if (this.overtaken) {
      this.tellOvertaken();
      return;
    }
    this.elsewhere = undefined;
    if (this.changed && this.kind.when !== 'asked') void this.save();
  }

  /** The window is about to close, or the place to be left. Whether nothing is left that is neither kept nor written down. */
  async close(): Promise<boolean> {
    if (this.shown === 0) await this.look();
    // It stays written down, and is offered when the place is open again.
    return this.overtaken || (await this.leave());
  }

  /**
   * The place of its picture is left. Nothing is kept from here on: in another place it would be kept with another picture.
   * What was typed is written down, and kept when the place is open again.
   */
  end(): void {
    clearTimeout(this.timer);
    this.over = true;
    unkept.settled(this);
  }
}

/** What a draft is about: the field of one picture, or of several by their numbers. */
export interface About {
  field: Field;
  pictures: PictureDetail | readonly number[];
}

/** What a draft about one picture has to do with. */
function subject({ field, pictures }: About): Subject | undefined {
  if (!('image_id' in pictures)) return undefined;
  const { id, name } = pictures;
  const look = async () => {
    const picture = await ipc().picture(id);
    const words = field === 'tags' || field === 'album' ? '' : (picture[field] ?? '');
    return { words, inTrash: picture.deleted_at !== null };
  };
  return { name, look };
}

class Drafts {
  private all = new Map<string, Draft>();
  /** Those that are about pictures. */
  private ofPlace = new WeakSet<Draft>();
  private place = '';

  /** The draft of a field, for a component that shows it until it calls `release`; without `about`, of a setting. */
  of(name: string, known: string, kind: DraftKind, about?: About): Draft {
    let draft = this.all.get(name);
    if (!draft) {
      const jotter = about && new Jotter(this.place, about.field, about.pictures);
      const note = jotter && ((words?: string, base?: string) => jotter.note(words, base));
      draft = new Draft(known, kind, note, about && subject(about));
      if (jotter) this.ofPlace.add(draft);
      this.all.set(name, draft);
    }
    draft.kind = kind;
    draft.show();
    this.tidy();
    return draft;
  }

  release(draft: Draft): void {
    draft.hide();
    this.tidy();
  }

  /** Keeps everything that was typed and needs no further word of the person's: the window is about to close. Whether
   * all of it is kept. */
  async saveAll(): Promise<boolean> {
    const left = [...this.all.values()].filter((draft) => draft.unsaved);
    return (await Promise.all(left.map((draft) => draft.close()))).every(Boolean);
  }

  /** The library has changed: what was refused because its picture was in the trash is kept once that is restored. */
  async again(): Promise<void> {
    await Promise.all([...this.all.values()].map((draft) => draft.again()));
    this.tidy();
  }

  /** From here on the pictures are those of this place. */
  open(place: string): void {
    this.place = place;
  }

  /** Lets go of what is about pictures of the place that is left. */
  left(): void {
    for (const [name, draft] of this.all) {
      if (!this.ofPlace.has(draft)) continue;
      draft.end();
      this.all.delete(name);
    }
  }

  /** Forgets everything, for tests. */
  clear(): void {
    this.left();
    this.all.clear();
    this.place = '';
  }

  private tidy(): void {
    for (const [name, draft] of this.all) if (draft.shown === 0 && !draft.unsaved) this.all.delete(name);
  }
}

export const drafts = new Drafts();

whenLeft(() => drafts.left());
