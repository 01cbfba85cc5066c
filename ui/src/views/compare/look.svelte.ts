/**
 * How closely several pictures are looked at, and where: the same in all of them, so that they are zoomed and moved in step.
 * Places are shares of a picture, which pictures of different sizes have in common.
 */

/** A picture as it fits its pane, in px. */
export interface Fitted {
  /** The pane. */
  room: { width: number; height: number };
  /** The picture, all of it in sight. */
  width: number;
  height: number;
}

/** Where a picture is drawn, in px from the pane's top left. */
export interface Drawn {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** A point of a pane, in px from its top left. */
export interface Point {
  x: number;
  y: number;
}

/** How many times larger than it fits a picture is shown at most. */
const MOST = 24;

const clamp = (value: number, least: number, most: number) => Math.min(most, Math.max(least, value));

/** A picture as it fits a pane. Small ones are not enlarged. */
export function fit(room: Fitted['room'], width: number, height: number): Fitted {
  const scale = Math.min(1, room.width / width, room.height / height);
  return { room, width: width * scale, height: height * scale };
}

/** Where a side begins: in the middle while all of it is in sight, else so that the pane is filled. */
function start(room: number, length: number, centre: number): number {
  return length <= room ? (room - length) / 2 : clamp(room / 2 - centre * length, room - length, 0);
}

export class Look {
  /** How many times larger than they fit. */
  scale = $state(1);
  /** What is in the middle of the panes, as shares of the pictures. */
  private x = $state(0.5);
  private y = $state(0.5);

  /** Whether less than all is in sight. */
  get zoomed(): boolean {
    return this.scale > 1.001;
  }

  drawn({ room, width, height }: Fitted): Drawn {
    const [wide, tall] = [width * this.scale, height * this.scale];
    return {
      left: start(room.width, wide, this.x),
      top: start(room.height, tall, this.y),
      width: wide,
      height: tall,
    };
  }

  /** Enlarges, so that what is at a point of a pane stays there. */
  zoom(factor: number, fitted: Fitted, at: Point = { x: fitted.room.width / 2, y: fitted.room.height / 2 }): void {
    const before = this.drawn(fitted);
    const scale = clamp(this.scale * factor, 1, MOST);
    const [wide, tall] = [fitted.width * scale, fitted.height * scale];
    const left = at.x - ((at.x - before.left) / before.width) * wide;
    const top = at.y - ((at.y - before.top) / before.height) * tall;
    this.scale = scale;
    this.centre(fitted, left, top);
  }

  /** Moves the pictures by so many px of a pane. */
  pan(x: number, y: number, fitted: Fitted): void {
    const { left, top } = this.drawn(fitted);
    this.centre(fitted, left + x, top + y);
  }

  /** All of the pictures. */
  fit(): void {
    this.scale = 1;
    this.x = 0.5;
    this.y = 0.5;
  }

  /** Has a picture begin there, as far as its pane stays filled. */
  private centre({ room, width, height }: Fitted, left: number, top: number): void {
    const share = (length: number, room: number, from: number) =>
      length <= room ? 0.5 : (room / 2 - clamp(from, room - length, 0)) / length;
    this.x = share(width * this.scale, room.width, left);
    this.y = share(height * this.scale, room.height, top);
  }
}
