/** Whether the picture that is looked at is there in full, and if it isn't, why, and when it is tried again. */
import { m } from '@/paraglide/messages';
import { ipc, type EngineError, type ErrorKind } from '@/ipc';
import { sentence } from '@/stores/toasts.svelte';
import type { SlideState } from './stage';

/** What comes sooner than this (ms) needs no word. */
const UNNOTICED_MS = 700;
/** How long after a failure it is tried again by itself, in ms. */
export const AGAIN_MS = 15_000;
/** What doesn't pass by itself, nor by trying. */
const LASTING: readonly ErrorKind[] = ['not_found', 'broken_picture', 'too_large', 'checksum_mismatch'];

export class Fetching {
  /** Whether it takes its time. */
  waits = $state(false);
  /** Why it can't be shown in full. */
  failure = $state<string>();
  /** Whether trying again may help. */
  passing = $state(true);
  /** Whether it is being tried again. */
  trying = $state(false);
  /** Whether it is on this computer, and still can't be shown. */
  private here = false;

  private id: number | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** `shows` has the window load the picture anew, once it is on this computer. */
  constructor(private readonly shows: () => void) {}

  /** Another picture is looked at, or this one has come further. */
  follow(id: number, state: SlideState): void {
    if (id !== this.id) this.begin(id);
    if (state === 'loaded') this.settle();
    else if (state === 'failed') void (this.here ? this.undrawable() : this.again());
    else this.timer ??= setTimeout(() => (this.waits = true), UNNOTICED_MS);
  }

  /** Tries again, and learns why it can't be had. */
  async again(): Promise<void> {
    const { id } = this;
    if (id === undefined || this.trying) return;
    this.trying = true;
    try {
      await ipc().fetchPreview(id);
      if (this.id !== id) return;
      this.settle();
      this.here = true;
      this.shows();
    } catch (error) {
      if (this.id === id) this.failed(error as EngineError);
    } finally {
      if (this.id === id) this.trying = false;
    }
  }

  /** Nobody looks any more. */
  end(): void {
    this.settle();
    this.id = undefined;
  }

  private begin(id: number): void {
    this.settle();
    this.id = id;
    this.here = false;
    this.trying = false;
  }

  private undrawable(): void {
    this.settle();
    this.failure = m.viewer_undrawable();
    this.passing = false;
  }

  private failed(error: EngineError): void {
    this.settle();
    this.failure = sentence(error);
    this.passing = !LASTING.includes(error.code);
    if (this.passing) this.timer = setTimeout(() => void this.again(), AGAIN_MS);
  }

  private settle(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.waits = false;
    this.failure = undefined;
    this.passing = true;
  }
}
