/** The pages of a picture that has several: a TIFF, as scanners and fax machines write it. */
import { ipc } from '@/ipc';
import { previewUrl } from '@/stores/addresses';

/** A page as the window has it: where it is, and its size in pixels. */
export interface ShownPage {
  src: string;
  width: number;
  height: number;
}

export class Pages {
  /** The page that is shown, counted from 0. */
  page = $state(0);
  /** How many there are; 1 for what has no pages. */
  total = $state(1);

  private id: number | undefined;
  /** The page that was asked for last: it isn't shown before it has arrived. */
  private wanted = 0;
  private readonly turned = new Map<number, ShownPage & { page: number }>();

  /** `shows` has a picture drawn anew, whose page is another one. */
  constructor(private readonly shows: (id: number) => void) {}

  /** What is shown in the place of a picture. */
  of(id: number): ShownPage | undefined {
    return this.turned.get(id);
  }

  /** Another picture is looked at, whose format may be known only later. */
  async follow(id: number, format: string | undefined): Promise<void> {
    if (id === this.id) return;
    this.page = this.turned.get(id)?.page ?? 0;
    this.wanted = this.page;
    this.total = 1;
    this.id = format === undefined ? undefined : id;
    if (format !== 'tiff') return;
    const picture = await ipc()
      .picture(id)
      .catch(() => undefined);
    if (this.id === id) this.total = picture?.facts.frames ?? 1;
  }

  /** To another page, if there is one. Where it can't be had, the one that is shown stays. */
  async turn(by: number): Promise<void> {
    const { id } = this;
    const page = this.wanted + by;
    if (id === undefined || page < 0 || page >= this.total) return;
    this.wanted = page;
    const image = new Image();
    image.src = previewUrl(id, page);
    const arrived = await image.decode().then(
      () => true,
      () => false,
    );
    if (this.id !== id || this.wanted !== page) return;
    if (!arrived) {
      this.wanted = this.page;
      return;
    }
    this.page = page;
    this.turned.set(id, { page, src: image.src, width: image.naturalWidth, height: image.naturalHeight });
    this.shows(id);
  }
}
