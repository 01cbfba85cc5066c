/** The batch of descriptions that is being written. */
import { SvelteMap, SvelteSet } from 'svelte/reactivity';
import { ipc, type DescribeOutcome, type DescribeProgress } from '@/ipc';
import { toasts } from './toasts.svelte';

class Descriptions {
  progress = $state.raw<DescribeProgress>({ total: 0, done: 0, failed: 0, running: false, outcomes: [] });
  /** Pictures that are waiting for their description. */
  waiting = new SvelteSet<number>();
  /** What went wrong, by picture, until it is asked for again. */
  failures = new SvelteMap<number, DescribeOutcome>();
  /** What to look out for, as far as it is typed: kept until it has been asked. */
  prompt = $state('');
  /** Whether the panel about it is shown. */
  open = $state(false);

  async start(): Promise<void> {
    try {
      this.progress = await ipc().watchDescriptions((progress) => this.apply(progress));
      this.open = this.progress.running;
    } catch (error) {
      toasts.error(error);
    }
  }

  /** Asks for descriptions. */
  async ask(ids: number[], prompt?: string): Promise<void> {
    for (const id of ids) {
      this.failures.delete(id);
      this.waiting.add(id);
    }
    try {
      await ipc().describePictures(ids, prompt?.trim() || undefined);
      if (prompt === this.prompt) this.prompt = '';
      this.open = true;
    } catch (error) {
      for (const id of ids) this.waiting.delete(id);
      throw error;
    }
  }

  async cancel(): Promise<void> {
    await ipc().cancelDescriptions();
  }

  private apply(progress: DescribeProgress): void {
    this.progress = progress;
    for (const outcome of progress.outcomes) {
      this.waiting.delete(outcome.id);
      if (outcome.error) this.failures.set(outcome.id, outcome);
      else this.failures.delete(outcome.id);
    }
    if (progress.running) this.open = true;
    else this.waiting.clear();
  }
}

export const descriptions = new Descriptions();
