import { cleanup, render, screen as page, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { expect, it, vi } from 'vitest';
import type { DoctorReport, DoctorStep } from '@/ipc';
import { engineError } from '@/ipc/fake';
import { askToDescribe } from '@/stores/actions';
import { app } from '@/stores/app.svelte';
import { screen, type SettingsPage } from '@/stores/screen.svelte';
import { toasts } from '@/stores/toasts.svelte';
import { start } from '@/test/start';
import UnlockDialog from '@/components/UnlockDialog.svelte';
import Settings from './Settings.svelte';

function open(at: SettingsPage) {
  screen.openSettings(at);
  render(Settings);
}

it('keeps a key without ever showing one', async () => {
  const fake = await start();
  open('descriptions');
  const field = await page.findByTestId('ai-key');
  expect(field).toHaveValue('');
  expect(field).toHaveAttribute('type', 'password');
  expect(field).toHaveAttribute('placeholder', 'Set, ends in x4Qe');
  await userEvent.type(field, 'sk-new-9Zk1');
  await userEvent.click(page.getByTestId('ai-key-save'));
  expect(fake.called('changeAi')).toEqual([[{ key: 'sk-new-9Zk1' }]]);
  await waitFor(() => expect(field).toHaveValue(''));
  expect(field).toHaveAttribute('placeholder', 'Set, ends in 9Zk1');
  await userEvent.click(page.getByTestId('ai-key-remove'));
  await waitFor(() => expect(app.state?.can_describe).toBe(false));
});

const memoryOnly = { state: { secrets: { kind: 'memory_only', reason: 'There is no keychain.' } } } as const;

it('says of a key in memory that it will be forgotten, and asks how to keep one only once', async () => {
  const fake = await start({ ...memoryOnly });
  open('descriptions');
  await userEvent.type(await page.findByTestId('ai-key'), 'sk-new-9Zk1');
  await userEvent.click(page.getByRole('radio', { name: /memory only/ }));
  await userEvent.click(page.getByTestId('ai-key-save'));
  await waitFor(() => expect(page.getByTestId('ai-saved')).toHaveTextContent('forgotten when the app quits'));
  cleanup();
  open('descriptions');
  await userEvent.type(await page.findByTestId('ai-key'), 'sk-other');
  expect(page.queryByTestId('keeping-way')).toBeNull();
  expect(page.getByTestId('keeping')).toHaveTextContent('Kept in memory only, as you chose');
  await userEvent.click(page.getByTestId('ai-key-save'));
  await waitFor(() => expect(fake.called('changeAi')).toHaveLength(2));
  await userEvent.type(page.getByTestId('ai-key'), 'sk-third');
  await userEvent.click(page.getByTestId('keeping-other'));
  expect(page.getByRole('radio', { name: /passphrase/ })).toBeVisible();
});

it('keeps descriptions under a limit a month, and says what the month took', async () => {
  const fake = await start();
  const month = new Date().toISOString().slice(0, 7);
  const of = (name: string, microdollars: number) => ({
    month: name,
    model: 'gpt-5-mini',
    pictures: 12,
    input_tokens: 1,
    output_tokens: 1,
    microdollars,
    unpriced: 0,
  });
  fake.descriptions.usage = [of(month, 1_250_000), of('2020-01', 9_000_000)];
  open('descriptions');
  await waitFor(() => expect(page.getByTestId('ai-used')).toHaveTextContent('12 described by gpt-5-mini, $1.25'));
  expect(page.getByTestId('ai-used').children).toHaveLength(1);
  const cap = page.getByTestId('ai-cap');
  await userEvent.type(cap, '2,50{Enter}');
  await waitFor(() => expect(fake.called('changeAi')).toEqual([[{ monthly_cap_cents: 250 }]]));
  await userEvent.clear(cap);
  await userEvent.type(cap, 'lots{Enter}');
  expect(await page.findByText(/Write an amount/)).toBeVisible();
  expect(cap).toHaveValue('lots');
  expect(fake.called('changeAi')).toHaveLength(1);
});

it('asks after a restart for a key that was kept in memory, with everything else filled in', async () => {
  const fake = await start({ ...memoryOnly });
  await app.changeAi({ key: 'sk-new-9Zk1', model: 'gpt-5' });
  // Everything but the key is there after the restart.
  fake.current = { ...fake.current, ai: { ...fake.current.ai, has_key: false, key_hint: null } };
  fake.setState({ can_describe: false });
  await app.start();
  askToDescribe([40]);
  expect(screen.settingsPage).toBe('descriptions');
  render(Settings);
  expect(await page.findByTestId('ai-key-forgotten')).toHaveTextContent('forgotten when the app quit');
  expect(page.getByTestId('ai-model')).toHaveValue('gpt-5');
  await userEvent.click(page.getByTestId('ai-key-again'));
  expect(page.getByTestId('ai-key')).toHaveFocus();
  await userEvent.keyboard('sk-again');
  await userEvent.click(page.getByRole('radio', { name: /memory only/ }));
  await userEvent.click(page.getByTestId('ai-key-save'));
  await waitFor(() => expect(page.queryByTestId('ai-key-forgotten')).toBeNull());
});

it('asks for no key again that was removed', async () => {
  await start({ ...memoryOnly });
  await app.changeAi({ key: 'sk-new-9Zk1' });
  await app.changeAi({ key: '' });
  open('descriptions');
  await page.findByTestId('ai-key');
  expect(page.queryByTestId('ai-key-forgotten')).toBeNull();
});

it('names the host that gets the pictures, and follows it', async () => {
  await start();
  open('descriptions');
  expect(await page.findByTestId('ai-consent')).toHaveTextContent('api.openai.com');
  await userEvent.type(page.getByTestId('ai-base-url'), 'http://localhost:11434/v1{Enter}');
  await waitFor(() => expect(page.getByTestId('ai-consent')).toHaveTextContent('localhost:11434'));
});

it('says what is wrong with an address, and keeps what was typed', async () => {
  const fake = await start();
  fake.fail('changeAi', engineError('invalid_input', 'That is not an address. It begins with https:// or http://.'));
  open('descriptions');
  const field = await page.findByTestId('ai-base-url');
  await userEvent.type(field, 'nonsense{Enter}');
  expect(await page.findByRole('alert')).toHaveTextContent('That is not an address.');
  expect(field).toHaveValue('nonsense');
});

it('erases nothing that is typed when another field is saved or the settings are closed', async () => {
  const fake = await start();
  open('descriptions');
  const key = await page.findByTestId('ai-key');
  const model = page.getByTestId('ai-model');
  await userEvent.type(key, 'sk-half');
  await userEvent.clear(model);
  await userEvent.type(model, 'gpt-5{Enter}');
  await waitFor(() => expect(fake.current.ai.model).toBe('gpt-5'));
  expect(key).toHaveValue('sk-half');
  expect(fake.called('changeAi')).toEqual([[{ model: 'gpt-5' }]]);
  // Somebody leaves in the middle of an address, and comes back to it.
  fake.fail('changeAi', engineError('invalid_input', 'That is not an address.'));
  await userEvent.type(page.getByTestId('ai-base-url'), 'htp:/foo');
  cleanup();
  await waitFor(() => expect(fake.called('changeAi')).toContainEqual([{ base_url: 'htp:/foo' }]));
  open('descriptions');
  await waitFor(() => expect(page.getByTestId('ai-base-url')).toHaveValue('htp:/foo'));
  expect(await page.findByRole('alert')).toHaveTextContent('That is not an address.');
  expect(page.getByTestId('ai-key')).toHaveValue('sk-half');
});

it('applies changes at once, and takes back what is refused', async () => {
  const fake = await start();
  open('appearance');
  await userEvent.click(await page.findByRole('radio', { name: 'Dark' }));
  expect(fake.current.theme).toBe('dark');
  expect(app.settings?.theme).toBe('dark');
  fake.fail('changeSettings', engineError('disk', 'The settings could not be written. The old ones stay.'));
  await userEvent.click(page.getByRole('radio', { name: 'Light' }));
  await waitFor(() => expect(app.settings?.theme).toBe('dark'));
  expect(toasts.list[0]?.message).toBe('The settings could not be written. The old ones stay.');
});

it('says where the data is', async () => {
  const fake = await start();
  open('storage');
  expect(await page.findByTestId('data-dir')).toHaveTextContent('/home/anna');
  await userEvent.click(page.getByTestId('reveal-data-dir'));
  expect(fake.called('revealDataDir')).toHaveLength(1);
});

it('offers the tray only where there is one', async () => {
  const fake = await start({ state: { tray: false } });
  open('uploads');
  await page.findByTestId('wait-on-metered');
  expect(page.queryByTestId('close-to-tray')).toBeNull();
  fake.setState({ tray: true });
  await userEvent.click(await page.findByRole('switch', { name: 'Keep running in the tray' }));
  expect(fake.current.close_to_tray).toBe(true);
});

it('explains how secrets are kept, and unlocks them', async () => {
  const fake = await start({
    state: { secrets: { kind: 'memory_only', reason: 'No keychain answers on this system.' } },
  });
  open('place');
  expect(await page.findByTestId('secrets')).toHaveTextContent('No keychain answers on this system.');
  fake.setState({
    secrets: { kind: 'locked', reason: 'The secrets are sealed with a passphrase.', needs_passphrase: true },
  });
  await userEvent.click(await page.findByTestId('unlock-open'));
  expect(screen.dialog).toBe('unlock');
});

it('seals secrets with a passphrase that is typed twice', async () => {
  const fake = await start({ state: { secrets: { kind: 'memory_only', reason: 'No keychain answers.' } } });
  render(UnlockDialog);
  await userEvent.type(await page.findByTestId('passphrase'), 'a long one');
  await userEvent.type(page.getByTestId('passphrase-again'), 'a wrong one');
  expect(page.getByText('The two are not the same.')).toBeVisible();
  expect(page.getByTestId('unlock')).toBeDisabled();
  await userEvent.clear(page.getByTestId('passphrase-again'));
  await userEvent.type(page.getByTestId('passphrase-again'), 'a long one');
  await userEvent.click(page.getByTestId('unlock'));
  expect(fake.called('unlock')).toEqual([['a long one']]);
});

it('signs out', async () => {
  const fake = await start();
  await fake.signIn({ service: 'https://pictures.example.com', username: 'anna', password: 'x' });
  open('place');
  await userEvent.click(await page.findByTestId('settings-sign-out'));
  expect(fake.called('signOut')).toHaveLength(1);
});

it('chooses the form of links', async () => {
  const fake = await start();
  open('links');
  await userEvent.click(await page.findByRole('radio', { name: /Markdown/ }));
  expect(fake.current.link_format).toBe('markdown');
});

it('limits the speed of uploads at once, and takes the limit away again', async () => {
  const fake = await start();
  open('uploads');
  expect(page.queryByTestId('upload-limit')).toBeNull();
  await userEvent.click(page.getByRole('switch', { name: 'Limit the speed of uploads' }));
  const field = await page.findByRole('textbox', { name: 'At most, in kB a second' });
  await waitFor(() => expect(field).toHaveValue('1000'));
  await userEvent.clear(field);
  expect(page.getByText('A whole number from 1 to 1,000,000.')).toBeVisible();
  await userEvent.type(field, '250');
  expect(fake.current.upload_limit).toBe(1000);
  // Leaving the field, as Enter does in a browser.
  await userEvent.tab();
  await waitFor(() => expect(fake.current.upload_limit).toBe(250));
  expect(field).toHaveValue('250');
  await userEvent.click(page.getByRole('switch', { name: 'Limit the speed of uploads' }));
  await waitFor(() => expect(fake.current.upload_limit).toBeNull());
  expect(page.queryByTestId('upload-limit')).toBeNull();
});

it('waits on metered connections unless told otherwise', async () => {
  const fake = await start();
  open('uploads');
  await userEvent.click(page.getByRole('switch', { name: 'Wait on metered connections' }));
  expect(fake.called('changeSettings')).toEqual([[{ wait_on_metered: false }]]);
});

it('examines the place, and shows each step as it ends', async () => {
  const fake = await start();
  let told: ((step: DoctorStep) => void) | undefined;
  let end: ((report: DoctorReport) => void) | undefined;
  fake.doctor = (onstep) => {
    told = onstep;
    return new Promise((resolve) => (end = resolve));
  };
  open('doctor');
  await userEvent.click(await page.findByTestId('doctor-run'));
  const good: DoctorStep = { check: 'put', title: 'Store an object', status: 'ok', message: 'Stored.', code: null };
  const bad: DoctorStep = {
    check: 'delete',
    title: 'Remove it',
    status: 'failed',
    message: 'The key may not remove objects in “a”. Give it that right at the store.',
    code: 'missing_right',
  };
  told?.(good);
  await waitFor(() => expect(page.getByTestId('doctor-steps').children).toHaveLength(1));
  expect(page.getByTestId('doctor-run')).toHaveTextContent('Examining');
  told?.(bad);
  end?.({ ok: false, steps: [good, bad] });
  expect(await page.findByText(/One thing needs mending/)).toBeVisible();
  expect(page.getByText(/Give it that right at the store/)).toBeVisible();
  expect(page.queryByText('Everything that the app needs works.')).toBeNull();
  expect(page.getByText('1 check passed')).toBeVisible();
});

it('folds what passed into one line, and says nothing of its own port on this computer', async () => {
  const fake = await start();
  const step = (check: string, title: string, message: string): DoctorStep => ({
    ...{ check, title, message },
    status: 'ok',
    code: null,
  });
  fake.care.steps = [
    step('space', 'Find room on the disk', '24.6 GB are free on the disk.'),
    step('address', 'Understand the address', 'The store is http://127.0.0.1:44729.'),
  ];
  open('doctor');
  await userEvent.click(await page.findByTestId('doctor-run'));
  const folded = await page.findByTestId('steps-passed');
  expect(folded).not.toHaveAttribute('open');
  await userEvent.click(page.getByText('2 checks passed'));
  expect(folded).toHaveTextContent('24.6 GB are free on the disk.');
  expect(folded).toHaveTextContent('Understand the address');
  expect(folded).not.toHaveTextContent('127.0.0.1');
});

it('begins each page at its top, and shows the tab of the one that is open', async () => {
  await start();
  const shown = vi.spyOn(Element.prototype, 'scrollIntoView');
  open('storage');
  const before = await page.findByTestId('settings-page');
  before.scrollTop = 300;
  shown.mockClear();
  await userEvent.click(page.getByTestId('settings-about'));
  expect(page.getByTestId('settings-page').scrollTop).toBe(0);
  await waitFor(() => expect(shown.mock.contexts).toContain(page.getByTestId('settings-about')));
  shown.mockRestore();
});

it('says so when the doctor finds nothing wrong', async () => {
  await start();
  open('doctor');
  await userEvent.click(await page.findByTestId('doctor-run'));
  expect(await page.findByText('Everything that the app needs works.')).toBeVisible();
});

it('checks all pictures, shows how far it is, and names what is lost', async () => {
  const fake = await start();
  const lost = [...fake.pictures.values()][3];
  if (!lost) throw new Error('the stand-in has too few pictures');
  open('storage');
  await userEvent.click(await page.findByTestId('audit-start'));
  expect(fake.called('startAudit')).toEqual([[false, false]]);
  fake.care.set({ done: 20, confirmed: 20 });
  expect(await page.findByTestId('audit-running')).toHaveTextContent('Checked 20 of 40');
  await userEvent.click(page.getByTestId('audit-stop'));
  expect(await page.findByTestId('audit-state')).toHaveTextContent('Stopped at 20 of 40');
  expect(page.getByTestId('audit-start')).toHaveTextContent('Go on checking');
  await userEvent.click(page.getByTestId('audit-start'));
  lost.fault = 'missing';
  fake.care.set({ done: 40, confirmed: 39, missing: 1, running: false, finished_at: '2026-11-02T09:31:00Z' });
  expect(await page.findByText(/1 missing/)).toBeVisible();
  expect(await page.findByTestId('audit-problems')).toHaveTextContent(lost.name);
});

it('says why a check stopped', async () => {
  const fake = await start();
  open('storage');
  await page.findByTestId('audit-start');
  fake.care.set({ started_at: '2026-11-02T09:30:00Z', done: 3, total: 40, stopped: 'The store can’t be reached.' });
  expect(await page.findByText('The store can’t be reached.')).toBeVisible();
});
