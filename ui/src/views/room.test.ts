import { render, screen as page, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, it } from 'vitest';
import App from '@/App.svelte';
import type { FakeIpc } from '@/ipc/fake';
import { albums } from '@/stores/albums.svelte';
import { library } from '@/stores/library.svelte';
import { screen } from '@/stores/screen.svelte';
import { selection } from '@/stores/selection.svelte';
import { uploads } from '@/stores/uploads.svelte';
import { toasts } from '@/stores/toasts.svelte';
import { prepare } from '@/test/start';

const WIDTH = window.innerWidth;

afterEach(() => {
  resize(WIDTH);
  localStorage.clear();
});

function resize(width: number): void {
  Object.defineProperty(window, 'innerWidth', { configurable: true, value: width });
  window.dispatchEvent(new Event('resize'));
}

async function open(width: number): Promise<FakeIpc> {
  resize(width);
  const fake = prepare();
  localStorage.clear();
  render(App);
  await page.findAllByTestId('tile');
  return fake;
}

it('keeps everything in reach beside the inspector of a window of middling width', async () => {
  await open(800);
  expect(screen.inspector, 'closed at first, for want of room').toBe(false);
  await userEvent.click(page.getByTestId('inspector-toggle'));
  expect(await page.findByTestId('inspector')).toBeVisible();
  expect(page.getByTestId('inspector').closest('.under')).not.toBeNull();
  // The sidebar keeps its buttons and their names, and gives its room to the pictures.
  expect(document.querySelector('.sidebar')).toHaveClass('rail');
  expect(page.getByTestId('scope-favourites')).toHaveAccessibleName(/Favourites/);
  resize(1000);
  await waitFor(() => expect(document.querySelector('.sidebar')).not.toHaveClass('rail'));
});

it('gives the words of a button away before those of the title', async () => {
  await open(720);
  expect(page.getByTestId('upload')).toHaveAccessibleName('Upload');
  expect(page.getByTestId('upload')).not.toHaveTextContent('Upload');
  resize(900);
  await waitFor(() => expect(page.getByTestId('upload')).toHaveTextContent('Upload'));
  // The inspector takes room as well.
  resize(1100);
  screen.inspector = true;
  await waitFor(() => expect(page.getByTestId('upload')).not.toHaveTextContent('Upload'));
  resize(1280);
  await waitFor(() => expect(page.getByTestId('upload')).toHaveTextContent('Upload'));
});

it('remembers whether the inspector is shown', async () => {
  await open(1280);
  expect(screen.inspector).toBe(true);
  await userEvent.click(page.getByTestId('inspector-toggle'));
  const stop = screen.start();
  expect(screen.inspector).toBe(false);
  stop();
});

it('opens no sheet over the pictures of a small screen before it is asked to', async () => {
  await open(390);
  await userEvent.click(page.getAllByTestId('tile')[0] as HTMLElement);
  expect(page.queryByTestId('inspector')).toBeNull();
  expect(page.getByTestId('selection-bar')).toBeVisible();
});

it('stacks messages above the panels, and leaves the viewer to its picture', async () => {
  const fake = await open(1280);
  await fake.uploadPaths(['/home/anna/a.jpg']);
  uploads.open = true;
  expect(await page.findByTestId('dock')).toContainElement(await page.findByTestId('uploads'));
  toasts.show('info', 'Said above it.');
  const toast = await page.findByTestId('toast');
  await waitFor(() =>
    expect(toast.closest<HTMLElement>('.toasts')?.style.getPropertyValue('--above')).toBe(`${screen.dock + 8}px`),
  );
  expect(screen.dock).toBeGreaterThan(0);
  screen.viewing = library.idAt(0);
  await waitFor(() => expect(page.queryByTestId('dock')).toBeNull());
  expect(toast.closest<HTMLElement>('.toasts')?.style.getPropertyValue('--above')).toBe('0px');
});

it('says where one is on a small screen, and reaches the trash’s end there', async () => {
  const fake = await open(390);
  expect(page.getByRole('heading', { level: 1 })).toHaveTextContent('Library');
  expect(page.getByTestId('scope-all')).toHaveAttribute('aria-current', 'page');
  fake.shelf.create('Lofoten');
  fake.libraryChanged();
  await waitFor(() => expect(albums.list).toHaveLength(1));
  albums.show(albums.list[0]?.id ?? '');
  await waitFor(() => expect(page.getByRole('heading', { level: 1 })).toHaveTextContent('Lofoten'));
  expect(page.getByTestId('scope-all')).not.toHaveAttribute('aria-current');
  await fake.deletePictures([1, 2]);
  await library.setScope('trash');
  await userEvent.click(await page.findByTestId('empty-trash'));
  expect(await page.findByTestId('delete-forever-dialog')).toHaveTextContent('Delete 2 pictures forever?');
});

it('closes only the sheet with Esc', async () => {
  await open(390);
  await userEvent.click(page.getAllByTestId('tile')[0] as HTMLElement);
  screen.inspector = true;
  await page.findByTestId('inspector');
  await userEvent.keyboard('{Escape}');
  await waitFor(() => expect(page.queryByTestId('inspector')).toBeNull());
  expect(selection.size).toBe(1);
  await userEvent.keyboard('{Escape}');
  expect(selection.size).toBe(0);
});

it('leaves the room to an empty library, until somebody opens the inspector', async () => {
  resize(900);
  prepare({ pictures: 0 });
  render(App);
  await page.findByText('Drop pictures anywhere');
  await waitFor(() => expect(page.queryByTestId('inspector')).toBeNull());
  screen.inspector = true;
  expect(await page.findByTestId('inspector')).toBeVisible();
});
