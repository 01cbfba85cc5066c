/**
 * Browsers cap the height of an element (about 33 million px), which is less than a library of a million pictures needs.
 * So the scrolled element is at most `MAX_TRACK` high, and its scroll position is mapped to a position in the grid:
 * small movements go 1:1, so that a wheel or a finger moves pictures by what it moved; jumps, such as dragging the
 * scroll bar, go by proportion, so that the last picture is always reachable.
 */

/** Height of the scrolled element at most, in px. Well below every browser's cap. */
export const MAX_TRACK = 8_000_000;

export class ScrollMap {
  /** Height of the grid in px. */
  private content = 0;
  private viewport = 0;
  /** Scroll position of the element, as last seen or set. */
  private scrolled = 0;
  /** The position in the grid that is at the top of the viewport. */
  position = 0;

  constructor(private readonly maxTrack: number = MAX_TRACK) {}

  /** Height that the scrolled element gets. */
  get track(): number {
    return Math.min(this.content, this.maxTrack);
  }

  /** Add this to a position in the grid to get a position in the scrolled element. */
  get shift(): number {
    return this.scrolled - this.position;
  }

  private get maxPosition(): number {
    return Math.max(0, this.content - this.viewport);
  }

  private get maxScroll(): number {
    return Math.max(0, this.track - this.viewport);
  }

  /** Grid pixels for one pixel of the scroll bar's way. 1 for all but huge libraries. */
  private get ratio(): number {
    return this.maxScroll > 0 ? this.maxPosition / this.maxScroll : 1;
  }

  /** Sets the sizes, and gives the scroll position that the element must take. */
  resize(content: number, viewport: number): number {
    this.content = content;
    this.viewport = viewport;
    return this.goTo(this.position);
  }

  /** Moves to a position in the grid, and gives the scroll position that the element must take. */
  goTo(position: number): number {
    this.position = Math.min(this.maxPosition, Math.max(0, position));
    this.scrolled = this.position / this.ratio;
    return this.scrolled;
  }

  /**
   * Takes over where the element was scrolled to. Gives the scroll position that the element must be moved to, where
   * it ran against an end before the grid did; otherwise nothing.
   */
  scrollTo(scrolled: number): number | undefined {
    const delta = scrolled - this.scrolled;
    const jump = Math.abs(delta) > this.viewport * 2;
    this.scrolled = scrolled;
    const wanted = jump || this.ratio === 1 ? scrolled * this.ratio : this.position + delta;
    this.position = Math.min(this.maxPosition, Math.max(0, wanted));
    // The last pixel of the scroll bar's way may be many of the grid's: there is nothing left to turn the wheel for.
    if (scrolled <= 0 && this.position < this.ratio * 2) this.position = 0;
    if (scrolled >= this.maxScroll - 0.5 && this.maxPosition - this.position < this.ratio * 2) {
      this.position = this.maxPosition;
    }
    const atEnd = scrolled <= 0 || scrolled >= this.maxScroll - 0.5;
    const gridAtEnd = this.position <= 0 || this.position >= this.maxPosition - 0.5;
    return atEnd !== gridAtEnd ? this.settle() : undefined;
  }

  /** Brings scroll bar and grid into proportion again, once scrolling has come to rest; pictures don't move. */
  settle(): number | undefined {
    const proper = this.position / this.ratio;
    if (Math.abs(proper - this.scrolled) < 1) return undefined;
    this.scrolled = proper;
    return proper;
  }
}
