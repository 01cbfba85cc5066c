/** Where each picture is in a layout. Local numbers are small and dense, so an array has them in a fraction of a map's room. */
export class Places {
  /** The place of a picture, plus 1. */
  private places = new Uint32Array(1_024);

  constructor(ids: Uint32Array) {
    this.fill(ids);
  }

  /** Is about another layout from now on. */
  fill(ids: Uint32Array): void {
    let highest = 0;
    for (const id of ids) if (id > highest) highest = id;
    // With room for those that are to come, so that not every new picture takes a new array.
    if (highest >= this.places.length) this.places = new Uint32Array(Math.ceil(highest * 1.25) + 1);
    else this.places.fill(0);
    for (let place = 0; place < ids.length; place++) this.places[ids[place] as number] = place + 1;
  }

  /** -1 when it isn't there. */
  of(id: number): number {
    return (this.places[id] ?? 0) - 1;
  }
}
