/** What the window says reads well, whatever the numbers in it are. */
import { expect, it } from 'vitest';
import { m } from '@/paraglide/messages';
import texts from '../../messages/en.json';

it('has typeset apostrophes and quotes', () => {
  const said = JSON.stringify(Object.entries(texts).filter(([key]) => !key.startsWith('$')));
  expect(JSON.parse(said)).not.toEqual([]);
  expect(said).not.toMatch(/'|\\"/);
});

it.each([
  [
    m.audit_fine({ count: 1, n: '1', date: 'today' }),
    'The store has the picture just as it confirmed it. Checked today.',
  ],
  [m.audit_problems({ count: 1, n: '1', date: 'today', what: '1 missing' }), 'Checked 1 picture on today: 1 missing.'],
  [m.rebuild_listing({ count: 1, n: '1' }), '1 object found in the bucket'],
  [m.rebuild_listing({ count: 1_200, n: '1,200' }), '1,200 objects found in the bucket'],
  [m.upload_group({ count: 1, n: '1' }), '1 file was not uploaded'],
  [m.deleted({ count: 1_200, n: '1,200' }), '1,200 pictures moved to the trash.'],
  [m.album_added({ count: 1_200, n: '1,200', name: 'Sea' }), '1,200 pictures added to the album Sea.'],
])('counts: %s', (said, expected) => expect(said).toBe(expected));
