/** The stand-in's queue of descriptions. */
import type { FakePicture } from './fake-pictures';
import { Listeners } from './fake-listeners';
import type {
  AiSettings,
  DescribeOutcome,
  DescribeProgress,
  DescriptionEstimate,
  DescriptionsCancelled,
  DescriptionUse,
} from './index';

/** How long a description takes, in ms, where it is worked on. */
const TAKES_MS = 900;

type Status = 'waiting' | 'done' | 'failed' | 'cancelled';

export class FakeDescriptions {
  private readonly jobs = new Map<number, Status>();
  private readonly reasons = new Map<number, DescribeOutcome>();
  private readonly listeners = new Listeners<DescribeProgress>();
  private paused = false;
  private stopped: DescribeProgress['stopped'] = null;
  private waits: DescribeProgress['waits'] = null;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    /** Whether it is worked on; otherwise a test says what comes of each. */
    private readonly moves: boolean,
    private readonly pictures: Map<number, FakePicture>,
    private readonly changed: () => void,
  ) {}

  /** What was used, for tests to set. */
  usage: DescriptionUse[] = [];

  /** As the engine estimates while nothing was described: so many tokens each. */
  estimate(ids: number[], ai: AiSettings): DescriptionEstimate {
    const [input, output] = [1_800 * ids.length, 860 * ids.length];
    const cost = ai.price && (input * ai.price.input + output * ai.price.output) / 1_000_000;
    return {
      pictures: ids.length,
      host: ai.host,
      model: ai.model,
      input_tokens: input,
      output_tokens: output,
      microdollars: cost,
      seconds: 3 * ids.length,
      measured: false,
      spent_microdollars: this.usage.reduce((sum, used) => sum + used.microdollars, 0),
      monthly_cap_microdollars: ai.monthly_cap_cents && ai.monthly_cap_cents * 10_000,
    };
  }

  want(ids: number[]): void {
    if (!this.with('waiting').length) for (const [id, status] of this.jobs) if (status === 'done') this.jobs.delete(id);
    for (const id of ids) this.jobs.set(id, 'waiting');
    this.stopped = null;
    this.tell();
  }

  cancel(ids?: number[]): DescriptionsCancelled {
    const cancelled = this.with('waiting').filter((id) => !ids || ids.includes(id));
    for (const id of cancelled) this.jobs.set(id, 'cancelled');
    this.tell();
    return { number: 1, pictures: cancelled.length };
  }

  again(status: 'failed' | 'cancelled'): void {
    for (const id of this.with(status)) this.jobs.set(id, 'waiting');
    this.stopped = null;
    this.tell();
  }

  pause(paused: boolean): void {
    this.paused = paused;
    if (!paused) this.stopped = null;
    this.tell();
  }

  clear(): void {
    for (const [id, status] of this.jobs) if (status !== 'waiting') this.jobs.delete(id);
    this.tell();
  }

  watch(listener: (progress: DescribeProgress) => void): DescribeProgress {
    void this.listeners.add(listener);
    return this.progress(this.with('failed').flatMap((id) => this.reasons.get(id) ?? []));
  }

  /** What comes of a picture that waits: a description, or an error. */
  answer(id: number, error?: { code: string; message: string }): void {
    const picture = this.pictures.get(id);
    if (!picture) return;
    this.jobs.set(id, error ? 'failed' : 'done');
    const outcome = { id, name: picture.name, error_code: error?.code ?? null, error: error?.message ?? null };
    this.reasons.set(id, outcome);
    if (!error) {
      picture.description ??= 'A view over water towards low hills, in soft light.';
      picture.alt_text ??= 'Water and low hills in soft light';
      picture.described_by = 'gpt-5-mini';
      picture.models_text = null;
      picture.described_at = new Date().toISOString();
    }
    this.tell([outcome]);
  }

  /** Something goes wrong that every picture would meet. */
  stop(code: string, message: string): void {
    this.stopped = { code, message };
    this.tell();
  }

  /** The AI asks to wait. */
  wait(code: string, until: Date): void {
    this.waits = { code, until: until.toISOString() };
    this.tell();
  }

  private with(status: Status): number[] {
    return [...this.jobs].filter(([, each]) => each === status).map(([id]) => id);
  }

  private progress(outcomes: DescribeOutcome[]): DescribeProgress {
    const count = (status: Status) => this.with(status).length;
    const [waiting, done, failed] = [count('waiting'), count('done'), count('failed')];
    return {
      total: waiting + done + failed,
      done: done + failed,
      failed,
      waiting,
      cancelled: count('cancelled'),
      running: waiting > 0 && !this.paused && !this.stopped,
      paused: this.paused,
      waits: this.waits,
      stopped: this.stopped,
      outcomes,
    };
  }

  private tell(outcomes: DescribeOutcome[] = []): void {
    for (const picture of this.pictures.values()) picture.describing = this.jobs.get(picture.id) === 'waiting';
    const progress = this.progress(outcomes);
    this.listeners.emit(progress);
    this.changed();
    if (this.moves && progress.running) this.timer ??= setTimeout(() => this.step(), TAKES_MS);
  }

  private step(): void {
    this.timer = undefined;
    const [next] = this.with('waiting');
    if (next !== undefined && !this.paused && !this.stopped) this.answer(next);
  }
}
