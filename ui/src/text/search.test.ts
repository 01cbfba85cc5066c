import { describe, expect, it } from 'vitest';
import { asksForTrash, suggest } from './search';

const offered = (before: string) => suggest(before).suggestions.map(({ insert }) => insert);

describe('suggestions', () => {
  it('are fields that begin so', () => {
    expect(offered('ta')).toEqual(['tag:']);
    expect(offered('beach SI')).toEqual(['size:']);
    expect(offered('(ty')).toEqual(['type:']);
    expect(offered('beach -ty')).toEqual(['type:']);
    expect(suggest('beach -ty').from).toBe(7);
  });

  it('are values, where there are few', () => {
    expect(offered('is:f')).toEqual(['is:favourite']);
    expect(offered('has:')).toEqual(['has:text', 'has:alt', 'has:gps']);
    expect(offered('is:favourite')).toEqual([]);
    expect(offered('size:')).toEqual([]);
  });

  it.each(['', 't', 'beach', 'beach ', '"ta', 'tag:"is', 'what:', 'constructor:'])('are none for %s', (before) => {
    expect(offered(before)).toEqual([]);
  });
});

it('knows who asks for the trash', () => {
  expect(asksForTrash('cat is:trashed')).toBe(true);
  expect(asksForTrash('-is:trashed')).toBe(false);
  expect(asksForTrash('trashed')).toBe(false);
});
