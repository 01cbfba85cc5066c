import { expect, it } from 'vitest';
import { dimensions } from './format';

it('says how many megapixels a picture has, unless they come to nothing', () => {
  expect(dimensions(6000, 4000)).toBe('6000 × 4000 (24 MP)');
  expect(dimensions(1280, 800)).toBe('1280 × 800 (1 MP)');
  expect(dimensions(90, 60)).toBe('90 × 60');
});
