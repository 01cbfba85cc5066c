/** How pictures are looked at: what the viewer that is open can do, its filmstrip, and the slideshow. */
import { library } from './library.svelte';
import { screen } from './screen.svelte';
import { selection } from './selection.svelte';
import { note, noted } from './storage';
import { whenLeft } from './visit';

/** What can be done to the pictures that are shown large, by keys, buttons and the palette. */
export interface Zooming {
  /** Larger or smaller, about the middle. */
  by: (factor: number) => void;
  /** The whole picture. */
  fit: () => void;
  /** One pixel of the picture for one of the window. */
  actual: () => void;
  /** From one to the other. */
  toggle: () => void;
}

const FILMSTRIP = 'filmstrip';
const SECONDS = 'slideshow-seconds';

/** How long a picture of a slideshow may be shown, in seconds. */
export const intervals = [3, 5, 10, 30] as const;
const USUAL = 5;

class Viewing {
  /** Of what is shown large; undefined while nothing is. */
  zooming = $state.raw<Zooming>();
  /** Whether one picture follows the other by itself. */
  playing = $state(false);
  private strip = $state(noted(FILMSTRIP) === 'true');
  private interval = $state(rememberedSeconds());

  /** Whether the neighbours stand in a row below the picture; remembered. */
  get filmstrip(): boolean {
    return this.strip;
  }

  set filmstrip(shown: boolean) {
    this.strip = shown;
    note(FILMSTRIP, String(shown));
  }

  /** How long a picture of the slideshow is shown, in seconds; remembered. */
  get seconds(): number {
    return this.interval;
  }

  set seconds(seconds: number) {
    this.interval = seconds;
    note(SECONDS, String(seconds));
  }

  /** Whether there is anything to be played. */
  get playable(): boolean {
    return library.layout.count > 0 && !library.inTrash && screen.comparing.length === 0;
  }

  /** Starts the slideshow, from the picture that is at hand, or stops it. */
  toggleSlideshow(): void {
    if (this.playing || !this.playable) {
      this.playing = false;
      return;
    }
    screen.viewing ??= selection.single ?? selection.ordered[0] ?? library.idAt(0);
    this.playing = true;
  }
}

function rememberedSeconds(): number {
  const seconds = Number(noted(SECONDS));
  return intervals.some((each) => each === seconds) ? seconds : USUAL;
}

export const viewing = new Viewing();

whenLeft(() => (viewing.playing = false));
