/** The stand-in's albums. Which pictures are in them stands with the pictures. */
import type { FakePicture } from './fake-pictures';
import type { AlbumRow } from './index';

interface Album {
  name: string;
  cover: number | null;
}

/** An album that was deleted, with the pictures that were in it. */
interface Removed {
  id: string;
  album: Album;
  pictures: FakePicture[];
}

export class FakeAlbums {
  private readonly made = new Map<string, Album>();
  private removed: Removed | undefined;
  private next = 1;

  constructor(private readonly pictures: () => Iterable<FakePicture>) {}

  create(name: string): AlbumRow {
    const id = `album-${this.next++}`;
    this.made.set(id, { name, cover: null });
    return this.row(id);
  }

  has(id: string): boolean {
    return this.made.has(id);
  }

  rename(id: string, name: string): void {
    const album = this.made.get(id);
    if (album) album.name = name;
  }

  setCover(id: string, cover: number | null): void {
    const album = this.made.get(id);
    if (album) album.cover = cover;
  }

  remove(id: string): void {
    const album = this.made.get(id);
    if (!album) return;
    this.removed = { id, album, pictures: this.within(id) };
    this.made.delete(id);
    for (const picture of this.pictures()) picture.albums = picture.albums.filter((other) => other.id !== id);
  }

  /** Brings the album back that was deleted last, if that is what is undone. */
  bringBack(title: string): boolean {
    const { removed } = this;
    if (!removed || title !== `Album “${removed.album.name}” deleted`) return false;
    this.removed = undefined;
    this.made.set(removed.id, removed.album);
    this.add(
      removed.id,
      removed.pictures.map(({ id }) => id),
    );
    return true;
  }

  add(id: string, ids: number[]): void {
    const row = this.row(id);
    for (const picture of this.pictures()) {
      const there = picture.albums.some((album) => album.id === id);
      if (ids.includes(picture.id) && !there) picture.albums = [...picture.albums, row];
    }
  }

  takeOut(id: string, ids: number[]): void {
    for (const picture of this.pictures())
      if (ids.includes(picture.id)) picture.albums = picture.albums.filter((album) => album.id !== id);
  }

  private within(id: string): FakePicture[] {
    return [...this.pictures()].filter(
      (picture) => picture.deleted_at === null && picture.albums.some((album) => album.id === id),
    );
  }

  row(id: string): AlbumRow {
    const within = this.within(id);
    const { name, cover } = this.made.get(id) ?? { name: '', cover: null };
    const shown = [...this.pictures()].find((picture) => picture.id === cover) ?? within[0];
    return {
      id,
      name,
      pictures: within.length,
      cover: shown?.id ?? null,
      cover_id: shown?.image_id ?? null,
      created_at: '2026-09-14T10:00:00.000Z',
      pending: false,
    };
  }

  /** By name. */
  rows(): AlbumRow[] {
    return [...this.made.keys()].map((id) => this.row(id)).sort((a, b) => a.name.localeCompare(b.name));
  }
}
