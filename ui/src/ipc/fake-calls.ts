import type { EngineError, Ipc } from './index';

/** How a stand-in answers: each call is noted, takes its time like a network, and fails on demand. */
export class FakeCalls {
  /** Names of the calls made, with their arguments. */
  readonly calls: { name: string; args: unknown[] }[] = [];
  /** The library that calls are meant for. */
  meant = '';
  private readonly failures = new Map<string, EngineError>();

  /** `delay`: how long an answer takes, in milliseconds. */
  constructor(protected readonly delay: number) {}

  showing = (library: string): void => {
    this.meant = library;
  };

  /** Makes every later call of that name fail, until `error` is undefined. */
  fail(name: keyof Ipc, error: EngineError | undefined): void {
    if (error) this.failures.set(name, error);
    else this.failures.delete(name);
  }

  /** Arguments of the calls of that name. */
  called(name: keyof Ipc): unknown[][] {
    return this.calls.filter((call) => call.name === name).map((call) => call.args);
  }

  protected async answer<T>(name: keyof Ipc, args: unknown[], work: () => T | Promise<T>): Promise<T> {
    this.calls.push({ name, args });
    if (this.delay > 0) await new Promise((resolve) => setTimeout(resolve, this.delay));
    const failure = this.failures.get(name);
    if (failure) throw failure;
    return work();
  }
}
