import { screen as page, waitFor } from '@testing-library/svelte';
import { expect, it } from 'vitest';
import type { LastCheck } from '@/ipc';
import { inspect } from '@/test/inspect';

const failed: LastCheck = { at: '2026-11-02T09:30:00Z', outcome: 'failed', message: 'The service can’t be reached.' };

it.each([
  ['a picture that was confirmed once', {}],
  ['one that nothing is proven of', { proof: 'not_proven', verified_at: null, verified_by: 'It was found.' }],
  ['one that was found missing before', { fault: 'missing' }],
])('says of a check that came to nothing that it was tried only: %s', async (_, change) => {
  const { fake, id } = await inspect();
  Object.assign(fake.pictures.get(id) ?? {}, change, { last_check: failed });
  fake.libraryChanged();
  const said = await page.findByTestId('last-check');
  await waitFor(() =>
    expect(said).toHaveTextContent(/^Could not be checked on .*2026.*: The service can’t be reached\.$/),
  );
  expect(said).not.toHaveTextContent('Checked again');
  // Why it could not be asked about is no word on what is stored.
  expect(page.getByTestId('receipt')).not.toHaveTextContent('can’t be reached');
});
