import { render, screen as page, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { expect, it, vi } from 'vitest';
import App from '@/App.svelte';
import { engineError, type FakeIpc } from '@/ipc/fake';
import { accountPlace, bucketPlace } from '@/ipc/fake-places';
import { app } from '@/stores/app.svelte';
import { screen } from '@/stores/screen.svelte';
import { prepare } from '@/test/start';
import { tooltips } from './tooltip.svelte';

const holiday = bucketPlace({
  endpoint: 'https://s3.example.com',
  region: 'garage',
  bucket: 'holiday',
  key_id: 'GK1',
  secret: '',
  path_style: true,
});
const anna = accountPlace({ service: 'https://pictures.example.com', username: 'anna' });
const ben = accountPlace({ service: 'https://pictures.example.com', username: 'ben' });

/** The window on this computer, with three more places known. */
async function open(): Promise<FakeIpc> {
  const fake = prepare();
  fake.known.remember(holiday, 1480);
  fake.known.remember(anna, 12, 3);
  fake.known.remember(ben, null);
  render(App);
  await page.findAllByTestId('tile');
  return fake;
}

it('lists the places with their counts, marks the present one, and goes to another with one click', async () => {
  const fake = await open();
  await userEvent.click(page.getByTestId('place'));
  await page.findByTestId('place-this-computer');
  const items = page.getAllByRole('menuitemradio', { hidden: true });
  expect(items.map((item) => item.textContent?.replace(/\s+/g, ' ').trim())).toEqual([
    'This computer 40',
    'bucket holiday at s3.example.com 1,480',
    'anna at pictures.example.com 12',
    'ben at pictures.example.com',
  ]);
  expect(items.map((item) => item.getAttribute('aria-checked'))).toEqual(['true', 'false', 'false', 'false']);
  await userEvent.click(page.getByTestId('place-holiday@s3.example.com'));
  await waitFor(() => expect(app.state?.place?.id).toBe(holiday.id));
  expect(fake.called('usePlace')).toEqual([[holiday.id]]);
  expect(screen.dialog).toBeUndefined();
});

it('asks for the key alone when it is not kept', async () => {
  const fake = await open();
  fake.known.lacking.set(holiday.id, 'key');
  await userEvent.click(page.getByTestId('place'));
  await userEvent.click(await page.findByTestId('place-holiday@s3.example.com'));
  const dialog = await page.findByTestId('enter-key-dialog');
  expect(dialog).toHaveTextContent('https://s3.example.com');
  expect(page.getByTestId('bucket-key-id')).toHaveValue('GK1');
  expect(page.getByTestId('bucket-secret')).toHaveFocus();
  await userEvent.keyboard('s3cret{Enter}');
  await waitFor(() => expect(page.queryByTestId('enter-key-dialog')).toBeNull());
  expect(fake.called('chooseBucket')[0]).toEqual([
    {
      endpoint: 'https://s3.example.com',
      region: 'garage',
      bucket: 'holiday',
      key_id: 'GK1',
      secret: 's3cret',
      path_style: true,
    },
  ]);
});

it('says once why a key is refused that was sent with Enter', async () => {
  const fake = await open();
  const refused = 'The secret doesn’t belong to this key id.';
  fake.known.lacking.set(holiday.id, 'key');
  fake.fail('chooseBucket', engineError('store_refused', `The store refused. ${refused}`));
  await userEvent.click(page.getByTestId('place'));
  await userEvent.click(await page.findByTestId('place-holiday@s3.example.com'));
  const dialog = await page.findByTestId('enter-key-dialog');
  await userEvent.keyboard('wrong{Enter}');
  await within(dialog).findByTestId('bucket-report');
  await waitFor(() => expect(dialog.textContent?.split('doesn’t belong to this key id')).toHaveLength(2));
});

it('tells the whole of what is cut off, and of what a narrow sidebar hides', async () => {
  const fake = await open();
  const long = 'A holiday on the Lofoten islands with everybody';
  fake.shelf.create(long);
  fake.libraryChanged();
  const entry = await page.findByTestId('album');
  const rest = () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    entry.dispatchEvent(Object.assign(new Event('pointerenter'), { pointerType: 'mouse' }));
    vi.advanceTimersByTime(1_000);
    vi.useRealTimers();
  };
  rest();
  expect(tooltips.shown, 'nothing is cut off').toBeUndefined();
  Object.defineProperty(entry.querySelector('.truncate'), 'scrollWidth', { value: 2_000 });
  rest();
  expect(tooltips.shown?.text).toBe(long);
  tooltips.hide();
});

it('has a button for the key in the banner, as after a restart', async () => {
  const fake = await open();
  fake.known.lacking.set(holiday.id, 'key');
  fake.setState(fake.known.open(holiday.id) ?? {});
  const banner = await page.findByTestId('key-missing-banner');
  await userEvent.click(within(banner).getByRole('button', { name: 'Enter key…' }));
  expect(await page.findByTestId('enter-key-dialog')).toBeVisible();
});

it('is not connected while the store is dead, and a click says what is wrong and offers the doctor', async () => {
  const fake = await open();
  expect(page.getByTestId('connection')).toHaveTextContent('Works offline');
  fake.setState({ connection: { status: 'store_offline', reason: 'The store at s3.example.com can’t be reached.' } });
  fake.setUploads([], { active: true, total: 15, verified: 3 });
  // News of the connection is no other place: nothing is read anew.
  expect(fake.called('watchUploads')).toHaveLength(1);
  await waitFor(() => expect(page.getByTestId('connection')).toHaveTextContent(/Store unreachable.*12 waiting/));
  expect(page.getByText('12 waiting'), 'the count is never cut').not.toHaveClass('truncate');
  expect(page.getByTestId('store-offline-banner')).toHaveTextContent('The store at s3.example.com can’t be reached.');
  await userEvent.click(page.getByTestId('connection'));
  const dialog = await page.findByTestId('connection-dialog');
  expect(dialog).toHaveTextContent('The store at s3.example.com can’t be reached.');
  expect(dialog).toHaveTextContent('12 uploads wait and go on by themselves.');
  await userEvent.click(page.getByTestId('connection-remedy'));
  expect(fake.called('tryConnection')).toHaveLength(1);
  await userEvent.click(page.getByTestId('connection-doctor'));
  expect(await page.findByTestId('doctor-run')).toBeVisible();
});

it('tries again at once from the line above the library, one try after the other', async () => {
  const fake = await open();
  fake.setState({ connection: { status: 'offline', reason: 'pictures.example.com can’t be reached.' } });
  const banner = await page.findByTestId('offline-banner');
  let release: (value?: undefined) => void = () => {};
  fake.tryConnection = () => new Promise((done) => (release = done));
  await userEvent.click(within(banner).getByRole('button', { name: 'Try now' }));
  expect(within(banner).getByRole('button', { name: 'Try now' })).toBeDisabled();
  release();
  await waitFor(() => expect(within(banner).getByRole('button', { name: 'Try now' })).toBeEnabled());
  expect(within(banner).getByRole('button', { name: 'Ask the doctor' })).toBeEnabled();
});

it('says what uploads wait for although the connection is fine', async () => {
  const fake = await open();
  fake.setUploads([], { active: true, total: 2, waiting: 'The disk is full. Make room.' });
  await waitFor(() => expect(page.getByTestId('connection')).toHaveTextContent(/Uploads wait.*2 waiting/));
  await userEvent.click(page.getByTestId('connection'));
  expect(await page.findByTestId('connection-dialog')).toHaveTextContent('The disk is full.');
});

it('switches from the palette', async () => {
  const fake = await open();
  page.getByTestId('grid').focus();
  await userEvent.keyboard('{Control>}k{/Control}');
  await userEvent.type(await page.findByTestId('palette-input'), 'switch place{Enter}');
  const dialog = await page.findByTestId('switch-place-dialog');
  expect(within(dialog).getAllByTestId('known-place')).toHaveLength(4);
  expect(dialog).toHaveTextContent('12 pictures · 3 uploads wait');
  expect(dialog).toHaveTextContent('not counted');
  await userEvent.click(within(dialog).getByRole('button', { name: /^anna at/ }));
  await waitFor(() => expect(app.state?.place?.id).toBe(anna.id));
  expect(fake.called('usePlace')).toEqual([[anna.id]]);
});

it('forgets a place after saying what that means', async () => {
  const fake = await open();
  screen.open('switch_place');
  const dialog = await page.findByTestId('switch-place-dialog');
  await userEvent.click(within(dialog).getByRole('button', { name: /^Forget anna/ }));
  expect(dialog).toHaveTextContent('The pictures stay with the account');
  expect(dialog).toHaveTextContent('3 uploads wait until then.');
  expect(fake.called('forgetPlace')).toHaveLength(0);
  await userEvent.click(page.getByTestId('forget-confirm'));
  await waitFor(() => expect(within(dialog).getAllByTestId('known-place')).toHaveLength(3));
  expect(fake.called('forgetPlace')).toEqual([[anna.id]]);
  expect(app.state?.place?.id).toBe('this-computer');
});
