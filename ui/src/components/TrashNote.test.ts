import { render, screen as page, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { expect, it } from 'vitest';
import { deleteForever } from '@/stores/actions';
import { goTo } from '@/stores/commands';
import { library } from '@/stores/library.svelte';
import { screen } from '@/stores/screen.svelte';
import { toasts } from '@/stores/toasts.svelte';
import { prepare } from '@/test/start';
import type { FakeIpc } from '@/ipc/fake';
import App from '../App.svelte';

const DAY_MS = 86_400_000;

/** The window, at the trash, with pictures that were deleted so many days ago. */
async function trashed(fake: FakeIpc, ages: number[]): Promise<number[]> {
  const ids = [...fake.pictures.keys()].slice(0, ages.length);
  ids.forEach((id, index) => {
    const picture = fake.pictures.get(id);
    if (picture) picture.deleted_at = new Date(Date.now() - (ages[index] ?? 0) * DAY_MS).toISOString();
  });
  render(App);
  await page.findByTestId('shown-count');
  goTo('trash');
  await page.findByTestId('trash-note');
  return ids;
}

it('says that nothing is deleted by itself where nobody said so', async () => {
  await trashed(prepare(), [400]);
  expect(page.getByTestId('trash-note')).toHaveTextContent(
    'stay in the trash until you restore them or delete them forever',
  );
  expect(page.queryByTestId('tile-left')).toBeNull();
  expect(page.getByTestId('trash-note')).toHaveTextContent(/It takes \d.* until then\./);
  await userEvent.click(page.getByTestId('trash-change'));
  expect([screen.dialog, screen.settingsPage]).toEqual(['settings', 'storage']);
});

it('says how long, when the next one goes, and how long each is still there; what goes first comes first', async () => {
  const fake = prepare();
  fake.bin.rule = { days: 30, since: Date.now() - 100 * DAY_MS };
  const [young, old] = await trashed(fake, [3, 29.5]);
  expect(page.getByTestId('trash-note')).toHaveTextContent(/stay in the trash for 30 days.*The next one goes on/);
  expect([...library.layout.ids]).toEqual([old, young]);
  await waitFor(() =>
    expect(page.getAllByTestId('tile-left').map((left) => left.textContent)).toEqual([
      'Less than a day left',
      '27 days left',
    ]),
  );
});

it('names who says so, and offers no change of what is not the person’s to change', async () => {
  const fake = prepare();
  fake.bin.own = false;
  fake.bin.rule = { days: 30, since: 0 };
  await trashed(fake, [3]);
  expect(page.getByTestId('trash-note')).toHaveTextContent('Your service keeps pictures in the trash for 30 days');
  expect(page.queryByTestId('trash-change')).toBeNull();
});

it('asks about several pictures as about several', async () => {
  const ids = await trashed(prepare(), [1, 2]);
  screen.open('delete_forever', ids);
  const dialog = await page.findByTestId('delete-forever-dialog');
  expect(dialog).toHaveTextContent('Delete 2 pictures forever?');
  expect(dialog).toHaveTextContent('They are removed from the library and from this computer.');
});

it('speaks of other devices only where there may be some', async () => {
  const fake = prepare();
  fake.enter('https://pictures.example.com', 'anna');
  screen.open('delete_forever', await trashed(fake, [1]));
  const dialog = await page.findByTestId('delete-forever-dialog');
  expect(dialog).toHaveTextContent('It is removed from the library and from storage, on all your devices.');
});

it('says that it does not know', async () => {
  const fake = prepare();
  Object.assign(fake.bin, { own: false, known: false });
  await trashed(fake, [3]);
  expect(page.getByTestId('trash-note')).toHaveTextContent('has not said how long');
});

it('calls nothing deleted that has still to be', async () => {
  const fake = prepare();
  const [id] = await trashed(fake, [3]);
  fake.setState({ connection: { status: 'offline', reason: 'It can’t be reached.' } });
  await deleteForever([id ?? 0]);
  expect(toasts.list.at(-1)?.message).toBe('It is deleted forever as soon as this computer’s store can be reached.');
});
