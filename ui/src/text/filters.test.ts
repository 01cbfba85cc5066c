import { describe, expect, it } from 'vitest';
import { filters, searchTitle, setFilter, toggleFilter, valuesOf, withFilter } from './filters';

const read = (text: string) => filters(text).map(({ field, value }) => `${field}=${value}`);

describe('filters', () => {
  it('finds those that all have to be met', () => {
    expect(read('beach type:png  tag:"old town" IS:favourite')).toEqual(['type=png', 'tag=old town', 'is=favourite']);
    expect(read('rating:>=4')).toEqual(['rating=>=4']);
    expect(read('')).toEqual([]);
  });

  it('leaves alone what is not to be met, grouped, a phrase, or a choice', () => {
    expect(read('-type:png (type:png) "type:png" type:')).toEqual([]);
    expect(read('type:png OR dog')).toEqual([]);
    expect(read('(type:png OR dog) is:damaged')).toEqual(['is=damaged']);
    expect(read('"a b type:png')).toEqual([]);
  });
});

it('writes one behind what is there, and groups a choice', () => {
  expect(withFilter('', 'type', 'png')).toBe('type:png');
  expect(withFilter('beach ', 'tag', 'old "town"')).toBe('beach tag:"old town"');
  expect(withFilter('cat OR dog', 'is', 'favourite')).toBe('(cat OR dog) is:favourite');
  expect(withFilter('', 'camera', 'X T4')).toBe('camera:"X T4"');
});

it('has one value in place of another, and takes it away', () => {
  expect(setFilter('type:png beach type:gif', 'type', 'jpeg')).toBe('beach type:jpeg');
  expect(setFilter('beach type:png', 'type', undefined)).toBe('beach');
  expect(setFilter('is:favourite is:described', 'is', 'undescribed', ['described', 'undescribed'])).toBe(
    'is:favourite is:undescribed',
  );
});

it('adds a filter, and takes the same one away again', () => {
  const text = toggleFilter('beach', 'tag', 'sea');
  expect(text).toBe('beach tag:"sea"');
  expect(valuesOf(toggleFilter(text, 'tag', 'sun'), 'tag')).toEqual(['sea', 'sun']);
  expect(toggleFilter(text, 'tag', 'sea')).toBe('beach');
});

it('is called by its words and values', () => {
  expect(searchTitle('beach is:favourite tag:"old town" type:png')).toBe('beach favourite, old town, PNG');
  expect(searchTitle('cat OR dog')).toBe('cat OR dog');
  expect(searchTitle('rating:>=4')).toBe('>=4 ★');
  expect(searchTitle('x'.repeat(100))).toHaveLength(61);
});
