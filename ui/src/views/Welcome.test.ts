import { render, screen as page, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { expect, it } from 'vitest';
import { engineError } from '@/ipc/fake';
import { start } from '@/test/start';
import Welcome from './Welcome.svelte';

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
  const steps = page.getByTestId('bucket-report').querySelectorAll('li');
  expect([...steps].map((step) => step.dataset['status'])).toEqual(['ok', 'failed']);
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

  await userEvent.clear(page.getByLabelText('Secret access key'));
  await userEvent.type(page.getByLabelText('Secret access key'), 'right');
  await userEvent.click(page.getByTestId('bucket-try'));
  expect(await page.findByText('Everything that the app needs works.')).toBeVisible();
  await userEvent.click(page.getByTestId('bucket-use'));
  await waitFor(() => expect(fake.state.place?.kind).toBe('bucket'));
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
