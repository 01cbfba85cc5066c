/** Pictures for the stand-in engine: drawn, not stored, and the same at every start. */
import { rgbaToThumbHash } from 'thumbhash';
import type { PictureDetail } from './index';

/** A picture of the stand-in, with what the real catalogue would know of it. */
export interface FakePicture extends PictureDetail {
  /** Days since 1970-01-01 that the order goes by. */
  day: number;
  scene: Scene;
}

interface Scene {
  kind: 'hills' | 'sea' | 'city' | 'leaf' | 'page';
  palette: Palette;
  seed: number;
}

type Palette = readonly [string, string, string, string, string];

/** From the sky down to the ground, and the light. */
const palettes: readonly Palette[] = [
  ['#f6d7b0', '#e8a87c', '#c38d9e', '#41436a', '#fff3d6'],
  ['#a7c7e7', '#dfeaf2', '#5c7a6b', '#2f4a3f', '#fffbe8'],
  ['#1b2a49', '#465881', '#23304f', '#0f1830', '#f2e8c9'],
  ['#cfe8d5', '#93b79b', '#4d7c63', '#25463a', '#fdfce4'],
  ['#f3e9dc', '#c9b79c', '#8a7356', '#463a2b', '#fffaf0'],
  ['#9ad0ec', '#e3f4fc', '#1572a1', '#0b3c5d', '#ffffff'],
  ['#f9c5bd', '#fbe5e0', '#b0647b', '#5a3050', '#fff7f2'],
  ['#d8dee6', '#f0f2f5', '#8795a6', '#4a5766', '#ffffff'],
];

const subjects: Record<Scene['kind'], readonly [name: string, description: string, tags: string[]]> = {
  hills: [
    'Evening above the valley',
    'Three ranges of hills fade into haze under a low sun. The nearest slope lies in shade, and its edge is sharp against the lighter ones behind.',
    ['hills', 'evening', 'landscape'],
  ],
  sea: [
    'Morning at the shore',
    'A calm sea reflects a round sun just above the horizon. Two low bands of waves run across the foreground.',
    ['sea', 'sunrise', 'coast'],
  ],
  city: [
    'Blue hour, old harbour',
    'A row of dark buildings of different heights with small lit windows, in front of a clear evening sky.',
    ['city', 'night', 'architecture'],
  ],
  leaf: ['Fern, close', 'A single green frond, lit from the side, on a plain background.', ['plant', 'macro', 'green']],
  page: [
    'Screenshot',
    'A screenshot of a text document with a heading, four paragraphs and a small chart on the right.',
    ['screenshot', 'document'],
  ],
};

const kinds = ['hills', 'sea', 'hills', 'city', 'sea', 'leaf', 'hills', 'page'] as const;
const cameras = ['FUJIFILM X-T4', 'Apple iPhone 13 Pro Max', 'NIKON D90', 'Google Pixel 8', null];
const formats: readonly (readonly [format: string, label: string, type: string, extension: string])[] = [
  ['jpeg', 'JPEG', 'image/jpeg', 'jpg'],
  ['png', 'PNG', 'image/png', 'png'],
  ['heic', 'HEIC', 'image/heic', 'heic'],
  ['webp', 'WebP', 'image/webp', 'webp'],
  ['avif', 'AVIF', 'image/avif', 'avif'],
  ['raw', 'RAW', 'image/x-nikon-nef', 'nef'],
  ['svg', 'SVG', 'image/svg+xml', 'svg'],
];
const shapes: readonly (readonly [number, number])[] = [
  [6000, 4000],
  [4000, 6000],
  [4032, 3024],
  [3024, 4032],
  [1920, 1080],
  [4000, 4000],
  [9000, 3200],
];

/** A small deterministic generator (mulberry32), so that screenshots and tests see the same pictures. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

function pick<T>(list: readonly T[], next: () => number): T {
  return list[Math.floor(next() * list.length)] as T;
}

function hex(next: () => number, digits: number): string {
  let text = '';
  while (text.length < digits) text += Math.floor(next() * 16).toString(16);
  return text;
}

function channels(colour: string): [number, number, number] {
  const value = Number.parseInt(colour.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

/** The hash of a rough version of the scene: its bands of colour. */
function thumbhash(palette: Palette, aspect: number): string {
  const key = `${palette[0]} ${aspect}`;
  let hash = hashes.get(key);
  if (!hash) hashes.set(key, (hash = hashOf(palette, aspect)));
  return hash;
}

const hashes = new Map<string, string>();

function hashOf(palette: Palette, aspect: number): string {
  const width = aspect >= 1 ? 24 : Math.max(6, Math.round(24 * aspect));
  const height = aspect >= 1 ? Math.max(6, Math.round(24 / aspect)) : 24;
  const pixels = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y++) {
    const at = (y / height) * 3.999;
    const from = channels(palette[Math.floor(at)] ?? palette[0]);
    const to = channels(palette[Math.min(3, Math.floor(at) + 1)] ?? palette[3]);
    for (let x = 0; x < width; x++) {
      const offset = (y * width + x) * 4;
      for (let c = 0; c < 3; c++) {
        const mix = at % 1;
        pixels[offset + c] = Math.round((from[c] ?? 0) * (1 - mix) + (to[c] ?? 0) * mix);
      }
      pixels[offset + 3] = 255;
    }
  }
  return btoa(String.fromCharCode(...rgbaToThumbHash(width, height, pixels)));
}

/** One picture. `age` is its place in the library, the newest being 0. */
export function makePicture(id: number, age: number): FakePicture {
  const next = random(Math.imul(id, 2_654_435_761));
  const kind = pick(kinds, next);
  const [subject, description, tags] = subjects[kind];
  const [width, height] = kind === 'page' ? ([2560, 1600] as const) : pick(shapes, next);
  const roll = next();
  const [format, label, type, extension] =
    kind === 'page'
      ? (formats[1] as (typeof formats)[number])
      : roll < 0.86
        ? (formats[0] as (typeof formats)[number])
        : pick(formats.slice(2), next);
  const shown = !['heic', 'avif', 'raw', 'svg'].includes(format);
  const palette = pick(palettes, next);
  const taken = new Date(Date.UTC(2026, 9, 14, 18, 5) - age * 7.3 * 3_600_000 - next() * 3_600_000);
  const described = next() < 0.7 && shown;
  const person = described && next() < 0.15;
  const size = Math.round((width * height) / (3 + next() * 5));
  return {
    id,
    image_id: hex(next, 26),
    name: `${kind === 'page' ? `Screenshot ${taken.toISOString().slice(0, 10)}` : next() < 0.4 ? subject : `DSC_${String(1000 + (id % 9000))}`}.${extension}`,
    format,
    format_label: label,
    content_type: type,
    size,
    sha256: hex(next, 64),
    width: format === 'raw' ? null : width,
    height: format === 'raw' ? null : height,
    taken_at: kind === 'page' ? null : taken.toISOString().slice(0, 19),
    file_modified_at: null,
    camera: kind === 'page' ? null : pick(cameras, next),
    facts: {},
    remark: null,
    added_at: new Date(taken.getTime() + 86_400_000).toISOString(),
    deleted_at: null,
    thumbhash: shown ? thumbhash(palette, width / height) : null,
    has_thumbnail: shown,
    can_preview: shown,
    favourite: next() < 0.12,
    rating: 0,
    rotation: 0,
    crop: null,
    verdicts: [],
    description: described ? description : null,
    alt_text: described ? (description.split('. ')[0] ?? description) : null,
    tags: described ? tags : [],
    albums: [],
    text_in_image: described && kind === 'page' ? 'Quarterly plan — Draft 2' : null,
    described_by: described ? (person ? 'person' : 'gpt-5-mini') : null,
    described_at: described ? new Date(taken.getTime() + 90_000_000).toISOString() : null,
    models_text: null,
    proof: 'checksum',
    verified_at: new Date(taken.getTime() + 86_460_000).toISOString(),
    verified_by: 'The store’s SHA-256 of the whole object equals the one of the local file.',
    stored_size: size,
    etag: hex(next, 32),
    fault: null,
    last_check: null,
    local_copy: null,
    removed_at: null,
    pending: false,
    describing: false,
    day: Math.floor(taken.getTime() / 86_400_000),
    scene: { kind, palette, seed: id },
  };
}

function hills(p: Palette, w: number, h: number, next: () => number): string {
  let shapes = `<circle cx="${w * (0.2 + next() * 0.6)}" cy="${h * (0.25 + next() * 0.15)}" r="${Math.min(w, h) * 0.07}" fill="${p[4]}" opacity=".9"/>`;
  for (let band = 0; band < 4; band++) {
    const base = h * (0.48 + band * 0.14);
    const points: string[] = [`0,${h}`];
    const phase = next() * 6;
    for (let step = 0; step <= 24; step++) {
      const x = (w * step) / 24;
      const y =
        base + Math.sin(step * (0.35 + band * 0.09) + phase) * h * 0.06 + Math.sin(step * 1.1 + phase * 2) * h * 0.018;
      points.push(`${x.toFixed(1)},${y.toFixed(1)}`);
    }
    points.push(`${w},${h}`);
    shapes += `<polygon points="${points.join(' ')}" fill="${p[band < 2 ? 2 : 3]}" opacity="${0.35 + band * 0.2}"/>`;
  }
  return shapes;
}

function sea(p: Palette, w: number, h: number, next: () => number): string {
  const sun = w * (0.25 + next() * 0.5);
  let shapes = `<circle cx="${sun}" cy="${h * 0.5}" r="${Math.min(w, h) * 0.11}" fill="${p[4]}"/><rect y="${h * 0.55}" width="${w}" height="${h * 0.45}" fill="${p[2]}"/>`;
  for (let wave = 0; wave < 9; wave++) {
    const y = h * (0.57 + wave * 0.048);
    const width = w * (0.1 + wave * 0.05) * (0.6 + next() * 0.8);
    shapes += `<rect x="${sun - width / 2}" y="${y}" width="${width}" height="${h * 0.008}" rx="${h * 0.004}" fill="${p[4]}" opacity="${0.65 - wave * 0.05}"/>`;
  }
  return `${shapes}<rect y="${h * 0.88}" width="${w}" height="${h * 0.12}" fill="${p[3]}" opacity=".8"/>`;
}

function city(p: Palette, w: number, h: number, next: () => number): string {
  let shapes = '';
  for (let x = -0.02; x < 1;) {
    const width = 0.05 + next() * 0.08;
    const top = 0.35 + next() * 0.35;
    shapes += `<rect x="${w * x}" y="${h * top}" width="${w * width}" height="${h}" fill="${next() < 0.5 ? p[3] : p[2]}"/>`;
    for (let row = top + 0.04; row < 0.92; row += 0.055) {
      for (let col = x + 0.012; col < x + width - 0.014; col += 0.02) {
        if (next() < 0.35)
          shapes += `<rect x="${w * col}" y="${h * row}" width="${w * 0.008}" height="${h * 0.02}" fill="${p[4]}" opacity=".8"/>`;
      }
    }
    x += width + 0.006;
  }
  return shapes;
}

function leaf(p: Palette, w: number, h: number, next: () => number): string {
  let shapes = `<path d="M${w * 0.5} ${h} Q${w * 0.42} ${h * 0.5} ${w * 0.55} ${h * 0.1}" stroke="${p[3]}" stroke-width="${Math.min(w, h) * 0.012}" fill="none"/>`;
  for (let side = 0; side < 18; side++) {
    const t = side / 18;
    const y = h * (0.92 - t * 0.78);
    const x = w * (0.47 + t * 0.07);
    const length = Math.min(w, h) * (0.34 - t * 0.26) * (0.9 + next() * 0.2);
    const turn = side % 2 ? -28 : 208;
    shapes += `<ellipse cx="${length * 0.5}" cy="0" rx="${length * 0.5}" ry="${length * 0.13}" transform="translate(${x} ${y}) rotate(${turn})" fill="${p[side % 3 ? 2 : 3]}" opacity=".92"/>`;
  }
  return shapes;
}

function page(p: Palette, w: number, h: number, next: () => number): string {
  let shapes = `<rect width="${w}" height="${h}" fill="#fbfbfa"/><rect width="${w * 0.18}" height="${h}" fill="#f0f0ee"/>`;
  shapes += `<rect x="${w * 0.24}" y="${h * 0.12}" width="${w * 0.34}" height="${h * 0.05}" rx="4" fill="#2b2b2e"/>`;
  for (let line = 0; line < 12; line++) {
    shapes += `<rect x="${w * 0.24}" y="${h * (0.24 + line * 0.055)}" width="${w * (0.24 + next() * 0.12)}" height="${h * 0.018}" rx="3" fill="#c9c9cc"/>`;
  }
  for (let bar = 0; bar < 6; bar++) {
    const height = h * (0.1 + next() * 0.35);
    shapes += `<rect x="${w * (0.68 + bar * 0.042)}" y="${h * 0.72 - height}" width="${w * 0.028}" height="${height}" fill="${p[2]}"/>`;
  }
  return shapes;
}

/** The picture as an SVG document, `width` pixels wide. */
export function draw(picture: FakePicture, width: number): string {
  const aspect = (picture.width ?? 3) / (picture.height ?? 2);
  const w = width;
  const h = Math.round(width / aspect);
  const p = picture.scene.palette;
  const body = { hills, sea, city, leaf, page }[picture.scene.kind](p, w, h, random(picture.scene.seed * 31));
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${w}" height="${h}" viewBox="0 0 ${w} ${h}"><defs><linearGradient id="s" x2="0" y2="1"><stop stop-color="${p[0]}"/><stop offset=".7" stop-color="${p[1]}"/></linearGradient></defs><rect width="${w}" height="${h}" fill="url(#s)"/>${body}</svg>`;
}
