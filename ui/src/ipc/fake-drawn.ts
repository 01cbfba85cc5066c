/** Addresses of the stand-in's pictures: drawn when they are first asked for. */
import { draw, type FakePicture } from './fake-pictures';

export class Drawn {
  private readonly urls = new Map<string, string>();

  constructor(private readonly picture: (id: number) => FakePicture) {}

  /** A picture at a width in px. */
  url(id: number, width: number): string {
    const key = `${id}/${width}`;
    let url = this.urls.get(key);
    if (!url) {
      url = `data:image/svg+xml,${encodeURIComponent(draw(this.picture(id), width))}`;
      this.urls.set(key, url);
    }
    return url;
  }
}
