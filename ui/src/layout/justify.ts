/**
 * The justified grid: pictures fill rows of nearly equal height, edge to edge, in groups of one month or day each. Pure
 * arithmetic over typed arrays: 100,000 pictures take a few milliseconds, so a resized window is laid out anew at once.
 */
import type { LibraryLayout } from './decode';
import { monthOfDay } from './months';

export interface JustifyOptions {
  /** Inner width of the grid in px. */
  width: number;
  /** The height that rows are aimed at, in px. */
  rowHeight: number;
  /** Space between pictures, and between rows, in px. */
  gap: number;
  /** Height of a group's heading in px. */
  headerHeight: number;
  /** What pictures are grouped by; orders that don't go by date have no groups. */
  group: 'month' | 'day' | undefined;
}

/** A month's or a day's group. */
export interface Section {
  /** Months since January of year 0, as `monthOfDay` gives them; -1 where nothing is grouped. */
  readonly month: number;
  /** The day since 1970-01-01 of its first picture: of all of them, where they are grouped by day. */
  readonly day: number;
  /** Index of its first picture. */
  readonly first: number;
  /** Number of its pictures. */
  readonly count: number;
  /** Where its heading starts, in px from the top of the grid. */
  readonly top: number;
  /** Index of its first row. */
  readonly firstRow: number;
  /** Where it starts from the left, and how wide it is, in px: short months stand side by side. */
  readonly left: number;
  readonly width: number;
}

/** Where one picture is, in px from the grid's top left. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A range of pictures, `end` not included. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** A month that needs no more than this share of the width leaves room for the next one beside it. */
const SHORT = 0.7;
/** A group has at least this width, in px, so that its heading can be read, and this much space before the next one. */
const SHORT_WIDTH = { month: 150, day: 170 };
const SHORT_SPACE = 20;

/** A row that isn't full is no higher than this times the aimed-at height. */
const TALLEST = 1.25;

/** Rows that are being made: no grid keeps them, so each takes the place of the last one's. */
function rowsFor(count: number) {
  return {
    count,
    firsts: new Uint32Array(count + 1),
    tops: new Float64Array(count),
    heights: new Float32Array(count),
    lefts: new Float32Array(count),
  };
}

let scratch = rowsFor(0);

/** With room for so many rows; a library that grows takes no new memory for each picture. */
function room(count: number) {
  if (scratch.count < count) scratch = rowsFor(Math.ceil(count * 1.25));
  return scratch;
}

export class JustifiedGrid {
  readonly sections: readonly Section[];
  /** Height of everything in px. */
  readonly height: number;
  readonly rows: number;
  /** Per row: index of its first picture; one more entry at the end. */
  private readonly firsts: Uint32Array;
  private readonly tops: Float64Array;
  private readonly heights: Float32Array;
  private readonly lefts: Float32Array;

  constructor(
    readonly layout: LibraryLayout,
    readonly options: JustifyOptions,
  ) {
    const { count, aspects, days } = layout;
    const { width, rowHeight, gap, headerHeight, group } = options;
    const { firsts, tops, heights, lefts } = room(count);
    const sections: Section[] = [];
    let rows = 0;
    let y = 0;

    // A line of short months: how far it reaches from the left. 0 when there is none.
    let lineWidth = 0;
    const endLine = () => {
      if (lineWidth > 0) y += headerHeight + rowHeight + gap;
      lineWidth = 0;
    };

    const endRow = (start: number, end: number, sum: number, full: boolean) => {
      const inner = width - gap * (end - start - 1);
      const filled = inner / sum;
      const height = full ? filled : Math.min(filled, rowHeight);
      firsts[rows] = start;
      tops[rows] = y;
      heights[rows] = Math.max(1, Math.min(height, rowHeight * 2));
      lefts[rows] = 0;
      y += (heights[rows] as number) + gap;
      rows++;
    };

    for (let start = 0; start < count;) {
      const day = days[start] as number;
      const month = group ? monthOfDay(day) : -1;
      let end = start + 1;
      if (group === 'day') while (end < count && days[end] === day) end++;
      else if (group) while (end < count && monthOfDay(days[end] as number) === month) end++;
      else end = count;

      const natural = group ? shortWidth(aspects, start, end, options) : undefined;
      if (group && natural !== undefined) {
        const needed = Math.max(SHORT_WIDTH[group], natural);
        let left = lineWidth === 0 ? 0 : lineWidth + SHORT_SPACE;
        if (left > 0 && left + needed > width) {
          endLine();
          left = 0;
        }
        sections.push({ month, day, first: start, count: end - start, top: y, firstRow: rows, left, width: needed });
        firsts[rows] = start;
        tops[rows] = y + headerHeight;
        heights[rows] = rowHeight;
        lefts[rows] = left;
        rows++;
        lineWidth = left + needed;
        start = end;
        continue;
      }

      endLine();
      sections.push({ month, day, first: start, count: end - start, top: y, firstRow: rows, left: 0, width });
      if (group) y += headerHeight;

      let first = start;
      let sum = 0;
      for (let index = start; index < end; index++) {
        const aspect = aspects[index] as number;
        const inner = width - gap * (index - first);
        const withIt = inner / (sum + aspect);
        // The picture that makes the row lower than aimed at goes wherever the row's height comes out nearer to the aim.
        if (index > first && withIt < rowHeight) {
          const without = (width - gap * (index - first - 1)) / sum;
          if (without / rowHeight < rowHeight / withIt && without <= rowHeight * TALLEST) {
            endRow(first, index, sum, true);
            first = index;
            sum = aspect;
          } else {
            endRow(first, index + 1, sum + aspect, true);
            first = index + 1;
            sum = 0;
          }
        } else {
          sum += aspect;
        }
      }
      if (first < end) endRow(first, end, sum, false);
      start = end;
    }

    endLine();

    firsts[rows] = count;
    this.firsts = firsts.slice(0, rows + 1);
    this.tops = tops.slice(0, rows);
    this.heights = heights.slice(0, rows);
    this.lefts = lefts.slice(0, rows);
    this.rows = rows;
    this.sections = sections;
    this.height = Math.max(0, y - (rows > 0 ? gap : 0));
  }

  /** The row that holds a picture. */
  rowOf(index: number): number {
    return lastAtMost(this.firsts, index, this.rows);
  }

  /** The pictures of a row. */
  rowRange(row: number): Range {
    return { start: this.firsts[row] ?? 0, end: this.firsts[row + 1] ?? 0 };
  }

  rowTop(row: number): number {
    return this.tops[row] ?? 0;
  }

  rowBottom(row: number): number {
    return (this.tops[row] ?? 0) + (this.heights[row] ?? 0);
  }

  /** The rows that touch `top`..`bottom` (px), `end` not included. */
  rowsBetween(top: number, bottom: number): Range {
    if (this.rows === 0) return { start: 0, end: 0 };
    let start = Math.max(0, lastAtMost(this.tops, top, this.rows));
    if (this.rowBottom(start) < top) start++;
    // Rows of months that stand side by side begin at one height.
    else while (start > 0 && this.tops[start - 1] === this.tops[start]) start--;
    let end = start;
    while (end < this.rows && (this.tops[end] as number) <= bottom) end++;
    return { start, end };
  }

  /** The sections whose heading or pictures touch `top`..`bottom` (px). */
  sectionsBetween(top: number, bottom: number): Section[] {
    const found: Section[] = [];
    let first = this.sectionIndexAt(top);
    while (first > 0 && this.sections[first - 1]?.top === this.sections[first]?.top) first--;
    for (let at = first; at < this.sections.length; at++) {
      const section = this.sections[at] as Section;
      if (section.top > bottom) break;
      found.push(section);
    }
    return found;
  }

  /** The section at a height (px). */
  sectionIndexAt(y: number): number {
    let low = 0;
    let high = this.sections.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.sections[middle] as Section).top <= y) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** Calls `visit` for every picture of a row with its left edge and width. */
  eachInRow(row: number, visit: (index: number, x: number, width: number) => void): void {
    const { start, end } = this.rowRange(row);
    const height = this.heights[row] ?? 0;
    let x = this.lefts[row] ?? 0;
    for (let index = start; index < end; index++) {
      const width = Math.min(this.options.width, (this.layout.aspects[index] as number) * height);
      visit(index, x, width);
      x += width + this.options.gap;
    }
  }

  /** Where a picture is. */
  box(index: number): Box {
    const row = this.rowOf(index);
    let box: Box = { x: 0, y: this.rowTop(row), width: 0, height: this.heights[row] ?? 0 };
    this.eachInRow(row, (at, x, width) => {
      if (at === index) box = { ...box, x, width };
    });
    return box;
  }

  /** The picture above (`-1`) or below (`1`) another: the one whose middle is nearest. Itself at the edge. */
  vertical(index: number, direction: -1 | 1): number {
    const own = this.rowOf(index);
    let next = own;
    while (this.tops[next] === this.tops[own]) next += direction;
    if (next < 0 || next >= this.rows) return index;
    const from = this.box(index);
    const middle = from.x + from.width / 2;
    let nearest = index;
    let distance = Number.POSITIVE_INFINITY;
    for (let row = next; this.tops[row] === this.tops[next]; row += direction) {
      this.eachInRow(row, (at, x, width) => {
        const away = Math.abs(x + width / 2 - middle);
        if (away < distance) [nearest, distance] = [at, away];
      });
    }
    return nearest;
  }

  /** The pictures that a rectangle touches. */
  within(area: Box): number[] {
    const found: number[] = [];
    const { start, end } = this.rowsBetween(area.y, area.y + area.height);
    for (let row = start; row < end; row++) {
      if (this.rowTop(row) > area.y + area.height || this.rowBottom(row) < area.y) continue;
      this.eachInRow(row, (index, x, width) => {
        if (x <= area.x + area.width && x + width >= area.x) found.push(index);
      });
    }
    return found;
  }
}

/** The width of a month's pictures in one row, when they leave room beside them; nothing for longer months. */
function shortWidth(aspects: Float32Array, start: number, end: number, options: JustifyOptions): number | undefined {
  const { width, rowHeight, gap } = options;
  let needed = -gap;
  for (let index = start; index < end; index++) {
    needed += (aspects[index] as number) * rowHeight + gap;
    if (needed > width * SHORT) return undefined;
  }
  return needed;
}

/** Index of the last of the first `count` values that is at most `value`; 0 when none is. */
function lastAtMost(values: Uint32Array | Float64Array, value: number, count: number): number {
  let low = 0;
  let high = count - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((values[middle] as number) <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}
