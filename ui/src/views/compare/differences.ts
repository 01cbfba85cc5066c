/** What is said of pictures that are compared, and in what of it they differ. */
import type { PictureDetail } from '@/ipc';
import { bytes, cameraTime, dimensions, instant } from '@/text/format';

export interface Difference {
  text: (picture: PictureDetail) => string;
  /** Whether the pictures differ in it. */
  differs: boolean;
}

const facts: readonly ((picture: PictureDetail) => string)[] = [
  ({ width, height }) => (width && height ? dimensions(width, height) : ''),
  ({ format_label }) => format_label,
  ({ size }) => bytes(size),
  ({ taken_at, added_at }) => (taken_at ? cameraTime(taken_at) : instant(added_at)),
];

/** What is known of at least one of them; what they differ in comes first. */
export function differences(pictures: readonly PictureDetail[]): Difference[] {
  return facts
    .map((text) => ({ text, differs: new Set(pictures.map(text)).size > 1 }))
    .filter(({ text }) => pictures.some((picture) => text(picture) !== ''))
    .sort((one, other) => Number(other.differs) - Number(one.differs));
}
