/** The queue of descriptions, which outlives the window. */
import { SvelteMap } from 'svelte/reactivity';
import { m } from '@/paraglide/messages';
import { ipc, type DescribeOutcome, type DescribeProgress } from '@/ipc';
import { number } from '@/text/format';
import { note, noted } from './storage';
import { toasts } from './toasts.svelte';
import { stay, whenLeft } from './visit';

const PROMPT = 'prompt';

const nothing: DescribeProgress = {
  total: 0,
  done: 0,
  failed: 0,
  waiting: 0,
  cancelled: 0,
  running: false,
  paused: false,
  waits: null,
  stopped: null,
  outcomes: [],
};

class Descriptions {
  progress = $state.raw<DescribeProgress>(nothing);
  /** What went wrong, by picture, until it is asked for again. */
  failures = new SvelteMap<number, DescribeOutcome>();
  private typed = $state(noted(PROMPT) ?? '');
  /** The message that offers to take a cancelling back. */
  private cancelling: number | undefined;
  /** Whether the panel about it is shown. */
  open = $state(false);

  /** What to look out for, as far as it is typed: kept until it has been asked, also when the app is killed. */
  get prompt(): string {
    return this.typed;
  }

  set prompt(words: string) {
    this.typed = words;
    note(PROMPT, words || undefined);
  }

  /** Whether there is anything to show. */
  get any(): boolean {
    const { waiting, done, failed, cancelled } = this.progress;
    return waiting + done + failed + cancelled > 0;
  }

  async start(): Promise<void> {
    const here = stay();
    try {
      const progress = await ipc().watchDescriptions((progress) => here() && this.apply(progress));
      if (!here()) return;
      this.failures.clear();
      this.apply(progress);
      this.open = progress.waiting > 0;
    } catch (error) {
      toasts.error(error);
    }
  }

  /** Asks for descriptions. */
  async ask(ids: number[], prompt?: string): Promise<void> {
    const here = stay();
    await ipc().describePictures(ids, prompt?.trim() || undefined);
    if (!here()) return;
    for (const id of ids) this.failures.delete(id);
    if (prompt === this.prompt) this.prompt = '';
    this.open = true;
  }

  /** Cancels what waits, or one picture, with a way back. */
  async cancel(ids?: number[]): Promise<void> {
    const here = stay();
    const cancelled = await ipc().cancelDescriptions(ids);
    if (cancelled.pictures === 0) return;
    const said = m.descriptions_cancelled({ count: cancelled.pictures, n: number(cancelled.pictures) });
    this.cancelling = toasts.undoable(said, () => void this.uncancel(cancelled.number), here);
  }

  private async uncancel(number: number): Promise<void> {
    try {
      await ipc().uncancelDescriptions(number);
      this.open = true;
    } catch (error) {
      toasts.error(error);
    }
  }

  /** Tries what failed again, and everything that was not tried; or what was cancelled. */
  async retry(cancelled = false): Promise<void> {
    await ipc().retryDescriptions(cancelled);
    if (cancelled) toasts.dismiss(this.cancelling);
    else this.failures.clear();
  }

  /** Closes the panel. What waits goes on waiting; what is over is taken off the list. */
  async close(): Promise<void> {
    this.open = false;
    if (this.progress.waiting > 0) return;
    this.failures.clear();
    await ipc().clearDescriptions();
    toasts.dismiss(this.cancelling);
  }

  /** Forgets everything, for another place, but for what is being typed. */
  left(): void {
    this.progress = nothing;
    this.failures.clear();
    this.open = false;
  }

  /** Forgets everything, for tests. */
  reset(): void {
    this.left();
    this.prompt = '';
  }

  private apply(progress: DescribeProgress): void {
    const before = this.progress;
    this.progress = progress;
    for (const outcome of progress.outcomes) {
      if (outcome.error) this.failures.set(outcome.id, outcome);
      else this.failures.delete(outcome.id);
    }
    if (progress.running && !before.running) this.open = true;
    // Why they stopped is told no longer when they go on, or none of them is wanted any more.
    const stopped = progress.waiting > 0 && progress.stopped?.message;
    if (before.stopped && before.stopped.message !== stopped) toasts.settled(before.stopped.message);
  }
}

export const descriptions = new Descriptions();

whenLeft(() => descriptions.left());
