/** The filters below the search box: whether they are shown, and what they do to what is searched for. */
import { setFilter, toggleFilter, valuesOf } from '@/text/filters';
import { library } from './library.svelte';
import { note, noted } from './storage';

const OPEN = 'filters';

class Filtering {
  private shown = $state(noted(OPEN) === 'true');

  /** Remembered. */
  get open(): boolean {
    return this.shown;
  }

  toggle(): void {
    this.shown = !this.shown;
    note(OPEN, String(this.shown));
  }

  /** What was typed last and is not searched for yet. */
  typed: string | undefined;

  private get text(): string {
    return this.typed ?? library.query.text;
  }

  /** Searches for it, in place of what was typed. */
  search(text: string): void {
    this.typed = undefined;
    void library.setText(text);
  }

  /** What a field is filtered by. */
  values(field: string): string[] {
    return valuesOf(library.query.text, field);
  }

  has(field: string, value: string): boolean {
    return this.values(field).includes(value);
  }

  /** One value and no other, or none; of some that exclude each other where `only` names them. */
  set(field: string, value: string | undefined, only?: readonly string[]): void {
    this.search(setFilter(this.text, field, value, only));
  }

  /** From one date, which is part of it, to before another. */
  setDates(after: string | undefined, before: string | undefined): void {
    this.search(setFilter(setFilter(this.text, 'after', after), 'before', before));
  }

  /** For fields of which several can be asked for. */
  toggleValue(field: string, value: string): void {
    this.search(toggleFilter(this.text, field, value));
  }
}

export const filtering = new Filtering();
