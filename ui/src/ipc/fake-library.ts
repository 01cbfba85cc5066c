/** What the stand-in answers about its pictures: which, in what order, laid out how, and with which links. */
import type { FakePicture } from './fake-pictures';
import { compared, understand } from './fake-search';
import type {
  CameraRow,
  Counts,
  FoundBy,
  LibraryQuery,
  LinkFormat,
  LinkLife,
  LinkText,
  PictureEdit,
  PictureRow,
  TagRow,
} from './index';

/** The pictures of a part of the library that have all the words, in order. */
export function select(pictures: Iterable<FakePicture>, query: LibraryQuery): FakePicture[] {
  const { words, fits } = understand(query.text);
  const found = [...pictures].filter((picture) => {
    if ((query.scope === 'trash') !== (picture.deleted_at !== null)) return false;
    if (query.album !== undefined && !picture.albums.some(({ id }) => id === query.album)) return false;
    if (query.keep?.includes(picture.id)) return true;
    if (query.scope === 'favourites' && !picture.favourite) return false;
    if (query.scope === 'undescribed' && picture.description) return false;
    if (query.scope === 'recent' && picture.day < Date.UTC(2026, 8, 14) / 86_400_000) return false;
    if (!fits(picture)) return false;
    const text = [picture.name, picture.description, picture.alt_text, ...picture.tags].join(' ').toLowerCase();
    return words.every((word) => text.includes(word));
  });
  const by = {
    newest: (a: FakePicture, b: FakePicture) => b.day - a.day || b.id - a.id,
    oldest: (a: FakePicture, b: FakePicture) => a.day - b.day || a.id - b.id,
    added: (a: FakePicture, b: FakePicture) => b.added_at.localeCompare(a.added_at),
    name: (a: FakePicture, b: FakePicture) => a.name.localeCompare(b.name),
    size: (a: FakePicture, b: FakePicture) => b.size - a.size,
    deleted: (a: FakePicture, b: FakePicture) => (a.deleted_at ?? '').localeCompare(b.deleted_at ?? ''),
    rating: (a: FakePicture, b: FakePicture) => b.rating - a.rating || b.day - a.day || b.id - a.id,
  };
  return found.sort(by[query.sort]);
}

/** All cameras, by name. */
export function cameraRows(pictures: Iterable<FakePicture>): CameraRow[] {
  const counts = new Map<string, number>();
  for (const { camera, deleted_at } of pictures) {
    if (camera !== null && deleted_at === null) counts.set(camera, (counts.get(camera) ?? 0) + 1);
  }
  return [...counts]
    .map(([camera, count]) => ({ camera, pictures: count }))
    .sort((a, b) => a.camera.localeCompare(b.camera));
}

/** All tags, by name. */
export function tagRows(pictures: Iterable<FakePicture>): TagRow[] {
  const counts = new Map<string, number>();
  for (const picture of pictures) {
    for (const tag of picture.tags) counts.set(tag, (counts.get(tag) ?? 0) + (picture.deleted_at === null ? 1 : 0));
  }
  return [...counts]
    .map(([tag, count]) => ({ tag, pictures: count, by_model: 0 }))
    .sort((a, b) => a.tag.localeCompare(b.tag));
}

/** Why a search has found it: the stand-in knows of what was compared, and of the first of the words. */
export function foundBy(picture: FakePicture, text: string): FoundBy[] {
  const reasons = compared(picture, text);
  const [word] = understand(text).words;
  if (!word || picture.name.toLowerCase().includes(word)) return reasons;
  const tag = picture.tags.find((tag) => tag.toLowerCase().includes(word));
  if (tag) return [...reasons, { field: 'tag', text: tag }];
  const { description } = picture;
  return description?.toLowerCase().includes(word)
    ? [...reasons, { field: 'description', text: description }]
    : reasons;
}

/** Twelve bytes a picture, as the engine sends them: id, aspect ratio in thousandths, day. */
export function packLayout(pictures: FakePicture[]): ArrayBuffer {
  const bytes = new DataView(new ArrayBuffer(pictures.length * 12));
  pictures.forEach((picture, index) => {
    bytes.setUint32(index * 12, picture.id, true);
    const aspect = picture.width && picture.height ? picture.width / picture.height : 1;
    bytes.setUint32(index * 12 + 4, Math.round(aspect * 1000), true);
    bytes.setInt32(index * 12 + 8, picture.day, true);
  });
  return bytes.buffer;
}

/** A picture's link as a person pastes it. */
export function linkText(picture: FakePicture, format: LinkFormat, life: LinkLife): LinkText {
  const url = `http://127.0.0.1:41739/l/${picture.image_id}`;
  const alt = picture.alt_text ?? picture.name;
  const text = {
    url,
    markdown: `![${alt}](${url})`,
    html: `<img src="${url}" alt="${alt}">`,
    bbcode: `[img]${url}[/img]`,
  }[format];
  return { id: picture.id, text, life };
}

/** A person's change; what it doesn't name stays. */
export function editBy(picture: FakePicture, edit: PictureEdit): void {
  const { name, description, alt_text, taken_at, add_tags, remove_tags, ...marks } = edit;
  Object.assign(picture, marks);
  if (name !== undefined) picture.name = name;
  if (taken_at !== undefined) picture.taken_at = taken_at;
  if (description !== undefined) picture.description = description || null;
  if (alt_text !== undefined) picture.alt_text = alt_text || null;
  const gone = new Set(remove_tags);
  picture.tags = [...new Set([...picture.tags.filter((tag) => !gone.has(tag)), ...(add_tags ?? [])])];
  if (description === undefined && alt_text === undefined) return;
  const model = picture.described_by;
  if (model && model !== 'person' && picture.described_at) {
    const other = description === undefined ? 'description' : 'alt_text';
    if (picture[other] && edit[other] === undefined) {
      picture.models_text = { field: other, model, written_at: picture.described_at };
    }
  } else if (picture.models_text && edit[picture.models_text.field] !== undefined) picture.models_text = null;
  picture.described_by = 'person';
  picture.described_at = new Date().toISOString();
}

/** What a tile needs of a picture. */
export function rowOf(p: FakePicture, text: string, removed_at: string | null): PictureRow {
  const { id, name, format, size, width, height, thumbhash, has_thumbnail, favourite, fault } = p;
  const proven = p.proof !== 'not_proven';
  const alt = p.alt_text ?? p.name;
  const described = p.description !== null;
  const shown = { id, name, format, size, width, height, thumbhash, has_thumbnail, favourite, alt, described };
  return { ...shown, fault, proven, removed_at, found_by: foundBy(p, text) };
}

/** How many pictures each part has. */
export function countsOf(pictures: FakePicture[]): Omit<Counts, 'duplicates'> {
  const count = (scope: LibraryQuery['scope']) => select(pictures, { text: '', scope, sort: 'newest' }).length;
  return {
    all: count('all'),
    favourites: count('favourites'),
    recent: count('recent'),
    undescribed: count('undescribed'),
    trash: count('trash'),
    bytes: pictures.reduce((sum, picture) => sum + (picture.deleted_at ? 0 : picture.size), 0),
  };
}
