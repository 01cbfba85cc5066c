import type { Unlisten } from './index';

/** Those who listen to one kind of event of the stand-in. */
export class Listeners<T> {
  private readonly all = new Set<(value: T) => void>();

  add(listener: (value: T) => void): Promise<Unlisten> {
    this.all.add(listener);
    return Promise.resolve(() => this.all.delete(listener));
  }

  emit(value: T): void {
    for (const listener of this.all) listener(value);
  }
}
