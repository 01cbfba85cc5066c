/** Puts the keyboard into the first field of a form that is still empty, or its first one. */
export function focusFirstEmpty(form: HTMLFormElement | undefined): void {
  const fields = [...(form?.querySelectorAll<HTMLInputElement>('input:not([type=radio])') ?? [])];
  const required = fields.find((field) => field.required && field.value === '');
  // An endpoint is left empty by many, and still is what most people begin with.
  const first = fields.every((field) => field.value === '') ? fields[0] : required;
  (first ?? fields[0])?.focus();
}
