import { describe, expect, it } from 'vitest';
import type { FoundBy, PictureRow } from '@/ipc';
import { reasonOf } from './reason';

const row: PictureRow = {
  id: 1,
  name: 'beach.png',
  format: 'png',
  width: 6000,
  height: 4000,
  thumbhash: null,
  has_thumbnail: true,
  favourite: true,
  alt: 'A beach',
  described: false,
  fault: null,
  proven: true,
  removed_at: null,
  size: 1000,
  found_by: [],
};
const why = (...found_by: FoundBy[]) => {
  const reason = reasonOf({ ...row, found_by });
  return reason && [reason.where, reason.text].filter(Boolean).join(' ');
};

describe('the reason of a hit', () => {
  it.each<[FoundBy['field'], string, string]>([
    ['tag', 'sea', 'Tag sea'],
    ['type', 'png', 'Format PNG'],
    ['size', '5000000', 'File size 5 MB'],
    ['width', '6000', 'Size 6000 × 4000'],
    ['height', '4000', 'Size 6000 × 4000'],
    ['rating', '4', 'Rating ★★★★'],
    ['rating', '0', 'Rating No stars'],
    ['on', '2026-10-14T23:30:00', 'Date Oct 14, 2026'],
    ['after', '2026-10-14T23:30:00+14:00', 'Date Oct 14, 2026'],
    ['is', 'favourite', 'Favourite'],
    ['is', 'damaged', 'Damaged file'],
    ['is', 'undescribed', 'No description'],
    ['has', 'gps', 'Has GPS data'],
    ['has', 'alt', 'Has an alt text'],
    ['by', 'model', 'Described by AI'],
  ])('%s %s is said as %s', (field, text, said) => expect(why({ field, text })).toBe(said));

  it('names all that was compared, once each', () => {
    const compared: FoundBy[] = [
      { field: 'type', text: 'png' },
      { field: 'rating', text: '4' },
      { field: 'width', text: '6000' },
      { field: 'height', text: '4000' },
    ];
    expect(why(...compared)).toBe('Format PNG · Rating ★★★★ · Size 6000 × 4000');
  });

  it('is none where the name says it', () => expect(why()).toBeUndefined());
});
