/** The stand-in's trash: how long it is kept, and when each picture in it goes. */
import type { FakePicture } from './fake-pictures';
import type { Trash, TrashPlan } from './index';

const DAY_MS = 86_400_000;

export class FakeTrash {
  /** Days, and since when (ms); null for ever. */
  rule: { days: number; since: number } | null = null;
  /** Whether the person here says so. */
  own = true;
  /** Whether the place has said. */
  known = true;

  constructor(private readonly pictures: () => Iterable<FakePicture>) {}

  private deleted(): number[] {
    const times = [...this.pictures()].flatMap(({ deleted_at }) => (deleted_at ? [Date.parse(deleted_at)] : []));
    return times.sort((a, b) => a - b);
  }

  private bytes(): number {
    return [...this.pictures()].reduce((sum, { deleted_at, size }) => sum + (deleted_at ? size : 0), 0);
  }

  private static end(deleted: number, days: number, since: number): string {
    return new Date(Math.max(deleted, since) + days * DAY_MS).toISOString();
  }

  removedAt(deleted_at: string | null): string | null {
    return deleted_at && this.rule ? FakeTrash.end(Date.parse(deleted_at), this.rule.days, this.rule.since) : null;
  }

  info(): Trash {
    const [oldest] = this.deleted();
    return {
      known: this.known,
      days: this.rule?.days ?? null,
      own: this.own,
      pictures: this.deleted().length,
      bytes: this.bytes(),
      next_at: oldest !== undefined && this.rule ? FakeTrash.end(oldest, this.rule.days, this.rule.since) : null,
    };
  }

  private since(days: number): number {
    return this.rule && days > this.rule.days ? this.rule.since : Date.now();
  }

  plan(days: number | null): TrashPlan {
    if (days === null) return { days, pictures: 0, first_at: null, last_at: null, stricter: false };
    const times = this.deleted();
    const end = (time: number | undefined) => (time === undefined ? null : FakeTrash.end(time, days, this.since(days)));
    const stricter = !this.rule || days < this.rule.days;
    return { days, pictures: times.length, first_at: end(times[0]), last_at: end(times.at(-1)), stricter };
  }

  keep(days: number | null): Trash {
    if (days !== this.rule?.days) this.rule = days === null ? null : { days, since: this.since(days) };
    return this.info();
  }
}
