// The form (modal) that a bot may put before a person instead of an answer: its inputs, and sending them.

import { make } from './dom.js';
import { words } from './words.js';

const PARAGRAPH = 2;

/** Shows `form` over `pane`; `send([[id, text], …])` is called if it is sent, else `close()`. */
export function showForm(pane, form, send, close) {
  const inputs = (form.components ?? []).flatMap((row) => row.components ?? []).map((component) => {
    const attributes = {
      name: component.custom_id,
      required: component.required ?? true,
      minlength: component.min_length,
      maxlength: component.max_length ?? 4000,
      placeholder: component.placeholder,
    };
    const input = make(component.style === PARAGRAPH ? 'textarea' : 'input', attributes);
    input.value = component.value ?? '';
    return { input, label: make('label.d-form-field', {}, make('span', {}, component.label), input) };
  });
  const cancel = make('button.d-button.d-secondary', { type: 'button', onclick: () => dialog.close() }, words.cancel);
  const done = make('button.d-button.d-primary', { type: 'submit' }, words.submit);
  const body = make('form', { method: 'dialog' }, make('h3', {}, form.title), inputs.map(({ label }) => label), make('div.d-form-end', {}, cancel, done));
  const dialog = make('dialog.d-form', { 'aria-label': form.title }, body);
  let sent = false;
  body.addEventListener('submit', () => {
    sent = true;
    send(inputs.map(({ input }) => [input.name, input.value]));
  });
  dialog.addEventListener('close', () => {
    dialog.remove();
    if (!sent) close();
  });
  pane.append(dialog);
  dialog.showModal();
  inputs[0]?.input.focus();
}
