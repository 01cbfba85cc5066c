import type { Attachment } from 'svelte/attachments';

/** Puts the keyboard into the first field of a form that is still empty, or its first one. */
export function focusFirstEmpty(form: HTMLFormElement | undefined): void {
  const fields = [...(form?.querySelectorAll<HTMLInputElement>('input:not([type=radio])') ?? [])];
  const required = fields.find((field) => field.required && field.value === '');
  // An endpoint is left empty by many, and still is what most people begin with.
  const first = fields.every((field) => field.value === '') ? fields[0] : required;
  (first ?? fields[0])?.focus();
}

/** Puts the keyboard into the first field that has to be filled in and isn't, or that is wrong. Whether there is one. */
export function focusLacking(form: HTMLFormElement | undefined): boolean {
  const fields = [...(form?.querySelectorAll<HTMLInputElement>('input:not([type=radio])') ?? [])];
  const lacking = fields.find(
    (field) => (field.required && !field.value.trim()) || field.getAttribute('aria-invalid') === 'true',
  );
  lacking?.scrollIntoView({ block: 'center' });
  lacking?.focus();
  return lacking !== undefined;
}

/** Enter in a form that can't be sent yet goes to what is lacking, where it would do nothing. */
export function enterGoesOn(complete: () => boolean): Attachment<HTMLFormElement> {
  return (form) => {
    const onkeydown = (event: KeyboardEvent) => {
      if (event.key !== 'Enter' || complete() || !(event.target instanceof HTMLInputElement)) return;
      event.preventDefault();
      focusLacking(form);
    };
    form.addEventListener('keydown', onkeydown);
    return () => form.removeEventListener('keydown', onkeydown);
  };
}
