/** How near the library is looked at: years and months at a glance, days, and tiles in three sizes; and what tiles say. */
import type { TileSize } from '@/ipc';
import { isChronological } from '@/layout/decode';
import { stretchAt, stretches, type Period } from '@/layout/periods';
import { app } from './app.svelte';
import { library } from './library.svelte';
import { selection } from './selection.svelte';
import { note, noted } from './storage';

/** From afar to near by. */
export const steps = ['years', 'months', 'days', 'small', 'medium', 'large'] as const;
export type Step = (typeof steps)[number];
type Far = Exclude<Step, TileSize>;

const FAR = 'zoom';
const NAMES = 'tile-names';
const STARS = 'tile-stars';
/** So soon (ms) after one step of the wheel there is no other: a touchpad turns it many times. */
const PACE_MS = 140;
/** How much is pinched for a step. */
const ENOUGH = 1.15;

const isFar = (step: string | undefined): step is Far => step === 'years' || step === 'months' || step === 'days';

class Zoom {
  private far = $state<Far | undefined>(rememberedFar());
  private withNames = $state(noted(NAMES) === 'true');
  private withStars = $state(noted(STARS) !== 'false');

  /** Whether the order is one of days: in a search, what has the words as its name comes first. */
  readonly grouped: boolean = $derived(
    ['newest', 'oldest', 'added', 'deleted'].includes(library.shown.sort) &&
      (!library.searching || isChronological(library.layout)),
  );

  /** The picture that stays in sight when the step changes. */
  anchor: number | undefined;
  private pinched = 1;
  private last = 0;

  /** How near; where there are no days there are only tiles. */
  get step(): Step {
    return (this.grouped ? this.far : undefined) ?? this.size;
  }

  /** Of tiles. */
  get size(): TileSize {
    return app.settings?.tile_size ?? 'medium';
  }

  /** Whether pictures are only hinted at. */
  get overview(): 'year' | 'month' | undefined {
    return { years: 'year' as const, months: 'month' as const }[this.step as 'years' | 'months'];
  }

  /** What pictures are grouped by. */
  get period(): Period | undefined {
    if (!this.grouped) return undefined;
    return this.step === 'days' ? 'day' : (this.overview ?? 'month');
  }

  go(step: Step): void {
    this.far = isFar(step) ? step : undefined;
    note(FAR, this.far);
    if (!isFar(step) && step !== this.size) void app.change({ tile_size: step });
  }

  /** Whether there is a nearer step, or one further away. */
  can(direction: 1 | -1): boolean {
    return this.next(direction) !== undefined;
  }

  /** A step nearer or further away; a picture stays in sight. */
  by(direction: 1 | -1, anchor: number | undefined = selection.cursor): void {
    const next = this.next(direction);
    if (next === undefined) return;
    this.anchor = anchor;
    this.go(next);
  }

  /** Somebody pinches at a picture. */
  pinch(factor: number, anchor: number | undefined): void {
    const now = performance.now();
    if (now - this.last < PACE_MS) return;
    this.pinched *= factor;
    if (this.pinched < ENOUGH && this.pinched > 1 / ENOUGH) return;
    const direction = this.pinched > 1 ? 1 : -1;
    this.pinched = 1;
    this.last = now;
    this.by(direction, anchor);
  }

  private next(direction: 1 | -1): Step | undefined {
    const next = steps[steps.indexOf(this.step) + direction];
    return next === undefined || (isFar(next) && !this.grouped) ? undefined : next;
  }

  /** Whether each tile says its name; remembered. */
  get names(): boolean {
    return this.withNames;
  }

  set names(shown: boolean) {
    this.withNames = shown;
    note(NAMES, String(shown));
  }

  /** Whether each tile says its stars; remembered. */
  get stars(): boolean {
    return this.withStars;
  }

  set stars(shown: boolean) {
    this.withStars = shown;
    note(STARS, String(shown));
  }
}

function rememberedFar(): Far | undefined {
  const step = noted(FAR);
  return isFar(step) ? step : undefined;
}

export const zoom = new Zoom();

/** Selects the pictures of the day or month that a picture is in, too, or no longer when all of them are. */
export function selectPeriod(place: number): void {
  const { layout } = library;
  const stretch = zoom.period && stretchAt(stretches(layout, zoom.period), place);
  if (!stretch) return;
  const group = layout.ids.subarray(stretch.first, stretch.first + stretch.count);
  const all = group.every((id) => selection.has(id));
  const ids = new Set(selection.ids);
  for (const id of group) {
    if (all) ids.delete(id);
    else ids.add(id);
  }
  selection.set(ids);
}
