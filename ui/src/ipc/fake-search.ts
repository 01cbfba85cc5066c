/** The filters of a search as the stand-in understands them: enough for what the window can ask for by a click. */
import { filters, without } from '@/text/filters';
import type { FakePicture } from './fake-pictures';
import type { FoundBy } from './index';

type Meets = (picture: FakePicture, value: string) => boolean;

/** The first day of a year, a month or a day, since 1970-01-01. */
function dayOf(value: string): number {
  const [year = 0, month = 1, day = 1] = value.split('-').map(Number);
  return Date.UTC(year, month - 1, day) / 86_400_000;
}

const meets: Record<string, Meets> = {
  name: (picture, value) => picture.name.toLowerCase().includes(value.toLowerCase()),
  type: (picture, value) => picture.format === value,
  rating: (picture, value) =>
    value.startsWith('>=') ? picture.rating >= Number(value.slice(2)) : picture.rating === Number(value),
  album: (picture, value) => picture.albums.some(({ name }) => name.toLowerCase() === value.toLowerCase()),
  by: ({ described_by }, value) => described_by !== null && (described_by === 'person') === (value === 'person'),
  after: (picture, value) => picture.day >= dayOf(value),
  before: (picture, value) => picture.day < dayOf(value),
  is: (picture, value) =>
    ({
      favourite: picture.favourite,
      described: picture.description !== null,
      undescribed: picture.description === null,
      damaged: picture.remark !== null,
    })[value] ?? false,
};

/** The words of a text that are no filters, and whether a picture meets those that are. */
export function understand(text: string): { words: string[]; fits: (picture: FakePicture) => boolean } {
  const understood = filters(text).filter(({ field }) => field === 'tag' || Object.hasOwn(meets, field));
  const tags = understood.map((filter) => ({ ...filter, whole: text[filter.from + 4] === '"' }));
  const rest = understood.reduceRight((left, filter) => without(left, filter), text);
  return {
    words: rest.toLowerCase().split(/\s+/).filter(Boolean),
    fits: (picture) =>
      tags.every(({ field, value, whole }) =>
        field === 'tag'
          ? picture.tags.some((tag) => (whole ? tag === value : tag.includes(value)))
          : meets[field]?.(picture, value),
      ),
  };
}

/** What a picture has of what was compared. */
export function compared(picture: FakePicture, text: string): FoundBy[] {
  return filters(text).flatMap(({ field, value }): FoundBy[] => {
    if (field === 'rating') return [{ field, text: String(picture.rating) }];
    if (field === 'type') return [{ field, text: picture.format }];
    if (field === 'size') return [{ field, text: String(picture.size) }];
    return field === 'is' || field === 'by' ? [{ field, text: value }] : [];
  });
}
