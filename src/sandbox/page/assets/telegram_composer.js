// Telegram's text box: `/` opens the bot's menu for the chat, Enter sends the text.

import { icon, make } from './dom.js';
import { Suggestions, composing } from './suggest.js';
import { words } from './words.js';

/** The box grows with its text up to this many pixels. */
const TALLEST = 160;

export class TelegramComposer {
  /** `menu()` resolves to the chat's `[{ command, description }]`; `send(text, to)` says it, in reply to message `to`. */
  constructor(menu, send) {
    this.menu = menu;
    this.send = send;
    this.suggestions = new Suggestions();
    this.box = make('textarea.t-line', { rows: '1', maxlength: 4096, 'aria-label': words.telegramBox, placeholder: words.telegramBox, enterkeyhint: 'send', 'data-focus': 'telegram-line' });
    this.button = make('button.t-send', { type: 'submit', 'aria-label': words.send, title: words.send }, icon('send'));
    this.replied = make('span.t-replied');
    const drop = make('button.t-drop', { type: 'button', 'aria-label': words.cancel, title: words.cancel, onclick: () => this.answer(null) }, icon('close'));
    this.reply = make('p.t-replying', { hidden: true }, icon('reply'), this.replied, drop);
    this.element = make('form.composer.t-composer', {}, this.suggestions.element, this.reply, this.box, this.button);
    Suggestions.wire(this.box, this.suggestions);
    this.box.addEventListener('input', () => this.typed());
    this.box.addEventListener('blur', () => this.suggestions.hide());
    this.box.addEventListener('keydown', (event) => this.key(event));
    this.element.addEventListener('submit', (event) => {
      event.preventDefault();
      this.submit();
    });
  }

  async typed() {
    this.grow();
    const text = this.box.value;
    if (!/^\/\S*$/.test(text)) {
      this.suggestions.hide();
      return;
    }
    const menu = await this.menu();
    if (this.box.value !== text) return;
    const entries = menu
      .filter(({ command }) => command.startsWith(text.slice(1).toLowerCase()))
      .map(({ command, description }) => ({ title: `/${command}`, detail: description }));
    // What is typed in full is sent by Enter as it stands, so nothing is marked until an arrow key asks for it.
    this.suggestions.show(this.box, words.commands, entries, (entry) => this.say(entry.title), false);
  }

  key(event) {
    if (composing(event) || this.suggestions.key(event)) return;
    const { marked } = this.suggestions;
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      if (marked !== undefined) this.say(marked.title);
      else this.submit();
    } else if (event.key === 'Escape') {
      this.answer(null);
    } else if (event.key === 'Tab' && !event.shiftKey && this.suggestions.open) {
      event.preventDefault();
      this.box.value = `${(marked ?? this.suggestions.entries[0]).title} `;
      this.typed();
    }
  }

  submit() {
    const text = this.box.value.trim();
    if (text !== '') this.say(text);
  }

  say(text) {
    this.box.value = '';
    this.grow();
    this.suggestions.hide();
    this.send(text, this.to);
    this.answer(null);
  }

  /** The next text answers `message` (none: no message), of which `line` is shown. */
  answer(message, line = '') {
    this.to = message === null ? null : message.message_id;
    this.replied.textContent = line;
    this.reply.hidden = message === null;
    if (message !== null) this.box.focus();
  }

  grow() {
    this.box.style.setProperty('height', 'auto');
    const border = this.box.offsetHeight - this.box.clientHeight;
    const wanted = this.box.scrollHeight + border;
    this.box.style.setProperty('height', `${Math.min(wanted, TALLEST)}px`);
    this.box.classList.toggle('t-scrolls', wanted > TALLEST);
  }
}
