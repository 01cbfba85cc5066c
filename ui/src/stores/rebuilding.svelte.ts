/** Bringing a library back from what its bucket holds. */
import { ipc, type BucketLibrary, type RebuildProgress, type RebuildReport } from '@/ipc';
import { screen } from './screen.svelte';
import { sentence } from './toasts.svelte';
import { stay, whenLeft } from './visit';

class Rebuilding {
  /** Undefined until the bucket has been looked at. */
  libraries = $state.raw<BucketLibrary[]>();
  /** The one to bring back. */
  chosen = $state<string>();
  /** Undefined while nothing is being brought back. */
  progress = $state.raw<RebuildProgress>();
  report = $state.raw<RebuildReport>();
  failure = $state<string>();

  /** Shows what the bucket in use holds. */
  async open(): Promise<void> {
    screen.open('rebuild');
    if (this.progress) return;
    this.forget();
    const here = stay();
    try {
      const libraries = await ipc().bucketLibraries();
      if (here()) this.found(libraries);
    } catch (error) {
      if (here()) this.failure = sentence(error);
    }
  }

  /** The same, only when a bucket that was just chosen holds a library that isn't here yet. */
  async offer(): Promise<void> {
    if (this.progress) return;
    this.forget();
    const here = stay();
    try {
      const libraries = await ipc().bucketLibraries();
      if (!here()) return;
      this.found(libraries);
    } catch {
      // The bucket works, which was tried; what it holds can be looked at again from the settings.
      return;
    }
    if (this.libraries?.some((library) => !library.open && library.pictures > 0)) screen.open('rebuild');
  }

  async start(): Promise<void> {
    if (this.chosen === undefined || this.progress) return;
    this.failure = undefined;
    this.report = undefined;
    this.progress = { stage: 'listing', done: 0, total: 0 };
    const here = stay();
    try {
      const report = await ipc().rebuildLibrary(this.chosen, (progress) => {
        if (here() && this.progress) this.progress = progress;
      });
      if (here()) this.report = report;
    } catch (error) {
      if (here()) this.failure = sentence(error);
    } finally {
      if (here()) this.progress = undefined;
    }
  }

  private found(libraries: BucketLibrary[]): void {
    this.libraries = libraries;
    this.chosen = (libraries.find((library) => !library.open) ?? libraries[0])?.id;
  }

  /** Forgets everything, for another place: its bucket holds other libraries. */
  reset(): void {
    this.forget();
    this.progress = undefined;
  }

  private forget(): void {
    this.libraries = undefined;
    this.chosen = undefined;
    this.report = undefined;
    this.failure = undefined;
  }
}

export const rebuilding = new Rebuilding();

whenLeft(() => rebuilding.reset());
