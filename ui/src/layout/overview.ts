/** Where the cards of years or months are: in columns, months under the headings of their years. All of it is arithmetic. */
import { yearOfMonth } from './months';
import type { Stretch } from './periods';

export interface OverviewOptions {
  /** Room for the cards from left to right, in px. */
  width: number;
  /** The least width of a card, in px; as many columns as there is room for. */
  card: number;
  /** At least so many columns, however narrow they get. */
  columns: number;
  /** Space between columns and between rows, in px. */
  gap: { x: number; y: number };
  /** Height of a year's heading, in px. */
  heading: number;
  /** Height of the words below a picture, in px. */
  words: number;
}

/** Cards under one heading. */
export interface CardGroup {
  /** Of months; years have no heading. */
  readonly year: number | undefined;
  readonly cards: readonly Stretch[];
  /** From the top, and how high, in px. */
  readonly top: number;
  readonly height: number;
}

/** Pictures of cards are so much wider than high. */
export const ASPECT = 4 / 3;

export class OverviewLayout {
  readonly groups: readonly CardGroup[];
  readonly columns: number;
  /** From one row of cards to the next, in px. */
  readonly pitch: number;
  readonly height: number;
  private readonly cards: readonly { card: Stretch; group: CardGroup; index: number }[];

  constructor(
    cards: readonly Stretch[],
    of: 'year' | 'month',
    private readonly options: OverviewOptions,
  ) {
    const { width, gap, heading, words } = options;
    this.columns = Math.max(options.columns, Math.floor((width + gap.x) / (options.card + gap.x)));
    const wide = Math.max(1, (width - gap.x * (this.columns - 1)) / this.columns);
    this.pitch = wide / ASPECT + words + gap.y;
    const groups: CardGroup[] = [];
    let top = 0;
    for (let first = 0; first < cards.length;) {
      const year = of === 'month' ? yearOfMonth((cards[first] as Stretch).key) : undefined;
      let end = cards.length;
      if (year !== undefined)
        for (end = first; end < cards.length && yearOfMonth(cards[end]?.key ?? 0) === year; end++);
      const rows = Math.ceil((end - first) / this.columns);
      const height = (year === undefined ? 0 : heading) + rows * this.pitch;
      groups.push({ year, cards: cards.slice(first, end), top, height });
      top += height;
      first = end;
    }
    this.groups = groups;
    this.height = top;
    this.cards = groups.flatMap((group) => group.cards.map((card, index) => ({ card, group, index })));
  }

  /** The groups that touch `top`..`bottom` (px). */
  between(top: number, bottom: number): CardGroup[] {
    return this.groups.filter((group) => group.top + group.height >= top && group.top <= bottom);
  }

  /** Where a card begins and ends, by its place among all, in px from the top; with the heading over a first row. */
  extent(place: number): { top: number; bottom: number } {
    const at = this.cards[place];
    if (!at) return { top: 0, bottom: 0 };
    const row = Math.floor(at.index / this.columns);
    const heading = at.group.year === undefined ? 0 : this.options.heading;
    const top = at.group.top + heading + row * this.pitch;
    return { top: row === 0 ? at.group.top : top, bottom: top + this.pitch };
  }

  /** The card above (`-1`) or below (`1`) another one. Itself at the edge. */
  vertical(place: number, direction: -1 | 1): number {
    const at = this.cards[place];
    if (!at) return place;
    const column = at.index % this.columns;
    const row = Math.floor(at.index / this.columns);
    const own = this.groups.indexOf(at.group);
    const rows = (group: CardGroup) => Math.ceil(group.cards.length / this.columns);
    const inside = row + direction >= 0 && row + direction < rows(at.group);
    const group = inside ? at.group : this.groups[own + direction];
    if (!group) return place;
    const to = inside ? row + direction : direction > 0 ? 0 : rows(group) - 1;
    const index = Math.min(group.cards.length - 1, to * this.columns + column);
    return place - at.index + this.before(own, group) + index;
  }

  /** How many cards stand between the beginnings of two groups that follow each other. */
  private before(own: number, group: CardGroup): number {
    const other = this.groups.indexOf(group);
    if (other === own) return 0;
    return other > own ? (this.groups[own]?.cards.length ?? 0) : -group.cards.length;
  }
}
