/** What links of the place that is open promise, before one is made. */
import { ipc } from '@/ipc';
import { linksAhead } from '@/text/links';
import { stay, whenLeft } from './visit';

class Links {
  /** How long they work and for whom, in a sentence: the same for all pictures of a place. Undefined until that is known. */
  ahead = $state<string>();
  private asking = false;

  /** Finds out by a link to this picture, which nobody gets to see. */
  async ask(picture: number): Promise<void> {
    if (this.ahead !== undefined || this.asking) return;
    this.asking = true;
    const here = stay();
    try {
      const [link] = await ipc().links([picture]);
      if (here() && link) this.ahead = linksAhead(link.life);
    } catch (error) {
      // Nothing is promised then. It is asked again for the next picture.
      console.warn(error);
    } finally {
      if (here()) this.asking = false;
    }
  }

  /** Forgets everything, for another place. */
  reset(): void {
    this.ahead = undefined;
    this.asking = false;
  }
}

export const links = new Links();

whenLeft(() => links.reset());
