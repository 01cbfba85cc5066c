/** Offers words that are kept nowhere else. */
import { m } from '@/paraglide/messages';
import { ipc } from '@/ipc';
import { toasts } from './toasts.svelte';

/** Shows words of the place that is open until somebody has copied them or says that they are not wanted: then it is `done`. */
export function offerWords(message: string, words: string, done: () => void): void {
  const run = async () => {
    try {
      await ipc().copyText(words);
      done();
      toasts.dismiss(id);
    } catch (error) {
      toasts.error(error);
    }
  };
  const action = { label: m.draft_copy(), ofPlace: true, run: () => void run() };
  const id = toasts.show('error', message, { action, closed: done });
}
