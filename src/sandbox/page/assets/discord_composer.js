// Discord's text box: text is sent as it stands; `/` lists the registered commands, a chosen one offers its options as slots, some ask the
// bot while one types, Enter sends. Options are sent by name and value, as an interaction carries them
// (https://discord.com/developers/docs/interactions/application-commands).

import { make } from './dom.js';
import { post } from './net.js';
import { Suggestions, composing } from './suggest.js';
import { words } from './words.js';

const CHAT_INPUT = 1;
const SUB_COMMAND = 1;
const SUB_COMMAND_GROUP = 2;
const INTEGER = 4;
const BOOLEAN = 5;
const USER = 6;
const CHANNEL = 7;
const NUMBER = 10;

/** How long a pause in typing is, in milliseconds, before the bot is asked. */
const PAUSE = 120;

/** A name or description as an app in `locale` shows it. */
export const localized = (thing, what, locale) => thing[`${what}_localizations`]?.[locale] ?? thing[what] ?? '';

/** Every command and subcommand that can be run, with its name and description in `locale`. */
function runnable(commands, locale) {
  const said = (thing, what) => localized(thing, what, locale);
  const flatten = (command, path, shown) => {
    const below = (command.options ?? []).filter((option) => option.type === SUB_COMMAND || option.type === SUB_COMMAND_GROUP);
    if (below.length > 0) {
      return below.flatMap((option) => flatten(option, [...path, option.name], [...shown, said(option, 'name')]));
    }
    const options = (command.options ?? []).map((option) => ({
      ...option,
      label: said(option, 'name'),
      about: said(option, 'description'),
      choices: option.choices?.map((choice) => ({ title: said(choice, 'name'), value: choice.value })),
    }));
    return [{ path: path.join(' '), title: shown.join(' '), about: said(command, 'description'), options }];
  };
  return commands
    .filter((command) => (command.type ?? CHAT_INPUT) === CHAT_INPUT)
    .flatMap((command) => flatten(command, [command.name], [said(command, 'name')]))
    .sort((one, other) => one.path.localeCompare(other.path));
}

export class DiscordComposer {
  /** `place()` says where one types: `{ person, channel, locale, commands, channels, people }`; `send(command, options)`, `say(text)`. */
  constructor(place, send, say) {
    this.place = place;
    this.send = send;
    this.write = say;
    this.suggestions = new Suggestions();
    this.slots = [];
    this.command = null;
    this.asked = 0;
    this.chip = make('span.d-chip', { hidden: true });
    this.line = make('input.d-line', { type: 'text', maxlength: 2000, enterkeyhint: 'send', 'data-focus': 'discord-line' });
    this.box = make('div.d-box', {}, this.chip, this.line);
    this.hint = make('p.d-hint', { role: 'status', hidden: true });
    this.element = make('form.composer.d-composer', {}, this.suggestions.element, this.hint, this.box);
    Suggestions.wire(this.line, this.suggestions);
    this.element.addEventListener('submit', (event) => event.preventDefault());
    this.box.addEventListener('mousedown', (event) => {
      if (event.target === this.box) {
        event.preventDefault();
        this.line.focus();
      }
    });
    this.line.addEventListener('input', () => this.typed());
    this.line.addEventListener('focus', () => this.typed());
    this.line.addEventListener('blur', () => this.suggestions.hide());
    this.line.addEventListener('keydown', (event) => this.lineKey(event));
  }

  /** Says where one types, for the empty box. */
  name(channel) {
    this.emptyText = words.discordBox(channel);
    this.line.setAttribute('aria-label', this.emptyText);
    if (this.command === null) this.line.placeholder = this.emptyText;
  }

  commands() {
    const { commands, locale } = this.place();
    return runnable(commands, locale);
  }

  typed() {
    this.say(null);
    if (this.command !== null) {
      this.offerOptions();
      return;
    }
    const text = this.line.value;
    if (!text.startsWith('/')) {
      this.suggestions.hide();
      return;
    }
    const wanted = text.slice(1).toLowerCase();
    const commands = this.commands();
    const begun = commands
      .filter((command) => [command.path, command.title].some((name) => wanted.startsWith(`${name} `)))
      .sort((one, other) => other.path.length - one.path.length)[0];
    if (begun !== undefined) {
      const name = wanted.startsWith(`${begun.title} `) ? begun.title : begun.path;
      this.pick(begun, text.slice(1 + name.length + 1));
      return;
    }
    const rank = (command) => {
      if (command.path.startsWith(wanted) || command.title.startsWith(wanted)) return 0;
      return command.path.includes(wanted) || command.title.includes(wanted) ? 1 : 2;
    };
    const entries = commands
      .filter((command) => rank(command) < 2)
      .sort((one, other) => rank(one) - rank(other))
      .map((command) => ({ title: `/${command.title}`, detail: command.about, command }));
    this.suggestions.show(this.line, words.commands, entries, (entry) => this.pick(entry.command, ''));
  }

  lineKey(event) {
    if (composing(event) || this.suggestions.key(event)) return;
    if (event.key === 'Enter' || (event.key === 'Tab' && !event.shiftKey && this.suggestions.marked !== undefined)) {
      event.preventDefault();
      this.lineEnter(event.key === 'Enter');
    } else if (event.key === 'Backspace' && this.line.value === '' && this.command !== null) {
      event.preventDefault();
      const last = this.slots.at(-1);
      if (last === undefined) this.leave();
      else last.input.focus();
    } else if (event.key === 'Escape' && this.command !== null) {
      this.clear();
    }
  }

  lineEnter(maySend) {
    const { marked } = this.suggestions;
    if (this.command !== null) {
      if (marked !== undefined) {
        this.line.value = '';
        this.addSlot(marked.option).input.focus();
        return;
      }
      const free = this.freeOptions()[0];
      if (this.line.value.trim() !== '' && free !== undefined) {
        this.addSlot(free, this.line.value.trim());
        this.line.value = '';
      }
      this.submit();
      return;
    }
    const text = this.line.value.trim();
    if (text === '') return;
    if (!text.startsWith('/')) {
      this.line.value = '';
      this.write(text);
      return;
    }
    const exact = this.commands().find((command) => text === `/${command.path}` || text === `/${command.title}`);
    const found = maySend && exact !== undefined ? exact : marked?.command;
    if (found === undefined) {
      this.say(words.unknownCommand, true);
      return;
    }
    this.pick(found, '');
    // Typed in full and in need of nothing more, a command is sent by the one Enter.
    if (maySend && found === exact && !found.options.some((option) => option.required)) this.submit();
  }

  /** Turns the typed name into a chip and `rest` into option values. */
  pick(command, rest) {
    this.clear();
    this.command = command;
    this.chip.textContent = `/${command.title}`;
    this.chip.hidden = false;
    for (const option of command.options.filter((each) => each.required)) this.addSlot(option);
    this.fill(rest);
    const empty = this.slots.find((slot) => slot.input.value === '') ?? (rest === '' ? undefined : this.slots.at(-1));
    (empty?.input ?? this.line).focus();
    this.relabel();
    this.typedIn(empty);
  }

  /** Reads `word:value` pairs, and a first value without its word. */
  fill(rest) {
    if (rest.trim() === '') return;
    const named = this.command.options.flatMap((option) => [...new Set([option.name, option.label])].map((name) => ({ option, name })));
    const parts = rest.split(/(?:^|\s)(?=[^\s:]+:)/).filter((part) => part.trim() !== '');
    for (const part of parts) {
      const match = named.find(({ name }) => part.trimStart().startsWith(`${name}:`));
      const option = match?.option ?? this.slots.find((slot) => slot.input.value === '')?.option ?? this.freeOptions()[0];
      if (option === undefined) return;
      const slot = this.slots.find((each) => each.option === option) ?? this.addSlot(option);
      slot.input.value = match === undefined ? part : part.trimStart().slice(match.name.length + 1);
      this.widen(slot.input);
    }
  }

  freeOptions() {
    return this.command.options.filter((option) => !this.slots.some((slot) => slot.option === option));
  }

  relabel() {
    const free = this.command === null ? 0 : this.freeOptions().length;
    if (this.command === null) this.line.placeholder = this.emptyText ?? '';
    else this.line.placeholder = free > 0 ? words.optional(free) : '';
    this.line.setAttribute('aria-label', this.command === null ? this.line.placeholder : words.optionalLabel);
  }

  offerOptions() {
    const typed = this.line.value.trim().toLowerCase();
    const free = this.freeOptions();
    const named = free.find((option) => typed === `${option.name}:` || typed === `${option.label}:`);
    if (named !== undefined) {
      this.line.value = '';
      this.addSlot(named).input.focus();
      return;
    }
    const entries = free
      .filter((option) => typed === '' || option.name.startsWith(typed) || option.label.startsWith(typed))
      .map((option) => ({ title: option.label, detail: option.about, option }));
    const chosen = (entry) => {
      this.line.value = '';
      this.addSlot(entry.option).input.focus();
    };
    this.suggestions.show(this.line, words.options, entries, chosen, typed !== '');
    this.say(this.command.about);
  }

  addSlot(option, text = '') {
    const input = make('input', { type: 'text', value: text, maxlength: 6000, 'aria-label': `${option.label}: ${option.about}`, enterkeyhint: 'send' });
    if (option.type === INTEGER || option.type === NUMBER) input.inputMode = 'decimal';
    const element = make('label.d-slot', { title: option.about }, make('span.d-slot-name', {}, option.label), input);
    const slot = { option, input, element, value: undefined };
    Suggestions.wire(input, this.suggestions);
    this.widen(input);
    input.addEventListener('input', () => {
      slot.value = undefined;
      this.widen(input);
      this.typedIn(slot);
    });
    input.addEventListener('focus', () => this.typedIn(slot));
    input.addEventListener('blur', () => this.suggestions.hide());
    input.addEventListener('keydown', (event) => this.slotKey(event, slot));
    this.line.before(element);
    this.slots.push(slot);
    this.relabel();
    return slot;
  }

  /** A box as wide as its text; a Korean syllable takes about two of the digits that `ch` counts. */
  widen(input) {
    let width = 0;
    for (const character of input.value) width += character.codePointAt(0) > 0x2e80 ? 2 : 1;
    input.style.setProperty('--width', `${Math.min(Math.max(width + 1, 5), 44)}ch`);
  }

  slotKey(event, slot) {
    if (composing(event) || this.suggestions.key(event)) return;
    const { marked } = this.suggestions;
    if ((event.key === 'Enter' || (event.key === 'Tab' && !event.shiftKey)) && marked !== undefined && marked.title !== slot.input.value) {
      event.preventDefault();
      this.choose(slot, marked);
    } else if (event.key === 'Enter') {
      event.preventDefault();
      if (marked !== undefined) slot.value = marked.value;
      this.submit();
    } else if (event.key === 'Backspace' && slot.input.value === '') {
      event.preventDefault();
      this.removeSlot(slot);
    } else if (event.key === 'Escape') {
      this.clear();
      this.line.focus();
    }
  }

  removeSlot(slot) {
    const at = this.slots.indexOf(slot);
    if (slot.option.required && at === 0) {
      this.leave();
      return;
    }
    if (!slot.option.required) {
      this.slots.splice(at, 1);
      slot.element.remove();
      this.relabel();
    }
    (this.slots[at - 1]?.input ?? this.line).focus();
  }

  choose(slot, entry) {
    slot.input.value = entry.title;
    slot.value = entry.value;
    this.widen(slot.input);
    this.suggestions.hide();
    const next = this.slots.find((each) => each.input.value === '');
    (next?.input ?? this.line).focus();
  }

  /** Suggests values for a slot: fixed ones by what is typed, or the bot's own. */
  async typedIn(slot) {
    if (slot === undefined) return;
    const { option, input } = slot;
    this.say(`${option.label} — ${option.about}`);
    const typed = input.value.trim().toLowerCase();
    const chosen = (entry) => this.choose(slot, entry);
    const fixed = this.fixedValues(option);
    if (fixed !== null) {
      const entries = fixed.filter((entry) => typed === '' || entry.title.toLowerCase().includes(typed) || String(entry.value).toLowerCase().startsWith(typed));
      this.suggestions.show(input, option.label, entries.slice(0, 25), chosen, typed !== '' || option.required);
      return;
    }
    if (!option.autocomplete) {
      this.suggestions.hide();
      return;
    }
    const asked = (this.asked += 1);
    await new Promise((resume) => setTimeout(resume, PAUSE));
    if (asked !== this.asked) return;
    const { person, channel } = this.place();
    const others = this.values(slot).options;
    const body = { person, channel, command: this.command.path, option: option.name, typed: input.value, options: others };
    const found = await post('/discord/autocomplete', body).catch(() => ({ choices: [] }));
    if (asked !== this.asked || document.activeElement !== input) return;
    const entries = found.choices.map((choice) => ({ title: choice.name, value: choice.value }));
    this.suggestions.show(input, option.label, entries, chosen, false);
  }

  fixedValues(option) {
    const { channels, people } = this.place();
    if (option.choices?.length > 0) return option.choices;
    if (option.type === BOOLEAN) {
      return [
        { title: words.yes, value: true },
        { title: words.no, value: false },
      ];
    }
    if (option.type === CHANNEL) return channels.map((channel) => ({ title: `#${channel.name}`, value: channel.id }));
    if (option.type === USER) return people.map((person) => ({ title: `@${person.name}`, value: person.id }));
    return null;
  }

  /** What the slots hold, by option name; `except` leaves one out. `fault` is the first slot that can't be sent. */
  values(except) {
    const options = {};
    let fault = null;
    for (const slot of this.slots.filter((each) => each !== except)) {
      const { option, input } = slot;
      const text = input.value.trim();
      if (text === '') {
        if (option.required) fault ??= { slot, text: words.required };
        continue;
      }
      const fixed = this.fixedValues(option);
      if (fixed !== null) {
        const wanted = text.toLowerCase().replace(/^[#@]/, '');
        const names = (entry) => [entry.title.toLowerCase().replace(/^[#@]/, ''), String(entry.value).toLowerCase()];
        const entry = fixed.find((each) => each.value === slot.value) ?? fixed.find((each) => names(each).includes(wanted));
        if (entry === undefined) fault ??= { slot, text: words.pickOne };
        else options[option.name] = entry.value;
      } else if (option.type === INTEGER || option.type === NUMBER) {
        const number = slot.value ?? Number(text);
        if (!Number.isFinite(number) || (option.type === INTEGER && !Number.isInteger(number))) fault ??= { slot, text: words.wrongNumber };
        else options[option.name] = number;
      } else {
        options[option.name] = slot.value ?? text;
      }
    }
    return { options, fault };
  }

  submit() {
    const { options, fault } = this.values();
    if (fault !== null) {
      fault.slot.input.focus();
      this.say(`${fault.slot.option.label}: ${fault.text}`, true);
      return;
    }
    const { path } = this.command;
    this.clear();
    this.line.focus();
    this.send(path, options);
  }

  /** Back to plain text, with the command's name in the box. */
  leave() {
    const { title } = this.command;
    this.clear();
    this.line.value = `/${title}`;
    this.line.focus();
    this.typed();
  }

  clear() {
    for (const slot of this.slots) slot.element.remove();
    this.slots = [];
    this.command = null;
    this.asked += 1;
    this.chip.hidden = true;
    this.line.value = '';
    this.suggestions.hide();
    this.say(null);
    this.relabel();
  }

  say(text, isFault = false) {
    this.hint.hidden = text === null || text === '';
    this.hint.textContent = text ?? '';
    this.hint.classList.toggle('d-fault', isFault);
  }
}
