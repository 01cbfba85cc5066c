import { render, screen as page, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { expect, it } from 'vitest';
import App from '@/App.svelte';
import { engineError, type FakeIpc } from '@/ipc/fake';
import { duplicates } from '@/stores/duplicates.svelte';
import { library } from '@/stores/library.svelte';
import { prepare } from '@/test/start';

/** The window with groups of its newest pictures: three, two, and a burst of two. */
async function open(): Promise<{ fake: FakeIpc; ids: number[] }> {
  const fake = prepare();
  const ids = [...fake.pictures.keys()].slice(0, 7);
  const of = (...places: number[]) => places.map((place) => ids[place] as number);
  fake.group(of(0, 1, 2));
  fake.group(of(3, 4), 'format', ['format']);
  fake.burst(of(5, 6));
  render(App);
  await page.findAllByTestId('tile');
  return { fake, ids };
}

/** The same, with the duplicates on the screen. */
async function show(): Promise<{ fake: FakeIpc; ids: number[] }> {
  const opened = await open();
  await userEvent.click(page.getByTestId('scope-duplicates'));
  await page.findAllByTestId('duplicate-group');
  return opened;
}

const groups = () => page.queryAllByTestId('duplicate-group');
const pictures = () => groups().map((group) => within(group).getAllByTestId('duplicate').length);
const at = () =>
  [document.activeElement, document.activeElement].map((element, index) =>
    Number((element as HTMLElement).dataset[index === 0 ? 'at' : 'place']),
  );

/** Puts the keyboard on the first picture. */
function enter() {
  document.querySelector<HTMLElement>('[data-at="0"][data-place="0"]')?.focus();
}

it('has an entry with the number of groups, and leads back to pictures', async () => {
  await open();
  expect(page.getByTestId('count-duplicates')).toHaveTextContent('2');
  await userEvent.click(page.getByTestId('scope-duplicates'));
  await waitFor(() => expect(pictures()).toEqual([3, 2]));
  expect(page.getByTestId('scope-duplicates')).toHaveAttribute('aria-current', 'page');
  expect(page.getByTestId('scope-all')).not.toHaveAttribute('aria-current');
  expect(page.getByTestId('groups-count')).toHaveTextContent('2 groups');
  expect(page.queryByTestId('grid')).toBeNull();
  await userEvent.click(page.getByTestId('scope-all'));
  await page.findByTestId('grid');
  expect(page.queryByTestId('duplicates')).toBeNull();
});

it('marks the proposed one, says why, and what the pictures differ in', async () => {
  const { fake, ids } = await show();
  const first = groups()[0] as HTMLElement;
  expect(within(first).getAllByTestId('proposed')).toHaveLength(1);
  const proposed = within(first).getAllByTestId('duplicate')[0] as HTMLElement;
  expect(proposed).toHaveTextContent('More pixels');
  expect(proposed).toHaveTextContent(fake.pictures.get(ids[0] as number)?.name ?? '-');
  expect(within(proposed).getAllByTestId('differs')).toHaveLength(2);
  const name = (groups()[0] as HTMLElement).getAttribute('aria-label');
  expect(name).toMatch(/^Group 1 of 2: /);
});

it('keeps the better with one click, and takes that back', async () => {
  const { fake, ids } = await show();
  await userEvent.click(within(groups()[0] as HTMLElement).getByTestId('keep-better'));
  await waitFor(() => expect(pictures()).toEqual([2]));
  expect(fake.called('keepDuplicates')).toEqual([[[ids[0]], [ids[1], ids[2]]]]);
  expect(await page.findByText('2 duplicates are in the trash.')).toBeVisible();
  await userEvent.click(page.getByRole('button', { name: 'Undo' }));
  await waitFor(() => expect(fake.called('undo')).toHaveLength(1));
});

it('keeps another one, and says that pictures are different', async () => {
  const { fake, ids } = await show();
  await userEvent.click(within(groups()[1] as HTMLElement).getAllByTestId('keep-this')[1] as HTMLElement);
  await waitFor(() => expect(pictures()).toEqual([3]));
  expect(fake.called('keepDuplicates')).toEqual([[[ids[4]], [ids[3]]]]);
  await userEvent.click(page.getByTestId('apart'));
  await page.findByTestId('duplicates-empty');
  expect(fake.called('decideDuplicates')).toEqual([[ids.slice(0, 3), false]]);
  expect(page.getByTestId('duplicates-empty')).toHaveTextContent('No duplicates');
});

it('is worked through with the keyboard alone', async () => {
  const { fake, ids } = await show();
  enter();
  await userEvent.keyboard('{ArrowRight}');
  expect(at()).toEqual([0, 1]);
  await userEvent.keyboard('{ArrowDown}');
  expect(at()).toEqual([1, 1]);
  await userEvent.keyboard('{ArrowUp}{ArrowRight}{ArrowRight}');
  expect(at()).toEqual([0, 2]);
  await userEvent.keyboard('{Delete}');
  await waitFor(() => expect(fake.called('keepDuplicates')).toEqual([[[ids[0]], [ids[2]]]]));
  await waitFor(() => expect(pictures()).toEqual([2, 2]));
  enter();
  await userEvent.keyboard('{ArrowRight}{Enter}');
  await waitFor(() => expect(fake.called('keepDuplicates')[1]).toEqual([[ids[1]], [ids[0]]]));
  await waitFor(() => expect(pictures()).toEqual([2]));
  await waitFor(() => expect(at()).toEqual([0, 0]));
  await userEvent.keyboard('x');
  await waitFor(() => expect(fake.called('decideDuplicates')).toEqual([[[ids[3], ids[4]], false]]));
});

it('keeps the better with B, and compares with C', async () => {
  const { fake, ids } = await show();
  enter();
  await userEvent.keyboard('c');
  await page.findByTestId('compare');
  expect(page.getAllByTestId('compare-pane')).toHaveLength(3);
  await userEvent.keyboard('{Escape}');
  await waitFor(() => expect(page.queryByTestId('compare')).toBeNull());
  enter();
  await userEvent.keyboard('{ArrowRight}b');
  await waitFor(() => expect(fake.called('keepDuplicates')).toEqual([[[ids[0]], [ids[1], ids[2]]]]));
});

it('lists bursts apart, of which none is proposed', async () => {
  await show();
  await userEvent.click(page.getByLabelText('Bursts'));
  await waitFor(() => expect(pictures()).toEqual([2]));
  expect(page.queryByTestId('proposed')).toBeNull();
  expect(page.queryByTestId('keep-better')).toBeNull();
});

it('says that it is comparing until the groups are there, and leaves what was refused where it was', async () => {
  const { fake } = await open();
  const answer = fake.duplicates;
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  fake.duplicates = async (kind, limit) => {
    await held;
    return answer(kind, limit);
  };
  await userEvent.click(page.getByTestId('scope-duplicates'));
  expect(await page.findByTestId('duplicates-loading')).toHaveTextContent('Comparing');
  release();
  await waitFor(() => expect(pictures()).toEqual([3, 2]));
  fake.fail('keepDuplicates', engineError('not_found', 'They are gone.'));
  await userEvent.click(within(groups()[0] as HTMLElement).getByTestId('keep-better'));
  expect(await page.findByText('They are gone.')).toBeVisible();
  await waitFor(() => expect(pictures()).toEqual([3, 2]));
});

it('asks for more when there are more than are shown', async () => {
  const fake = prepare({ pictures: 120 });
  const ids = [...fake.pictures.keys()];
  for (let at = 0; at < 55; at++) fake.group([ids[at * 2] as number, ids[at * 2 + 1] as number]);
  render(App);
  await page.findAllByTestId('tile');
  duplicates.show();
  await waitFor(() => expect(groups()).toHaveLength(50));
  await userEvent.click(page.getByTestId('duplicates-more'));
  await waitFor(() => expect(groups()).toHaveLength(55));
  expect(page.queryByTestId('duplicates-more')).toBeNull();
  expect(library.query.text).toBe('');
});
