import { render, screen as page, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import App from '@/App.svelte';
import { engineError, type FakeIpc } from '@/ipc/fake';
import { library } from '@/stores/library.svelte';
import { screen } from '@/stores/screen.svelte';
import { prepare } from '@/test/start';

const AWAY = 'The store at s3.example.com can’t be reached: nothing listens there. Check the network and try again.';

beforeEach(() => {
  vi.spyOn(console, 'error').mockImplementation(() => {});
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** The viewer over a picture that has a thumbnail. */
async function open(): Promise<FakeIpc> {
  const fake = prepare();
  render(App);
  await page.findAllByTestId('tile');
  const drawn = () => [...library.layout.ids].find((id) => library.row(id)?.has_thumbnail);
  await waitFor(() => expect(drawn()).toBeDefined());
  screen.viewing = drawn();
  await page.findByTestId('viewer');
  return fake;
}

/** The picture in full can't be loaded by the page. */
async function breaks(): Promise<void> {
  const image = () =>
    page.getByTestId('viewer').querySelector('.pswp__item[aria-hidden=false] .pswp__img:not(.pswp__img--placeholder)');
  await waitFor(() => expect(image()).not.toBeNull());
  image()?.dispatchEvent(new Event('error'));
}

it('says that a picture is on its way when it takes long', async () => {
  await open();
  expect(await page.findByTestId('viewer-waits')).toHaveTextContent('Getting the whole picture…');
});

it('says at once what is known to be wrong', async () => {
  const fake = await open();
  fake.setState({ connection: { status: 'store_offline', reason: AWAY } });
  expect(await page.findByTestId('viewer-waits')).toHaveTextContent(AWAY);
});

it('says why a picture can’t be shown in full, leaves its thumbnail, and tries again when asked to', async () => {
  const fake = await open();
  fake.fail('fetchPreview', engineError('store_unreachable', AWAY));
  await breaks();
  const note = await page.findByTestId('viewer-trouble');
  expect(note).toHaveTextContent(AWAY);
  expect(page.getByTestId('viewer').querySelector('.stand-in img')).toHaveAttribute(
    'src',
    fake.thumbnailUrl('', screen.viewing ?? 0),
  );
  expect(fake.called('fetchPreview')).toEqual([[screen.viewing]]);

  await userEvent.click(page.getByTestId('viewer-retry'));
  await waitFor(() => expect(fake.called('fetchPreview')).toHaveLength(2));
  expect(await page.findByTestId('viewer-trouble')).toHaveTextContent(AWAY);
  fake.fail('fetchPreview', undefined);
  await userEvent.click(page.getByTestId('viewer-retry'));
  await waitFor(() => expect(page.queryByTestId('viewer-trouble')).toBeNull());
});

it('goes on by itself when the store is there again', async () => {
  const fake = await open();
  fake.setState({ connection: { status: 'store_offline', reason: AWAY } });
  fake.fail('fetchPreview', engineError('store_unreachable', AWAY));
  await breaks();
  await page.findByTestId('viewer-trouble');
  fake.fail('fetchPreview', undefined);
  fake.setState({ connection: { status: 'online' } });
  await waitFor(() => expect(page.queryByTestId('viewer-trouble')).toBeNull());
});

it('offers no second try where it would not help', async () => {
  const fake = await open();
  fake.fail('fetchPreview', engineError('not_found', 'RAW pictures can’t be shown here yet. Download it to open it.'));
  await breaks();
  expect(await page.findByTestId('viewer-trouble')).toHaveTextContent('Download it to open it.');
  expect(page.queryByTestId('viewer-retry')).toBeNull();
});

it('says why there is nothing to see of a picture, and offers to download it', async () => {
  const fake = await open();
  const heic = [...fake.pictures.values()].find((picture) => !picture.can_preview);
  screen.viewing = undefined;
  await waitFor(() => expect(page.queryByTestId('viewer')).toBeNull());
  await library.want([heic?.id ?? 0]);
  screen.viewing = heic?.id;
  expect(await page.findByTestId('viewer-trouble')).toHaveTextContent(/pictures can’t be shown here yet/);
  await userEvent.click(page.getByTestId('viewer-download'));
  expect(fake.called('downloadPictures')).toEqual([[[heic?.id]]]);
});

it('tries a picture once that has come and can’t be shown all the same', async () => {
  const fake = await open();
  await breaks();
  await waitFor(() => expect(fake.called('fetchPreview')).toHaveLength(1));
  await breaks();
  expect(await page.findByTestId('viewer-trouble')).toHaveTextContent('this window can’t show it');
  expect(fake.called('fetchPreview')).toHaveLength(1);
});

it('says nothing about a picture that one has left', async () => {
  const fake = await open();
  fake.fail('fetchPreview', engineError('store_unreachable', AWAY));
  await breaks();
  await page.findByTestId('viewer-trouble');
  await userEvent.keyboard('{ArrowRight}');
  await waitFor(() => expect(page.queryByTestId('viewer-trouble')).toBeNull());
});
