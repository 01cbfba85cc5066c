/** What a picture's file states about how it was taken, as people read it. */
import { m } from '@/paraglide/messages';
import type { Facts } from '@/ipc';
import { number } from './format';

const tenths = (value: number) => number(Math.round(value * 10) / 10);

/** "24 mm · f/1.8 · 1/120 s · ISO 64", as far as it is known. */
export function exposure(facts: Facts): string | null {
  const parts = [
    length(facts),
    facts.f_number === undefined ? null : `f/${tenths(facts.f_number)}`,
    facts.exposure_seconds === undefined ? null : seconds(facts.exposure_seconds),
    facts.iso === undefined ? null : `ISO ${facts.iso}`,
  ].filter((part) => part !== null);
  return parts.length ? parts.join(' · ') : null;
}

/** Where the film is that was taken with it. */
export function film(facts: Facts): string | null {
  if (facts.film === 'inside') return m.fact_film_inside();
  return facts.film === 'beside' ? m.fact_film_beside() : null;
}

function length({ focal_length_mm: own, focal_length_35mm: film }: Facts): string | null {
  if (own === undefined) return film === undefined ? null : m.fact_focal_length_film({ film: tenths(film) });
  if (film === undefined || film === own) return `${tenths(own)} mm`;
  return `${tenths(own)} mm (${m.fact_focal_length_film({ film: tenths(film) })})`;
}

function seconds(value: number): string {
  return value < 0.3 ? `1/${number(Math.round(1 / value))} s` : `${tenths(value)} s`;
}

/** "50.94129° N, 6.95824° E, 57 m". */
export function place({ latitude, longitude, altitude_metres: altitude }: Facts): string | null {
  if (latitude === undefined || longitude === undefined) return null;
  const degrees = (value: number) => Number(Math.abs(value).toFixed(5));
  const north =
    latitude < 0 ? m.fact_south({ degrees: degrees(latitude) }) : m.fact_north({ degrees: degrees(latitude) });
  const east =
    longitude < 0 ? m.fact_west({ degrees: degrees(longitude) }) : m.fact_east({ degrees: degrees(longitude) });
  return [north, east, ...(altitude === undefined ? [] : [`${Math.round(altitude)} m`])].join(', ');
}
