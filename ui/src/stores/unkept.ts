/**
 * Words that could not be kept, in fields that nobody sees. Those of one picture that have the same reason are one message,
 * which goes when they are kept, and ends them when somebody has copied or dismissed them.
 */
import { m } from '@/paraglide/messages';
import { ipc } from '@/ipc';
import { toasts } from './toasts.svelte';

export interface Unkept {
  /** Why, and of which picture. */
  message: string;
  words: string;
  /** Whether they are written down with the place that is open, which offers them when it is open again. */
  ofPlace: boolean;
  /** They are not wanted in their field any more. */
  done: () => void;
}

interface Told {
  toast: number;
  words: Map<object, Unkept>;
}

class AllUnkept {
  private readonly told = new Map<string, Told>();

  /** Says that the words of a field are not kept, in place of what was said of it before. */
  tell(field: object, what: Unkept): void {
    const before = this.told.get(what.message);
    const said = before?.words.get(field)?.words === what.words;
    if (before && said && toasts.list.some(({ id }) => id === before.toast)) return;
    for (const [message, told] of this.told) if (message !== what.message) this.take(field, message, told);
    if (before) toasts.dismiss(before.toast);
    this.show(what.message, new Map(before?.words).set(field, what));
  }

  /** The words of a field are kept, or are shown in it. */
  settled(field: object): void {
    for (const [message, told] of this.told) this.take(field, message, told);
  }

  private take(field: object, message: string, { words, toast }: Told): void {
    if (!words.delete(field) || words.size > 0) return;
    toasts.dismiss(toast);
    this.told.delete(message);
  }

  private show(message: string, words: Map<object, Unkept>): void {
    const all = () => [...words.values()];
    const closed = () => all().forEach(({ done }) => done());
    const run = () =>
      void ipc()
        .copyText(
          all()
            .map((each) => each.words)
            .join('\n\n'),
        )
        .then(closed)
        .catch((refused: unknown) => toasts.error(refused));
    const action = { label: m.draft_copy(), ofPlace: all().every(({ ofPlace }) => ofPlace), run };
    this.told.set(message, { toast: toasts.show('error', message, { action, closed }), words });
  }
}

export const unkept = new AllUnkept();
