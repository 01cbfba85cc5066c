import { beforeEach, describe, expect, it } from 'vitest';
import { start } from '@/test/start';
import { library } from './library.svelte';
import { selection } from './selection.svelte';

const none = { shift: false, toggle: false };
const shift = { shift: true, toggle: false };
const toggle = { shift: false, toggle: true };

/** The picture at a place. */
const at = (index: number) => library.idAt(index) ?? -1;
const places = () => selection.ordered.map((id) => library.indexOf(id));

beforeEach(async () => {
  await start();
});

describe('selection', () => {
  it('selects one with a click', () => {
    selection.click(at(3), none);
    selection.click(at(5), none);
    expect(places()).toEqual([5]);
    expect(selection.single).toBe(at(5));
  });

  it('adds and takes away with the command key', () => {
    selection.click(at(3), none);
    selection.click(at(7), toggle);
    selection.click(at(5), toggle);
    selection.click(at(3), toggle);
    expect(places()).toEqual([5, 7]);
    expect(selection.single).toBeUndefined();
  });

  it('selects a range with Shift, from where it started, in both directions', () => {
    selection.click(at(5), none);
    selection.click(at(8), shift);
    expect(places()).toEqual([5, 6, 7, 8]);
    selection.click(at(3), shift);
    expect(places()).toEqual([3, 4, 5]);
  });

  it('adds a range to what is selected with both keys', () => {
    selection.click(at(1), none);
    selection.click(at(5), toggle);
    selection.click(at(7), { shift: true, toggle: true });
    expect(places()).toEqual([1, 5, 6, 7]);
  });

  it('follows the keyboard, and stretches with Shift', () => {
    selection.moveTo(4, none);
    selection.moveTo(5, shift);
    selection.moveTo(6, shift);
    expect(places()).toEqual([4, 5, 6]);
    selection.moveTo(9, toggle);
    expect(places()).toEqual([4, 5, 6]);
    expect(selection.cursor).toBe(at(9));
  });

  it('selects everything, and nothing', () => {
    selection.all();
    expect(selection.size).toBe(library.layout.count);
    selection.clear();
    expect(selection.size).toBe(0);
  });

  it('forgets what is gone, and leaves the keyboard where it was', () => {
    selection.click(at(2), none);
    selection.click(at(4), toggle);
    const kept = at(2);
    const next = at(5);
    library.remove([at(4)]);
    selection.prune(4);
    expect([...selection.ids]).toEqual([kept]);
    expect(selection.cursor).toBe(next);
  });

  it('keeps the order of the library, not of the clicks', () => {
    selection.click(at(9), none);
    selection.click(at(2), toggle);
    expect(places()).toEqual([2, 9]);
  });
});
