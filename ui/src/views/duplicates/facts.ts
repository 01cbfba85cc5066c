/** What is said of a picture of a group, in the order in which it is compared, and in what it differs from the others. */
import { m } from '@/paraglide/messages';
import type { Difference, Duplicate, DuplicateGroup } from '@/ipc';
import { bytes, cameraTime, dimensions, number } from '@/text/format';

export interface Fact {
  text: string;
  /** Whether the pictures of the group differ in it. */
  differs: boolean;
}

/** What a person did to it, and what is wrong with it. */
function words(picture: Duplicate): string[] {
  const { tags, albums, rating } = picture;
  return [
    picture.described ? m.duplicates_described() : '',
    picture.favourite ? m.favourite() : '',
    rating > 0 ? '★'.repeat(rating) : '',
    tags > 0 ? m.duplicates_tags({ count: tags, n: number(tags) }) : '',
    albums > 0 ? m.duplicates_albums({ count: albums, n: number(albums) }) : '',
  ].filter((text) => text !== '');
}

export function facts(picture: Duplicate, group: DuplicateGroup): Fact[] {
  const { width, height } = picture;
  const differs = (difference: Difference) => group.differs.includes(difference);
  const known: [Difference, string | null][] = [
    ['whole', picture.damaged ? m.duplicates_damaged() : null],
    ['pixels', width && height ? dimensions(width, height) : null],
    ['format', picture.format],
    ['bytes', bytes(picture.size)],
    ['date', picture.taken_at ? cameraTime(picture.taken_at) : differs('date') ? m.duplicates_no_date() : null],
    ['camera', picture.camera ?? (differs('camera') ? m.duplicates_no_camera() : null)],
    ['frame', picture.framed ? m.duplicates_framed() : null],
    ...words(picture).map((text): [Difference, string] => ['words', text]),
  ];
  return known.flatMap(([difference, text]) => (text === null ? [] : [{ text, differs: differs(difference) }]));
}

/** Why a picture is the proposed one. */
export function whyOf(group: DuplicateGroup): string | undefined {
  const why: Partial<Record<Difference, string>> = {
    whole: m.duplicates_why_whole(),
    pixels: m.duplicates_why_pixels(),
    format: m.duplicates_why_format(),
    bytes: m.duplicates_why_bytes(),
    date: m.duplicates_why_date(),
    camera: m.duplicates_why_camera(),
    words: m.duplicates_why_words(),
    added: m.duplicates_why_added(),
  };
  return group.why ? why[group.why] : undefined;
}
