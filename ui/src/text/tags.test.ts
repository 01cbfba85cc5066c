import { expect, it } from 'vitest';
import { tagsIn } from './tags';

it('makes one tag of spellings that differ in case only, as it was written first', () => {
  expect(tagsIn('sea, Sea, SEA, boats,, \u0041\u030A, å')).toEqual(['sea', 'boats', '\u0041\u030A']);
});
