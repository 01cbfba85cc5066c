/** No word that is typed into the inspector is lost. */
import { screen as page, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { expect, it, vi } from 'vitest';
import type { PictureEdit } from '@/ipc';
import { engineError, type FakeIpc } from '@/ipc/fake';
import { LONGEST_MS, PAUSE_MS, drafts } from '@/stores/drafts.svelte';
import { library } from '@/stores/library.svelte';
import { selection } from '@/stores/selection.svelte';
import { toasts } from '@/stores/toasts.svelte';
import { inspect } from '@/test/inspect';

const description = () => page.getByTestId('inspector-description');
const alt = () => page.getByTestId('inspector-alt');
const tags = () => page.getByTestId('inspector-tags');
const name = () => page.getByTestId('inspector-name');

async function replace(field: HTMLElement, words: string) {
  await userEvent.clear(field);
  await userEvent.type(field, words);
}

/** What the library has of the three. */
function kept(fake: FakeIpc, id: number) {
  const picture = fake.pictures.get(id);
  return { description: picture?.description, alt: picture?.alt_text, tags: picture?.tags };
}

it('keeps each field that is left with Tab, on screen and in the library', async () => {
  const { fake, id } = await inspect();
  const before = fake.pictures.get(id)?.tags ?? [];
  await replace(description(), 'Fishing huts');
  await userEvent.tab();
  expect(alt()).toHaveFocus();
  await replace(alt(), 'Huts');
  await userEvent.tab();
  await userEvent.type(tags(), 'lofoten{Enter}boats');
  await userEvent.tab();
  const all = { description: 'Fishing huts', alt: 'Huts', tags: [...before, 'lofoten', 'boats'] };
  await waitFor(() => expect(kept(fake, id)).toEqual(all));
  expect(description()).toHaveValue('Fishing huts');
  expect(alt()).toHaveValue('Huts');
  await waitFor(() => expect(page.getByTestId('inspector-author')).toHaveTextContent('Written by you'));
});

it('says who wrote which text', async () => {
  const { fake, id } = await inspect();
  const model = /Written by gpt-5-mini/;
  expect(page.getByTestId('inspector-author')).toHaveTextContent(model);
  expect(kept(fake, id).alt).toBeTruthy();
  await replace(description(), 'Fishing huts');
  await userEvent.tab();
  const author = page.getByTestId('inspector-author');
  await waitFor(() => expect(author).toHaveTextContent('Description written by you'));
  expect(author).toHaveTextContent('Alt text written by gpt-5-mini');
  await replace(alt(), 'Huts');
  await userEvent.tab();
  await waitFor(() => expect(author).toHaveTextContent(/^Written by you/));
});

it('keeps each field that is left by mouse, also while the answers are slow', async () => {
  const { fake, id } = await inspect();
  // Every answer waits until the person is two fields further.
  const answers: (() => void)[] = [];
  const edit = fake.editPicture;
  fake.editPicture = async (...args) => {
    await new Promise<void>((resolve) => answers.push(resolve));
    return edit(...args);
  };
  await userEvent.click(description());
  await replace(description(), 'Fishing huts');
  await userEvent.click(alt());
  await replace(alt(), 'Huts');
  await userEvent.click(tags());
  await userEvent.type(tags(), 'lofoten');
  await userEvent.click(name());
  expect(answers).toHaveLength(3);
  answers.forEach((answer) => answer());
  await waitFor(() => expect(kept(fake, id)).toMatchObject({ description: 'Fishing huts', alt: 'Huts' }));
  await waitFor(() => expect(kept(fake, id).tags).toContain('lofoten'));
  expect(description()).toHaveValue('Fishing huts');
  expect(alt()).toHaveValue('Huts');
});

it('saves a field and nothing else, so that other fields keep what came from elsewhere', async () => {
  const { fake, id } = await inspect();
  await replace(description(), 'Mine');
  Object.assign(fake.pictures.get(id) ?? {}, { alt_text: 'From another device', tags: ['theirs'] });
  await userEvent.click(name());
  await waitFor(() => expect(fake.called('editPicture')).toEqual([[id, { description: 'Mine' }]]));
  await waitFor(() => expect(alt()).toHaveValue('From another device'));
  await userEvent.type(tags(), 'mine{Enter}');
  await waitFor(() =>
    expect(kept(fake, id)).toEqual({ description: 'Mine', alt: 'From another device', tags: ['theirs', 'mine'] }),
  );
});

it('shows news in fields that nobody has changed, and leaves the others alone', async () => {
  const { fake, id } = await inspect();
  await replace(description(), 'Mine');
  Object.assign(fake.pictures.get(id) ?? {}, {
    description: 'By a model',
    alt_text: 'By a model, too',
    name: 'New.jpg',
  });
  library.revision++;
  await waitFor(() => expect(alt()).toHaveValue('By a model, too'));
  expect(name()).toHaveValue('New.jpg');
  expect(description()).toHaveValue('Mine');
  await userEvent.tab();
  await waitFor(() => expect(kept(fake, id).description).toBe('Mine'));
  expect(description()).toHaveValue('Mine');
});

it('does not put old words back for somebody who only looked into a field', async () => {
  const { fake, id } = await inspect();
  await userEvent.click(description());
  Object.assign(fake.pictures.get(id) ?? {}, { description: 'From another device' });
  library.revision++;
  await waitFor(() => expect(fake.called('picture').length).toBeGreaterThan(1));
  await userEvent.tab();
  expect(description()).toHaveValue('From another device');
  expect(fake.called('editPicture')).toHaveLength(0);
});

it('keeps what was typed when another picture is chosen meanwhile', async () => {
  const { fake, id } = await inspect();
  await replace(description(), 'Half a sentence');
  await userEvent.type(name(), ' 2');
  await userEvent.type(tags(), 'half');
  selection.only(library.idAt(library.indexOf(id) + 1) ?? 0);
  await waitFor(() => expect(kept(fake, id).description).toBe('Half a sentence'));
  await waitFor(() => expect(kept(fake, id).tags).toContain('half'));
  expect(fake.pictures.get(id)?.name).toMatch(/ 2$/);
});

it('keeps what was typed when the panel is closed', async () => {
  const { fake, id, close } = await inspect();
  await replace(description(), 'Half a sentence');
  close();
  await waitFor(() => expect(kept(fake, id).description).toBe('Half a sentence'));
});

it('keeps everything when the window is about to close', async () => {
  const { fake, id } = await inspect();
  await replace(description(), 'Last words');
  await drafts.saveAll();
  expect(kept(fake, id).description).toBe('Last words');
});

it('keeps a text when somebody pauses in typing it', async () => {
  const { fake, id } = await inspect();
  vi.useFakeTimers();
  try {
    await userEvent.setup({ advanceTimers: vi.advanceTimersByTime.bind(vi) }).type(description(), ' And more');
    expect(fake.called('editPicture')).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(kept(fake, id).description).toMatch(/ And more$/);
  } finally {
    vi.useRealTimers();
  }
});

it('writes nothing down of what the library has', async () => {
  const { fake, id } = await inspect();
  await replace(description(), 'Kept');
  await userEvent.tab();
  await waitFor(() => expect(kept(fake, id).description).toBe('Kept'));
  await waitFor(() => expect(Object.keys(localStorage).filter((key) => key.startsWith('words'))).toEqual([]));
});

it('leaves a text and its words with Escape', async () => {
  const { fake, id } = await inspect();
  await replace(description(), 'Not by accident{Escape}');
  await waitFor(() => expect(kept(fake, id).description).toBe('Not by accident'));
  expect(description()).toHaveValue('Not by accident');
  expect(page.getByTestId('inspector')).toHaveFocus();
});

it('keeps words that are refused in their field, says why, and tries again', async () => {
  const { fake, id } = await inspect();
  fake.fail('editPicture', engineError('disk', 'The disk is full.'));
  await replace(description(), 'Precious');
  await userEvent.type(tags(), 'one, two{Enter}');
  await waitFor(() => expect(page.getAllByTestId('field-failure')).toHaveLength(2));
  expect(description()).toHaveValue('Precious');
  expect((tags() as HTMLInputElement).value).toMatch(/^one,\s+two, $/);
  // Elsewhere and back: it is still there.
  selection.only(library.idAt(library.indexOf(id) + 1) ?? 0);
  await waitFor(() => expect(description()).not.toHaveValue('Precious'));
  await waitFor(() => expect(toasts.list.some((toast) => toast.action?.label === 'Copy what you typed')).toBe(true));
  selection.only(id);
  await waitFor(() => expect(description()).toHaveValue('Precious'));
  fake.fail('editPicture', undefined);
  for (const retry of page.getAllByTestId('field-retry')) await userEvent.click(retry);
  await waitFor(() => expect(kept(fake, id)).toMatchObject({ description: 'Precious' }));
  await waitFor(() => expect(kept(fake, id).tags).toEqual(expect.arrayContaining(['one', 'two'])));
  expect(page.queryByTestId('field-failure')).toBeNull();
});

it('makes text of the last tag with Backspace, so that none is lost by one key too many', async () => {
  const { fake, id } = await inspect();
  const before = [...(fake.pictures.get(id)?.tags ?? [])];
  await userEvent.click(tags());
  await userEvent.keyboard('{Backspace}');
  await waitFor(() => expect(tags()).toHaveValue(before.at(-1)));
  await userEvent.tab();
  await waitFor(() => expect(kept(fake, id).tags).toEqual(before));
});

it('renames on Enter; Escape puts the old name back, and that can be undone', async () => {
  const { fake, id } = await inspect();
  await replace(name(), 'Harbour.jpg{Escape}');
  expect(fake.called('editPicture')).toHaveLength(0);
  toasts.list.at(-1)?.action?.run();
  await waitFor(() => expect(fake.called('editPicture')).toEqual([[id, { name: 'Harbour.jpg' }]]));
  await replace(name(), 'Pier.jpg{Enter}');
  await waitFor(() => expect(fake.pictures.get(id)?.name).toBe('Pier.jpg'));
  expect(name()).toHaveValue('Pier.jpg');
});

it('keeps a refused name in its field and says why; an empty one is no name', async () => {
  const { fake, id } = await inspect();
  const before = fake.pictures.get(id)?.name;
  await replace(name(), '{Enter}');
  await waitFor(() => expect(name()).toHaveValue(before));
  expect(fake.called('editPicture')).toHaveLength(0);
  fake.fail('editPicture', engineError('invalid_input', 'A name can’t contain “/”.'));
  await replace(name(), 'a/b.jpg{Enter}');
  expect(await page.findByTestId('field-failure')).toHaveTextContent('A name can’t contain “/”.');
  expect(name()).toHaveValue('a/b.jpg');
});

it('keeps a prompt when asking fails or another picture is chosen', async () => {
  const { fake, id } = await inspect();
  fake.fail('describePictures', engineError('ai_no_key', 'There is no key.'));
  await userEvent.click(page.getByTestId('inspector-describe'));
  await userEvent.type(page.getByTestId('inspector-prompt'), 'Which birds?');
  await userEvent.click(page.getByTestId('inspector-describe-start'));
  await waitFor(() => expect(toasts.list).toHaveLength(1));
  expect(page.getByTestId('inspector-prompt')).toHaveValue('Which birds?');
  selection.only(library.idAt(library.indexOf(id) + 1) ?? 0);
  await waitFor(() => expect(page.queryByTestId('inspector-prompt')).toBeNull());
  await userEvent.click(page.getByTestId('inspector-describe'));
  expect(page.getByTestId('inspector-prompt')).toHaveValue('Which birds?');
});

it('keeps words of somebody who types without a pause, every few seconds', async () => {
  const { fake, id } = await inspect();
  vi.useFakeTimers({ shouldAdvanceTime: true });
  try {
    const user = userEvent.setup({ advanceTimers: (ms) => vi.advanceTimersByTime(ms) });
    await user.clear(description());
    for (let letter = 0; letter < 20; letter++) {
      await user.type(description(), 'x');
      await vi.advanceTimersByTimeAsync(PAUSE_MS / 2);
    }
    expect(20 * (PAUSE_MS / 2)).toBeGreaterThan(LONGEST_MS);
    expect(kept(fake, id).description).toMatch(/^x+$/);
    // One thing to undo, however often it was kept.
    const goesOn = fake.called('editPicture').map(([, edit]) => (edit as PictureEdit).goes_on);
    expect(goesOn.length).toBeGreaterThan(1);
    expect(goesOn).toEqual([undefined, ...goesOn.slice(1).map(() => true)]);
    await user.click(alt());
    await user.click(description());
    await user.type(description(), 'y');
    await user.click(alt());
    const last = () => fake.called('editPicture').at(-1)?.[1];
    await waitFor(() => expect(last()).toEqual({ description: expect.stringMatching(/^x+y$/) as string }));
  } finally {
    // The news of it have a clock of theirs, which would never go off.
    await vi.runOnlyPendingTimersAsync();
    vi.useRealTimers();
  }
});

/** Somebody else writes, and the library has heard of it. */
function writtenElsewhere(fake: FakeIpc, id: number, words: string) {
  Object.assign(fake.pictures.get(id) ?? {}, { description: words });
  library.revision++;
}

it('says what was written elsewhere meanwhile, and takes it over when asked', async () => {
  const { fake, id } = await inspect();
  await userEvent.click(description());
  await userEvent.type(description(), ' Mine.');
  writtenElsewhere(fake, id, 'Theirs.');
  expect(await page.findByTestId('field-elsewhere')).toHaveTextContent('Theirs.');
  expect((description() as HTMLTextAreaElement).value).toContain(' Mine.');
  await userEvent.click(page.getByTestId('field-take'));
  expect(description()).toHaveValue('Theirs.');
  await userEvent.tab();
  expect(kept(fake, id).description).toBe('Theirs.');
});

it('keeps nothing over what was written elsewhere until somebody has left the field, however long they type', async () => {
  const { fake, id } = await inspect();
  vi.useFakeTimers({ shouldAdvanceTime: true });
  try {
    const user = userEvent.setup({ advanceTimers: (ms) => vi.advanceTimersByTime(ms) });
    await user.type(description(), ' Mine.');
    writtenElsewhere(fake, id, 'Theirs.');
    await page.findByTestId('field-elsewhere');
    await user.type(description(), ' And more.');
    await vi.advanceTimersByTimeAsync(2 * LONGEST_MS);
    expect(kept(fake, id).description).toBe('Theirs.');
    expect(page.getByTestId('field-elsewhere')).toHaveTextContent('Theirs.');
    await user.tab();
    await waitFor(() => expect(kept(fake, id).description).toMatch(/ Mine\. And more\.$/));
    expect(page.queryByTestId('field-elsewhere')).toBeNull();
  } finally {
    vi.useRealTimers();
  }
});

it('still has what was written elsewhere when the words that were on their way have taken its place', async () => {
  const { fake, id } = await inspect();
  const edit = fake.editPicture;
  let answer = () => {};
  fake.editPicture = async (...args) => {
    await new Promise<void>((resolve) => (answer = resolve));
    return edit(...args);
  };
  vi.useFakeTimers({ shouldAdvanceTime: true });
  try {
    const user = userEvent.setup({ advanceTimers: (ms) => vi.advanceTimersByTime(ms) });
    await user.type(description(), ' Mine.');
    await vi.advanceTimersByTimeAsync(PAUSE_MS);
    writtenElsewhere(fake, id, 'Theirs.');
    await page.findByTestId('field-elsewhere');
    answer();
    await waitFor(() => expect(kept(fake, id).description).toMatch(/ Mine\.$/));
    fake.editPicture = edit;
    await vi.advanceTimersByTimeAsync(LONGEST_MS);
    expect(page.getByTestId('field-elsewhere')).toHaveTextContent('Theirs.');
    await user.click(page.getByTestId('field-take'));
    await user.tab();
    await waitFor(() => expect(kept(fake, id).description).toBe('Theirs.'));
  } finally {
    vi.useRealTimers();
  }
});
