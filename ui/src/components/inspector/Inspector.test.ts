import { render, screen as page, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { expect, it } from 'vitest';
import { library } from '@/stores/library.svelte';
import { screen } from '@/stores/screen.svelte';
import { selection } from '@/stores/selection.svelte';
import { inspect } from '@/test/inspect';
import { start } from '@/test/start';
import Inspector from './Inspector.svelte';

it('shows facts, checksum and receipt', async () => {
  const { fake, id } = await inspect();
  const picture = fake.pictures.get(id);
  expect(page.getByTestId('inspector-name')).toHaveValue(picture?.name);
  expect(page.getByTestId('sha256')).toHaveTextContent(picture?.sha256 ?? '');
  expect(page.getByTestId('receipt')).toHaveTextContent(picture?.verified_by ?? '');
  expect(page.getByTestId('inspector-author')).toHaveTextContent('Written by gpt-5-mini');
  await userEvent.click(page.getByRole('button', { name: 'Copy SHA-256' }));
  expect(fake.clipboard).toBe(picture?.sha256);
});

it('goes to the pictures that have a tag', async () => {
  const { fake, id } = await inspect();
  const tag = fake.pictures.get(id)?.tags[0] ?? '';
  await userEvent.click(page.getByRole('button', { name: `Pictures with the tag “${tag}”` }));
  await waitFor(() => expect(library.shown.text).toBe(`tag:"${tag}"`));
  expect(library.layout.count).toBeGreaterThan(0);
  expect(selection.size).toBe(0);
});

it('asks the store again, and shows what it said', async () => {
  const { fake, id } = await inspect();
  await userEvent.click(page.getByTestId('check-again'));
  expect(fake.called('verifyPictures')).toEqual([[[id], false]]);
  expect(await page.findByTestId('last-check')).toHaveTextContent('size and entity tag');
  await userEvent.click(page.getByTestId('check-bytes'));
  await waitFor(() => expect(page.getByTestId('last-check')).toHaveTextContent('SHA-256'));
  expect(page.getByTestId('receipt')).toHaveTextContent('Verified');
});

it('never calls a lost picture verified, and offers to upload its file again', async () => {
  const { fake, id } = await inspect();
  Object.assign(fake.pictures.get(id) ?? {}, { fault: 'missing', local_copy: '/home/anna/a.jpg' });
  await userEvent.click(page.getByTestId('check-again'));
  await waitFor(() => expect(page.getByTestId('receipt')).toHaveTextContent('Missing in the store'));
  expect(page.getByTestId('receipt')).not.toHaveTextContent('Verified');
  expect(page.getByText(/still on this computer: \/home\/anna\/a\.jpg/)).toBeVisible();
  await userEvent.click(page.getByTestId('mend'));
  expect(fake.called('repairPicture')).toEqual([[id]]);
});

it('never calls a picture verified that nothing is proven of, and has it read back', async () => {
  const { fake, id } = await inspect();
  Object.assign(fake.pictures.get(id) ?? {}, { proof: 'not_proven', verified_at: null, verified_by: 'It was found.' });
  fake.libraryChanged();
  await waitFor(() => expect(page.getByTestId('receipt')).toHaveTextContent('Not proven yet It was found.'));
  expect(page.getByTestId('receipt')).not.toHaveTextContent('Verified');
  await userEvent.click(page.getByTestId('prove'));
  await waitFor(() => expect(page.getByTestId('receipt')).toHaveTextContent('Verified'));
  expect(page.getByTestId('receipt')).toHaveTextContent('read back');
  expect(fake.called('verifyPictures')).toEqual([[[id], false]]);
});

it('names what is wrong with the file, beside the facts and in the receipt', async () => {
  const { fake, id } = await inspect();
  const facts = { lens: 'XF23mmF2 R WR', focal_length_mm: 23, f_number: 2, iso: 200, latitude: 1, longitude: 2 };
  const remark = 'The picture is damaged from 88 % of its height on.';
  Object.assign(fake.pictures.get(id) ?? {}, { remark, facts });
  fake.libraryChanged();
  await waitFor(() => expect(page.getByTestId('receipt-remark')).toHaveTextContent(remark));
  for (const fact of ['XF23mmF2 R WR', '23 mm · f/2 · ISO 200', '1° N, 2° E'])
    expect(page.getByText(fact)).toBeVisible();
  expect(page.getAllByText(remark, { exact: false })).toHaveLength(2);
});

it('says so when a lost picture’s file is gone, too', async () => {
  const { fake, id } = await inspect();
  Object.assign(fake.pictures.get(id) ?? {}, { fault: 'changed', local_copy: null });
  await userEvent.click(page.getByTestId('check-again'));
  expect(await page.findByText(/No file on this computer is known to have these bytes/)).toBeVisible();
  expect(page.queryByTestId('mend')).toBeNull();
});

it('asks for a description with a prompt of one’s own, shows progress, and explains a failure', async () => {
  const { fake, id } = await inspect();
  await userEvent.click(page.getByTestId('inspector-describe'));
  expect(page.getByText(/to api\.openai\.com/)).toBeVisible();
  await userEvent.type(page.getByTestId('inspector-prompt'), 'Which birds?');
  await userEvent.click(page.getByTestId('inspector-describe-start'));
  expect(fake.called('describePictures')).toEqual([[[id], 'Which birds?']]);
  expect(await page.findByTestId('inspector-describing')).toHaveTextContent('Asking api.openai.com');
  fake.descriptions.answer(id, {
    code: 'ai_quota',
    message: 'OpenAI says that the account has no credit left. Nothing was changed.',
  });
  expect(await page.findByTestId('inspector-describe-error')).toHaveTextContent('no credit left');
  await waitFor(() => expect(page.queryByTestId('inspector-describing')).toBeNull());
});

it('leads to the key when none is set', async () => {
  await inspect({ state: { can_describe: false } });
  await userEvent.click(page.getByTestId('inspector-describe'));
  await userEvent.click(page.getByTestId('inspector-describe-start'));
  expect(screen.dialog).toBe('settings');
  expect(screen.settingsPage).toBe('descriptions');
});

it('copies a link in each form, and says how long it works', async () => {
  const { fake } = await inspect();
  await userEvent.click(page.getByTestId('copy-markdown'));
  expect(fake.clipboard).toMatch(/^!\[.+\]\(http/);
  expect(await page.findByTestId('link-text')).toHaveTextContent(fake.clipboard);
  expect(page.getByTestId('link-life')).toHaveTextContent('on this computer only, while the app is open');
});

it.each([
  [{ lives: 'until', until: '2026-12-07T00:12:00Z', only_here: false, works_now: true }, /Works until .*2026/],
  [{ lives: 'as_picture', until: null, only_here: false, works_now: true }, /as long as the picture is in the library/],
] as const)('promises of a link no more than is true: %o', async (life, said) => {
  const { fake } = await inspect();
  fake.linkLife = life;
  await userEvent.click(page.getByTestId('copy-url'));
  expect(await page.findByTestId('link-life')).toHaveTextContent(said);
});

it.each([
  ['bucket', 'go to the bucket'],
  ['this_computer', 'go to this computer’s store'],
  ['account', 'go to the service'],
] as const)('names where changes go that wait, by what keeps the place: %s', async (kind, said) => {
  const { fake, id } = await inspect();
  Object.assign(fake.pictures.get(id) ?? {}, { pending: true });
  if (fake.state.place) fake.setState({ place: { ...fake.state.place, kind } });
  library.revision++;
  expect(await page.findByTestId('inspector-pending')).toHaveTextContent(said);
});

it('says nothing of what a picture in the trash lacks, and invites nobody to write', async () => {
  const { fake, id } = await inspect();
  const bare = { description: null, alt_text: 'Huts', tags: [], text_in_image: null, rating: 0 };
  Object.assign(fake.pictures.get(id) ?? {}, bare, { deleted_at: '2026-10-20T10:00:00Z' });
  fake.libraryChanged();
  await waitFor(() => expect(page.queryByTestId('inspector-tags')).toBeNull());
  expect(page.getByTestId('inspector-alt')).toHaveAttribute('readonly');
  for (const testid of ['inspector-description', 'inspector-album', 'inspector-describe', 'rating'])
    expect(page.queryByTestId(testid)).toBeNull();
  expect(page.queryByText('Tags')).toBeNull();
  Object.assign(fake.pictures.get(id) ?? {}, { alt_text: null });
  fake.libraryChanged();
  await waitFor(() => expect(page.queryByText('Description')).toBeNull());
});

it('sums up a selection of many', async () => {
  await start();
  selection.all();
  render(Inspector, { onclose() {} });
  expect(page.getByText('40 selected')).toBeVisible();
});
