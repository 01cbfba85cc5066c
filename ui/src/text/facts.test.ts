import { expect, test } from 'vitest';
import { exposure, place } from './facts';

test('exposures are written as photographers do', () => {
  const facts = { focal_length_mm: 24, focal_length_35mm: 24, f_number: 1.8, exposure_seconds: 1 / 120, iso: 64 };
  expect(exposure(facts)).toBe('24 mm · f/1.8 · 1/120 s · ISO 64');
  expect(exposure({ focal_length_mm: 5.7, focal_length_35mm: 26 })).toBe('5.7 mm (26 mm on 35-mm film)');
  expect(exposure({ exposure_seconds: 2.5 })).toBe('2.5 s');
  expect(exposure({})).toBeNull();
});

test('places by degrees', () => {
  expect(place({ latitude: 50.941291, longitude: 6.95824, altitude_metres: 57.2 })).toBe(
    '50.94129° N, 6.95824° E, 57 m',
  );
  expect(place({ latitude: -33.86, longitude: -70.6 })).toBe('33.86° S, 70.6° W');
  expect(place({ latitude: 1 })).toBeNull();
});
