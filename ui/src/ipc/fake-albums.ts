/** The stand-in's albums. Which pictures are in them stands with the pictures. */
import type { FakePicture } from './fake-pictures';
import type { AlbumRow } from './index';

export class FakeAlbums {
  private readonly made = new Map<string, string>();

  constructor(private readonly pictures: () => Iterable<FakePicture>) {}

  create(name: string): AlbumRow {
    const id = `album-${this.made.size + 1}`;
    this.made.set(id, name);
    return this.row(id);
  }

  row(id: string): AlbumRow {
    const within = [...this.pictures()].filter(
      (picture) => picture.deleted_at === null && picture.albums.some((album) => album.id === id),
    );
    const name = this.made.get(id) ?? '';
    return { id, name, pictures: within.length, created_at: '2026-09-14T10:00:00.000Z', pending: false };
  }

  /** By name. */
  rows(): AlbumRow[] {
    return [...this.made.keys()].map((id) => this.row(id)).sort((a, b) => a.name.localeCompare(b.name));
  }
}
