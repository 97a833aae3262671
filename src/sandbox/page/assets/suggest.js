// The list of suggestions over a text box: an ARIA listbox that the box's arrow keys walk.

import { make } from './dom.js';

let lists = 0;

/**
 * A listbox over a text box. `show(box, label, entries, chosen)` fills it; an entry is `{ title, detail?, mark? }`
 * with whatever else its owner needs, and `chosen(entry)` is called when one is clicked.
 */
export class Suggestions {
  constructor() {
    this.name = `suggest-${(lists += 1)}`;
    this.list = make('ul.suggest-list', { role: 'listbox', id: this.name });
    this.heading = make('p.suggest-heading');
    this.element = make('div.suggest', { hidden: true }, this.heading, this.list);
    this.entries = [];
    this.active = -1;
    // Pressing the mouse must not take the focus from the box.
    this.element.addEventListener('mousedown', (event) => event.preventDefault());
    this.list.addEventListener('click', (event) => {
      const row = event.target.closest('[role=option]');
      if (row !== null) this.chosen(this.entries[Number(row.dataset.at)]);
    });
  }

  /** Attributes a text box needs to own this list. */
  static wire(box, suggestions) {
    box.setAttribute('role', 'combobox');
    box.setAttribute('aria-autocomplete', 'list');
    box.setAttribute('aria-expanded', 'false');
    box.setAttribute('aria-controls', suggestions.name);
    box.setAttribute('autocomplete', 'off');
    box.setAttribute('spellcheck', 'false');
  }

  /** Shows `entries` for `box`; `first` says whether the first one is marked at once. */
  show(box, label, entries, chosen, first = true) {
    if (this.box !== undefined && this.box !== box) this.hide();
    if (entries.length === 0) {
      this.hide();
      return;
    }
    this.box = box;
    this.entries = entries;
    this.chosen = chosen;
    this.heading.textContent = label;
    this.list.setAttribute('aria-label', label);
    this.list.replaceChildren(
      ...entries.map((entry, at) =>
        make(
          'li.suggest-row',
          { role: 'option', id: `${this.name}-${at}`, 'data-at': at, 'aria-selected': 'false' },
          make('span.suggest-title', {}, entry.title),
          entry.detail ? make('span.suggest-detail', {}, entry.detail) : null,
          entry.mark ? make('span.suggest-mark', {}, entry.mark) : null,
        ),
      ),
    );
    this.element.hidden = false;
    box.setAttribute('aria-expanded', 'true');
    this.point(first ? 0 : -1);
  }

  hide() {
    this.element.hidden = true;
    this.entries = [];
    this.active = -1;
    this.box?.setAttribute('aria-expanded', 'false');
    this.box?.removeAttribute('aria-activedescendant');
  }

  get open() {
    return !this.element.hidden;
  }

  /** The entry that is marked, if any. */
  get marked() {
    return this.entries[this.active];
  }

  point(at) {
    this.active = at;
    for (const row of this.list.children) {
      const is = Number(row.dataset.at) === at;
      row.setAttribute('aria-selected', String(is));
      if (is) row.scrollIntoView({ block: 'nearest' });
    }
    if (at >= 0) this.box.setAttribute('aria-activedescendant', `${this.name}-${at}`);
    else this.box.removeAttribute('aria-activedescendant');
  }

  /** Handles the arrow keys and Escape; true if the key was used. */
  key(event) {
    if (!this.open) return false;
    const count = this.entries.length;
    if (event.key === 'ArrowDown') this.point((this.active + 1) % count);
    else if (event.key === 'ArrowUp') this.point(this.active <= 0 ? count - 1 : this.active - 1);
    else if (event.key === 'Escape') this.hide();
    else return false;
    event.preventDefault();
    return true;
  }
}

/** Whether a key belongs to an input method that is still composing a syllable: Enter must not send then. */
export const composing = (event) => event.isComposing || event.keyCode === 229;
