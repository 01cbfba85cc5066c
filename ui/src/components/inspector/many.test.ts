/** No word that is typed about several pictures is lost. */
import { render, screen as page, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, expect, it } from 'vitest';
import { engineError, type FakeIpc } from '@/ipc/fake';
import { drafts } from '@/stores/drafts.svelte';
import { selection } from '@/stores/selection.svelte';
import { start } from '@/test/start';
import Inspector from './Inspector.svelte';

let fake: FakeIpc;

beforeEach(async () => {
  fake = await start();
  selection.set([40, 39]);
  render(Inspector, { onclose() {} });
  await page.findByTestId('many-tags');
});

const tags = () => page.getByTestId('many-tags');
const added = () => fake.called('editPictures');

it('keeps them on Escape, which leaves the field', async () => {
  await userEvent.type(tags(), 'sea{Escape}');
  await waitFor(() => expect(added()).toEqual([[[40, 39], { add_tags: ['sea'] }]]));
  expect(page.getByTestId('inspector')).toHaveFocus();
  await userEvent.type(page.getByTestId('many-album'), 'Lofoten{Escape}');
  await waitFor(() => expect(fake.called('createAlbum')).toEqual([['Lofoten', [40, 39]]]));
});

it('keeps them when the app is about to end', async () => {
  await userEvent.type(tags(), 'sea');
  expect(await drafts.saveAll()).toBe(true);
  expect(added()).toEqual([[[40, 39], { add_tags: ['sea'] }]]);
});

it('keeps them for the pictures that were selected when others are', async () => {
  await userEvent.type(tags(), 'sea');
  selection.set([38, 37]);
  await waitFor(() => expect(added()).toEqual([[[40, 39], { add_tags: ['sea'] }]]));
  expect(tags()).toHaveValue('');
});

it('has what was refused in the field again, with the reason, when the same pictures are selected', async () => {
  fake.fail('editPictures', engineError('disk', 'The disk is full.'));
  await userEvent.type(tags(), 'sea{Enter}');
  expect(await page.findByTestId('field-failure')).toHaveTextContent('The disk is full.');
  selection.set([38, 37]);
  await waitFor(() => expect(page.queryByTestId('field-failure')).toBeNull());
  selection.set([39, 40]);
  expect(await page.findByTestId('field-failure')).toHaveTextContent('The disk is full.');
  expect((tags() as HTMLInputElement).value).toContain('sea');
  fake.fail('editPictures', undefined);
  await userEvent.click(page.getByTestId('field-retry'));
  await waitFor(() => expect(fake.pictures.get(39)?.tags).toContain('sea'));
});
