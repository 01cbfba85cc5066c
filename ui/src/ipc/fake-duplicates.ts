/** The stand-in's duplicates: groups that a test gives it, and what is decided about them. */
import { FakeCalls } from './fake-calls';
import type { FakePicture } from './fake-pictures';
import type { Difference, Duplicate, DuplicateGroup, GroupKind, Turns } from './index';

/** What a group shows of a picture. */
function duplicateOf(picture: FakePicture): Duplicate {
  const { id, image_id, name, size, width, height, taken_at, added_at, camera, favourite, rating } = picture;
  return {
    ...{ id, image_id, name, size, width, height, taken_at, added_at, camera, favourite, rating },
    alt: picture.alt_text ?? name,
    format: picture.format_label,
    damaged: false,
    framed: picture.rotation !== 0 || picture.crop !== null,
    described: picture.described_by === 'person',
    tags: picture.tags.length,
    albums: picture.albums.length,
    thumbhash: picture.thumbhash,
    has_thumbnail: picture.has_thumbnail,
  };
}

export abstract class FakeDuplicates extends FakeCalls {
  abstract readonly pictures: Map<number, FakePicture>;
  abstract turns: Turns;
  /** Moves pictures to the trash, and tells of it. */
  protected abstract trashed(ids: number[]): void;

  /** What is listed. */
  readonly groups: Record<GroupKind, DuplicateGroup[]> = { duplicates: [], burst: [] };

  /** Has pictures belong together, of which the first is the proposed one. */
  group(ids: number[], why: Difference | null = 'pixels', differs: Difference[] = ['pixels', 'bytes']): void {
    const members = ids.flatMap((id) => this.pictures.get(id) ?? []).map(duplicateOf);
    this.groups.duplicates.push({ keep: ids[0] ?? null, why, differs, members });
  }

  /** Has pictures be a burst. */
  burst(ids: number[]): void {
    const members = ids.flatMap((id) => this.pictures.get(id) ?? []).map(duplicateOf);
    this.groups.burst.push({ keep: null, why: null, differs: [], members });
  }

  duplicates = (kind: GroupKind, limit: number) =>
    this.answer('duplicates', [kind, limit], () => {
      const groups = this.groups[kind];
      return { groups: groups.slice(0, limit), more: groups.length > limit };
    });

  keepDuplicates = (keep: number[], others: number[]) =>
    this.answer('keepDuplicates', [keep, others], () => {
      this.decided('Duplicates moved to the trash', others);
      this.trashed(others);
      return others;
    });

  decideDuplicates = (ids: number[], same: boolean) =>
    this.answer('decideDuplicates', [ids, same], () => {
      if (!same) this.decided(`${ids.length} pictures said to be different`, ids);
      this.trashed([]);
    });

  /** Takes pictures out of their groups; one alone is none. */
  private decided(title: string, ids: number[]): void {
    for (const kind of ['duplicates', 'burst'] as const) {
      const left = this.groups[kind].map((group) => ({
        ...group,
        members: group.members.filter(({ id }) => !ids.includes(id)),
      }));
      this.groups[kind] = left.filter(({ members }) => members.length > 1);
    }
    this.turns = { undo: title, redo: null };
  }
}
