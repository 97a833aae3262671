// What both panes share: the switchers in their heads, and the memory of what was chosen in them.

import { make } from './dom.js';

/** A labelled menu. `set(groups, value)` takes `[{ label?, choices: [{ value, label }] }]`; `changed` hears a choice. */
export class Switcher {
  constructor(name, label, changed) {
    this.name = name;
    this.select = make('select', { 'aria-label': label, title: label });
    this.element = make(`span.switcher.switcher-${name}`, {}, this.select);
    this.select.addEventListener('change', () => {
      remember(name, this.select.value);
      changed();
    });
  }

  get value() {
    return this.select.value;
  }

  /** Redraws the choices if they changed, and keeps the chosen one where it is still there. */
  set(groups) {
    const print = JSON.stringify(groups);
    if (print === this.print) return;
    this.print = print;
    const wanted = this.select.value || recall(this.name);
    const option = (choice) => make('option', { value: choice.value }, choice.label);
    this.select.replaceChildren(
      ...groups.flatMap((group) => (group.label ? [make('optgroup', { label: group.label }, group.choices.map(option))] : group.choices.map(option))),
    );
    const values = groups.flatMap((group) => group.choices.map((choice) => choice.value));
    if (values.includes(wanted)) this.select.value = wanted;
  }

  /** Chooses `value` as if by hand. */
  choose(value) {
    this.select.value = value;
    this.select.dispatchEvent(new Event('change'));
  }
}

function remember(name, value) {
  try {
    sessionStorage.setItem(name, value);
  } catch {
    // A browser that keeps nothing starts with the first choice again.
  }
}

function recall(name) {
  try {
    return sessionStorage.getItem(name);
  } catch {
    return null;
  }
}
