import { render, screen as page, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { expect, it } from 'vitest';
import { engineError } from '@/ipc/fake';
import { start } from '@/test/start';
import Welcome from './Welcome.svelte';
import { Drafts } from './welcome/drafts.svelte';

it('offers three places, and this computer takes one click', async () => {
  const fake = await start({ place: false });
  render(Welcome);
  expect(page.getByRole('heading', { level: 1 })).toHaveTextContent('Your pictures');
  expect(page.getByRole('button', { name: /^My bucket/ })).toBeVisible();
  expect(page.getByRole('button', { name: /^An account/ })).toBeVisible();
  await userEvent.click(page.getByRole('button', { name: /^This computer/ }));
  expect(fake.called('chooseThisComputer')).toHaveLength(1);
  expect(fake.state.place?.kind).toBe('this_computer');
});

it('says why this computer can’t be used', async () => {
  const fake = await start({ place: false });
  fake.fail(
    'chooseThisComputer',
    engineError('disk', 'The disk is full. Nothing was changed; make room and try again.'),
  );
  render(Welcome);
  await userEvent.click(page.getByTestId('choose-this-computer'));
  expect(await page.findByRole('alert')).toHaveTextContent('The disk is full.');
});

it('tries a bucket, and shows each step with what went wrong', async () => {
  const fake = await start({ place: false });
  render(Welcome);
  await userEvent.click(page.getByTestId('choose-bucket'));
  expect(page.getByTestId('bucket-try')).toBeDisabled();
  await userEvent.type(page.getByLabelText('Endpoint'), 'https://s3.example.com');
  await userEvent.type(page.getByLabelText('Bucket'), 'holiday');
  await userEvent.type(page.getByLabelText('Access key ID'), 'AK1');
  await userEvent.type(page.getByLabelText('Secret access key'), 'wrong');
  await userEvent.click(page.getByTestId('bucket-try'));
  expect(await page.findByText(/The secret doesn’t belong to this key id/)).toBeVisible();
  // The verdict and what failed stand first and open; what passed is folded.
  const report = page.getByTestId('bucket-report');
  expect(report).toHaveAttribute('data-ok', 'false');
  expect([...report.querySelectorAll('li')].map((step) => step.dataset['status'])).toEqual(['failed', 'ok']);
  expect(within(report).getByText('1 check passed').closest('details')).not.toHaveAttribute('open');
  expect(fake.called('testBucket')[0]).toEqual([
    {
      endpoint: 'https://s3.example.com',
      region: '',
      bucket: 'holiday',
      key_id: 'AK1',
      secret: 'wrong',
      path_style: true,
    },
  ]);

  // What was said is no longer true of what is typed now.
  await userEvent.clear(page.getByLabelText('Secret access key'));
  expect(page.queryByText(/The secret doesn’t belong to this key id/)).toBeNull();
  await userEvent.type(page.getByLabelText('Secret access key'), 'right');
  await userEvent.click(page.getByTestId('bucket-try'));
  expect(await page.findByText('Everything that the app needs works.')).toBeVisible();
  await userEvent.click(page.getByTestId('bucket-use'));
  await waitFor(() => expect(fake.state.place?.kind).toBe('bucket'));
});

it('offers to use a store without parts once that is what it lacks, and says it to the app', async () => {
  const fake = await start({ place: false });
  const message = 'The store gives no ETag for a part.';
  const step = { check: 'multipart', title: 'Store in parts', status: 'failed', message, code: 'no_parts' } as const;
  fake.testBucket = () => Promise.resolve({ ok: false, steps: [step] });
  render(Welcome);
  await userEvent.click(page.getByTestId('choose-bucket'));
  await userEvent.type(page.getByLabelText('Bucket'), 'holiday');
  await userEvent.type(page.getByLabelText('Access key ID'), 'AK1');
  await userEvent.type(page.getByLabelText('Secret access key'), 'right');
  expect(page.queryByTestId('bucket-without-parts')).toBeNull();
  await userEvent.click(page.getByTestId('bucket-try'));
  await userEvent.click(await page.findByTestId('bucket-without-parts'));
  await userEvent.click(page.getByTestId('bucket-use'));
  await waitFor(() => expect(fake.called('chooseBucket')[0]).toMatchObject([{ without_parts: true }]));
});

it('never shows a secret unless asked to', async () => {
  await start({ place: false });
  render(Welcome);
  await userEvent.click(page.getByTestId('choose-bucket'));
  const secret = page.getByLabelText('Secret access key');
  expect(secret).toHaveAttribute('type', 'password');
  await userEvent.click(page.getByRole('button', { name: 'Show' }));
  expect(secret).toHaveAttribute('type', 'text');
});

it('registers, and says why a service refuses', async () => {
  const fake = await start({ place: false });
  fake.fail('register', engineError('registration_refused', 'The name “anna” is taken. Choose another one.'));
  render(Welcome);
  await userEvent.click(page.getByTestId('choose-account'));
  await userEvent.click(page.getByRole('radio', { name: 'Create account' }));
  await userEvent.type(page.getByTestId('account-service'), 'https://pictures.example.com');
  await userEvent.type(page.getByTestId('account-username'), 'anna');
  await userEvent.type(page.getByTestId('account-email'), 'anna@example.com');
  await userEvent.type(page.getByTestId('account-password'), 'correct horse');
  await userEvent.click(page.getByTestId('account-submit'));
  expect(await page.findByRole('alert')).toHaveTextContent('is taken');
  fake.fail('register', undefined);
  await userEvent.click(page.getByTestId('account-submit'));
  await waitFor(() => expect(fake.state.place?.username).toBe('anna'));
});

it('goes back to the choices, with the keyboard where it was', async () => {
  await start({ place: false });
  render(Welcome);
  await userEvent.click(page.getByTestId('choose-bucket'));
  await userEvent.click(page.getByRole('button', { name: 'Back' }));
  expect(page.getByTestId('choose-bucket')).toHaveFocus();
});

it('loses nothing that was typed when one goes back and comes again, by button or Esc', async () => {
  await start({ place: false });
  render(Welcome);
  await userEvent.click(page.getByTestId('choose-bucket'));
  expect(page.getByTestId('bucket-endpoint')).toHaveFocus();
  await userEvent.keyboard('https://s3.example.com');
  await userEvent.type(page.getByTestId('bucket-secret'), 's3cret');
  await userEvent.keyboard('{Escape}');
  expect(page.getByTestId('choose-bucket')).toHaveFocus();
  await userEvent.click(page.getByTestId('choose-account'));
  await userEvent.type(page.getByTestId('account-username'), 'anna');
  await userEvent.click(page.getByTestId('place-back'));
  await userEvent.click(page.getByTestId('choose-bucket'));
  expect(page.getByTestId('bucket-endpoint')).toHaveValue('https://s3.example.com');
  expect(page.getByTestId('bucket-secret')).toHaveValue('s3cret');
  await userEvent.keyboard('{Escape}');
  await userEvent.click(page.getByTestId('choose-account'));
  expect(page.getByTestId('account-username')).toHaveValue('anna');
});

it('has what was typed again when the app was killed, but for secrets, which are written down nowhere', async () => {
  await start({ place: false });
  render(Welcome);
  await userEvent.click(page.getByTestId('choose-bucket'));
  await userEvent.type(page.getByLabelText('Bucket'), 'holiday');
  await userEvent.type(page.getByLabelText('Secret access key'), 'wJalrXUtnFEMI');
  await waitFor(() => expect(new Drafts().bucket).toMatchObject({ bucket: 'holiday', secret: '' }));
  expect(JSON.stringify({ ...localStorage })).not.toContain('wJalr');
});

it('keeps no secret of a form that is closed', async () => {
  await start({ place: false });
  const first = render(Welcome);
  await userEvent.click(page.getByTestId('choose-bucket'));
  await userEvent.type(page.getByTestId('bucket-name'), 'holiday');
  await userEvent.type(page.getByTestId('bucket-secret'), 's3cret');
  first.unmount();
  render(Welcome);
  await userEvent.click(page.getByTestId('choose-bucket'));
  expect(page.getByTestId('bucket-name')).toHaveValue('holiday');
  expect(page.getByTestId('bucket-secret')).toHaveValue('');
});

it('presets the path style for the endpoint, until somebody says otherwise', async () => {
  await start({ place: false });
  render(Welcome);
  await userEvent.click(page.getByTestId('choose-bucket'));
  const pathStyle = page.getByTestId('bucket-path-style');
  const endpoint = page.getByTestId('bucket-endpoint');
  expect(pathStyle).not.toBeChecked();
  await userEvent.type(endpoint, 'http://nas.local:3900');
  expect(pathStyle).toBeChecked();
  await userEvent.clear(endpoint);
  await userEvent.type(endpoint, 'https://s3.eu-central-1.amazonaws.com');
  expect(pathStyle).not.toBeChecked();
  await userEvent.click(pathStyle);
  await userEvent.clear(endpoint);
  expect(pathStyle).toBeChecked();
});

it('takes an error away as soon as somebody types', async () => {
  const fake = await start({ place: false });
  fake.fail('signIn', engineError('invalid_input', '“htp:/foo” is not an address.'));
  render(Welcome);
  await userEvent.click(page.getByTestId('choose-account'));
  await userEvent.type(page.getByTestId('account-service'), 'htp:/foo');
  await userEvent.type(page.getByTestId('account-username'), 'anna');
  await userEvent.type(page.getByTestId('account-password'), 'correct horse{Enter}');
  expect(await page.findByRole('alert')).toHaveTextContent('is not an address');
  await userEvent.type(page.getByTestId('account-service'), 'x');
  expect(page.queryByRole('alert')).toBeNull();
});

async function typeBucket() {
  await userEvent.click(page.getByTestId('choose-bucket'));
  await userEvent.type(page.getByTestId('bucket-name'), 'holiday');
  await userEvent.type(page.getByTestId('bucket-key-id'), 'AK1');
  await userEvent.type(page.getByTestId('bucket-secret'), 'right');
}

it('asks for a passphrase where nothing keeps a key, and never says that it is sealed', async () => {
  const fake = await start({
    place: false,
    state: { secrets: { kind: 'memory_only', reason: 'There is no keychain.' } },
  });
  render(Welcome);
  await typeBucket();
  expect(page.queryByText(/Kept sealed/)).toBeNull();
  expect(page.getByTestId('keeping')).toHaveTextContent('Nothing on this computer can keep it yet');
  expect(page.getByTestId('bucket-use')).toBeDisabled();
  await userEvent.type(page.getByTestId('keeping-passphrase'), 'correct horse');
  await userEvent.type(page.getByTestId('keeping-passphrase-again'), 'correct horse');
  await userEvent.click(page.getByTestId('bucket-use'));
  await waitFor(() => expect(fake.state.place?.kind).toBe('bucket'));
  const order = fake.calls.map((call) => call.name).filter((name) => name === 'unlock' || name === 'chooseBucket');
  expect(order).toEqual(['unlock', 'chooseBucket']);
  expect(fake.called('unlock')).toEqual([['correct horse']]);
});

it('keeps a key in memory only when somebody says so', async () => {
  const fake = await start({
    place: false,
    state: { secrets: { kind: 'memory_only', reason: 'There is no keychain.' } },
  });
  render(Welcome);
  await typeBucket();
  await userEvent.click(page.getByRole('radio', { name: /memory only.*Forgotten when the app quits/ }));
  await userEvent.click(page.getByTestId('bucket-use'));
  await waitFor(() => expect(fake.state.place?.kind).toBe('bucket'));
  expect(fake.called('unlock')).toHaveLength(0);
});

it('unlocks what is locked before something is kept with it', async () => {
  const fake = await start({
    place: false,
    state: { secrets: { kind: 'locked', reason: 'Sealed with a passphrase.', needs_passphrase: true } },
  });
  render(Welcome);
  await typeBucket();
  expect(page.queryByText(/Kept sealed/)).toBeNull();
  fake.fail('unlock', engineError('secrets_locked', 'That is not the passphrase. Nothing was changed.'));
  await userEvent.type(page.getByTestId('keeping-passphrase'), 'wrong{Enter}');
  expect(await page.findByRole('alert')).toHaveTextContent('not the passphrase');
  expect(fake.called('chooseBucket')).toHaveLength(0);
  expect(page.getByTestId('bucket-secret')).toHaveValue('right');
  fake.fail('unlock', undefined);
  await userEvent.click(page.getByTestId('bucket-use'));
  await waitFor(() => expect(fake.state.place?.kind).toBe('bucket'));
});

it('says beside the button what is still to fill in, and goes there by a click or Enter', async () => {
  await start({ place: false, state: { secrets: { kind: 'memory_only', reason: 'There is no keychain.' } } });
  render(Welcome);
  await userEvent.click(page.getByTestId('choose-bucket'));
  expect(page.queryByTestId('form-lacks'), 'nobody who only looks is told').toBeNull();
  await userEvent.type(page.getByLabelText('Bucket'), 'holiday');
  await userEvent.type(page.getByLabelText('Access key ID'), 'AK1');
  await userEvent.type(page.getByLabelText('Secret access key'), 'right');
  expect(page.getByTestId('form-lacks')).toHaveTextContent('Still to fill in: Passphrase, The same again');
  await userEvent.keyboard('{Enter}');
  expect(page.getByTestId('keeping-passphrase')).toHaveFocus();
  await userEvent.keyboard('seven gulls');
  expect(page.getByTestId('form-lacks')).toHaveTextContent('Still to fill in: The same again');
  await userEvent.click(page.getByTestId('form-lacks'));
  expect(page.getByTestId('keeping-passphrase-again')).toHaveFocus();
  await userEvent.keyboard('seven');
  expect(page.getByTestId('form-lacks')).toHaveTextContent('The two are not the same.');
  await userEvent.keyboard(' gulls');
  expect(page.queryByTestId('form-lacks')).toBeNull();
  expect(page.getByTestId('bucket-use')).toBeEnabled();
});
