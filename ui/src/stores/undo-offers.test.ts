import { render, waitFor } from '@testing-library/svelte';
import { beforeEach, expect, it, vi } from 'vitest';
import App from '@/App.svelte';
import type { FakeIpc } from '@/ipc/fake';
import { prepare } from '@/test/start';
import { addTags, deleteForever, deletePictures, rate, replaceDamaged } from './actions';
import { descriptions } from './descriptions.svelte';
import { library } from './library.svelte';
import { saved } from './saved.svelte';
import { toasts } from './toasts.svelte';
import { turns } from './turns.svelte';
import { uploads } from './uploads.svelte';

let fake: FakeIpc;
let ids: number[];

const said = () => toasts.list.map((toast) => toast.message);
const offers = () => toasts.list.filter(({ action }) => action?.label === 'Undo').map(({ message }) => message);

/** What is edited from now on has a name in the history. */
function naming() {
  const edit = fake.editPictures;
  fake.editPictures = (...edited) => {
    fake.turns = { undo: JSON.stringify(edited), redo: null };
    return edit(...edited);
  };
}

beforeEach(async () => {
  fake = prepare();
  render(App);
  await waitFor(() => expect(library.layout.count).toBe(40));
  ids = [...library.layout.ids].slice(0, 3);
});

it('offers no way back from the trash to what was deleted for good', async () => {
  await deletePictures(ids);
  expect(offers()).toEqual(['3 pictures moved to the trash.']);
  await deleteForever(ids.slice(0, 2));
  await toasts.review();
  expect(offers(), 'one of them is still there').toHaveLength(1);
  await deleteForever(ids.slice(2));
  await waitFor(() => expect(offers()).toEqual([]));
});

it('offers no way back from the trash to what was restored on another device', async () => {
  await deletePictures(ids);
  expect(offers()).toHaveLength(1);
  await fake.restorePictures(ids);
  await waitFor(() => expect(offers()).toEqual([]));
});

it('offers to undo an edit until something else is done', async () => {
  naming();
  await rate(ids, 4);
  await waitFor(() => expect(offers()).toHaveLength(1));
  await addTags(ids, ['harbour']);
  await waitFor(() => expect(offers()).toEqual([expect.stringContaining('harbour')]));
});

it('undoes that a damaged picture was replaced, and nothing that was done since', async () => {
  await replaceDamaged(ids[0] ?? 0, ids[1] ?? 0);
  await waitFor(() => expect(offers()).toHaveLength(1));
  const offered = toasts.list.find(({ action }) => action);
  fake.turns = { undo: 'Rating 2 on 3 pictures', redo: null };
  offered?.action?.run();
  await waitFor(() => expect(said().join()).toContain('since'));
  expect(fake.called('undo')).toHaveLength(0);
});

it('offers to bring a saved search back until it is saved again', () => {
  library.query = { ...library.query, text: 'harbour' };
  saved.save();
  const [search] = saved.list;
  if (search) saved.remove(search);
  expect(offers()).toHaveLength(1);
  saved.save();
  return waitFor(() => expect(offers()).toEqual([]));
});

it('offers to take a cancelling back until what was cancelled is tried again', async () => {
  await fake.uploadPaths(['/home/anna/a.jpg']);
  await uploads.cancelAll();
  expect(offers()).toEqual(['1 upload cancelled']);
  await uploads.retryCancelled();
  expect(offers()).toEqual([]);
  await descriptions.ask(ids);
  await descriptions.cancel();
  expect(offers()).toEqual(['3 descriptions cancelled']);
  await descriptions.retry(true);
  expect(offers()).toEqual([]);
  await descriptions.cancel();
  await descriptions.close();
  expect(offers(), 'what was cancelled is off the list').toEqual([]);
});

it('says why descriptions stopped until they are cancelled', async () => {
  await descriptions.ask(ids);
  const why = 'OpenAI refused the API key.';
  fake.descriptions.stop('ai_key_rejected', why);
  fake.notice({
    kind: 'error',
    message: `Describing stopped. ${why} 3 pictures were not tried; they wait in the queue.`,
  });
  fake.notice({ kind: 'error', message: 'The disk is full.' });
  await waitFor(() => expect(said()).toHaveLength(2));
  await descriptions.cancel();
  await waitFor(() => expect(said()).toEqual(['The disk is full.', '3 descriptions cancelled']));
});

it('keeps an offer of which nobody can tell whether it stands', async () => {
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
  await deletePictures(ids);
  fake.fail('libraryLayout', { code: 'disk', message: 'The catalogue can’t be read.' });
  await turns.load();
  await toasts.review();
  expect(offers()).toHaveLength(1);
});
