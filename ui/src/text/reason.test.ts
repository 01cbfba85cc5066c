import { describe, expect, it } from 'vitest';
import type { PictureRow } from '@/ipc';
import { readConditions, reasonOf, type Hit } from './reason';

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
  found_by: null,
};
const hit: Hit = { row, stars: 4, day: Date.UTC(2026, 9, 14) / 86_400_000, stays: false };
const why = (text: string, other: Partial<Hit> = {}) => {
  const reason = reasonOf({ ...hit, ...other }, text);
  return reason && [reason.where, reason.text].filter(Boolean).join(' ');
};

describe('the reason of a hit', () => {
  it.each([
    ['type:png', 'Format PNG'],
    ['TYPE:image/png', 'Format PNG'],
    ['size:>5mb', 'File size > 5 MB'],
    ['size:<=1.5kb', 'File size ≤ 1.5 kB'],
    ['size:800kib', 'File size 800 KiB'],
    ['width:>=6000', 'Size 6000 × 4000'],
    ['width:>100 height:<5000px', 'Size 6000 × 4000'],
    ['rating:>=4', 'Rating ★★★★'],
    ['on:2026', 'Date Oct 14, 2026'],
    ['after:2024-05 before:2027', 'Date Oct 14, 2026'],
    ['is:favourite', 'Favourite'],
    ['is:damaged', 'Damaged file'],
    ['is:undescribed', 'No description'],
    ['has:gps', 'Has GPS data'],
    ['has:"alt"', 'Has an alt text'],
    ['by:model', 'Described by AI'],
    ['type:png -tag:sea rating:4', 'Format PNG · Rating ★★★★'],
  ])('for %s is %s', (text, expected) => expect(why(text)).toBe(expected));

  it('is what words were found in, before anything else', () => {
    const found = { ...row, found_by: { field: 'tag', text: 'sea' } as const };
    expect(why('sea type:png', { row: found })).toBe('Tag sea');
  });

  it.each([
    'beach',
    'beach type:png',
    'name:beach has:gps',
    'size:large',
    'is:lovely',
    '',
    '-type:jpeg',
    '-(is:damaged)',
    'type:',
  ])('is none for %s', (text) => expect(why(text)).toBeUndefined());

  it('names one of several only where it is known to hold', () => {
    expect(why('type:png OR is:damaged')).toBe('Format PNG');
    expect(why('is:damaged OR has:gps')).toBeUndefined();
    expect(why('(type:jpeg OR rating:4)')).toBe('Rating ★★★★');
  });

  it('is none for what is still there and holds no longer', () => {
    expect(why('rating:5', { stays: true })).toBeUndefined();
    expect(why('by:model', { stays: true })).toBeUndefined();
    expect(why('is:undescribed', { stays: true, row: { ...row, described: true } })).toBeUndefined();
  });
});

it('reads what is wanted, and nothing of what is not', () => {
  const { conditions, all } = readConditions('type:png (-(is:damaged has:gps) on:2024) -rating:1');
  expect(conditions.map(({ field, value }) => `${field}:${value}`)).toEqual(['type:png', 'on:2024']);
  expect(all).toBe(false);
});
