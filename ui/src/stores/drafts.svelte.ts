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
import { sentence, toasts } from './toasts.svelte';
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

  constructor(
    private known: string,
    /** How it is kept, by the component that shows it or showed it last. */
    public kind: DraftKind,
    /** Writes down what is in the field, and nothing when that is in the library. */
    private readonly note: (words: string | undefined) => void = () => {},
  ) {
    this.words = known;
  }

  /** Whether there are words that the app doesn't have. */
  get unsaved(): boolean {
    return this.changed;
  }

  /** Takes over what the app knows now, where that takes nothing away. */
  news(known: string): void {
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
    this.changed = true;
    this.note(this.words);
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
      // Where nobody sees the field, its words are told, too: the picture itself may be gone.
      if (this.shown === 0) {
        const run = () =>
          void ipc()
            .copyText(words)
            .catch((refused: unknown) => toasts.error(refused));
        toasts.show('error', this.failure, { action: { label: m.draft_copy(), run } });
      }
      return false;
    } finally {
      this.sending = '';
    }
  }

  private settle(words: string): void {
    this.words = words;
    this.changed = false;
    this.note(undefined);
    this.failure = undefined;
    this.since = undefined;
  }

  /** No component shows it any more. */
  hide(): void {
    if (--this.shown > 0) return;
    this.inside = false;
    this.elsewhere = undefined;
    if (this.changed && this.kind.when !== 'asked') void this.save();
  }

  /**
   * The place of its picture is left. Nothing is kept from here on: in another place it would be kept with another picture.
   * What was typed is written down, and kept when the place is open again.
   */
  end(): void {
    clearTimeout(this.timer);
    this.over = true;
  }
}

/** What a draft is about: the field of one picture, or of several by their numbers. */
export interface About {
  field: Field;
  pictures: PictureDetail | readonly number[];
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
      draft = new Draft(known, kind, (words) => jotter?.note(words));
      if (jotter) this.ofPlace.add(draft);
      this.all.set(name, draft);
    }
    draft.kind = kind;
    draft.shown++;
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
    return (await Promise.all(left.map((draft) => draft.leave()))).every(Boolean);
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
