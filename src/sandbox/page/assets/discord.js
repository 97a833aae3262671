// The Discord pane: which channel and person, their messages, and the box below.

import { avatar, followEnd, make, reconcile } from './dom.js';
import { arrange, drawMessage } from './discord_message.js';
import { DiscordComposer } from './discord_composer.js';
import { coalesce, get, post } from './net.js';
import { Switcher } from './pane.js';
import { words } from './words.js';

const FAULTS = {
  no_response: words.noResponse,
  offline: words.offline,
  forbidden: words.noAccess,
  unknown_command: words.unknownCommand,
};

export class DiscordPane {
  constructor(root) {
    this.state = { connected: false, channels: [], people: [], commands: [] };
    this.dismissed = new Set();
    this.notices = [];
    this.counted = 0;
    this.channel = new Switcher('discord-channel', words.channel, () => this.moved());
    this.person = new Switcher('discord-person', words.person, () => this.moved());
    this.server = make('span.d-server');
    this.status = make('span.status', { role: 'status' });
    this.list = make('ol.d-list', { role: 'log', 'aria-label': 'Discord' });
    this.empty = make('div.d-empty', { hidden: true });
    this.scroller = make('div.scroller.d-scroller', { tabindex: '0', role: 'region', 'aria-label': 'Discord' }, this.empty, this.list);
    this.end = followEnd(this.scroller);
    this.composer = new DiscordComposer(
      () => this.place(),
      (command, options) => this.invoke(command, options),
    );
    root.append(
      make(
        'header.head.d-head',
        {},
        this.server,
        make('div.head-main', {}, make('h2.app-name', {}, 'Discord', this.status), this.channel.element),
        this.person.element,
      ),
      this.scroller,
      this.composer.element,
    );
    this.refresh = coalesce(() => this.load());
  }

  place() {
    const here = this.here();
    return {
      person: this.person.value,
      channel: this.channel.value,
      locale: this.me()?.locale ?? 'ko',
      commands: this.state.commands,
      channels: this.state.channels.filter((channel) => channel.guild === here?.guild),
      people: this.state.people,
    };
  }

  here() {
    return this.state.channels.find((channel) => channel.id === this.channel.value);
  }

  me() {
    return this.state.people.find((person) => person.id === this.person.value);
  }

  /** Takes the server's new state. */
  update(state) {
    this.state = state;
    const guilds = [...new Set(state.channels.map((channel) => channel.guild))];
    this.channel.set(
      guilds.map((guild) => {
        const channels = state.channels.filter((channel) => channel.guild === guild);
        return { label: channels[0].guild_name, choices: channels.map((channel) => ({ value: channel.id, label: `# ${channel.name}` })) };
      }),
    );
    this.person.set([{ choices: state.people.map((person) => ({ value: person.id, label: person.name })) }]);
    this.status.textContent = state.connected ? words.connected : words.waiting;
    this.status.classList.toggle('status-on', state.connected);
    const here = this.here();
    this.server.replaceChildren(avatar(here?.guild_name ?? 'D', here?.guild ?? 0));
    this.composer.name(`#${here?.name ?? ''}`);
  }

  moved() {
    this.notices = [];
    this.update(this.state);
    this.end.force();
    this.refresh();
  }

  async load() {
    const query = { channel: this.channel.value, person: this.person.value };
    if (query.channel === '' || query.person === '') return;
    const { messages } = await get('/discord/timeline', query);
    // A switch while the answer was on its way asks again by itself.
    if (query.channel !== this.channel.value || query.person !== this.person.value) return;
    this.messages = messages;
    this.draw();
  }

  draw() {
    const shown = [...(this.messages ?? []), ...this.notices].filter((message) => !this.dismissed.has(message.id));
    const handlers = {
      names: {
        channel: (id) => this.state.channels.find((channel) => channel.id === id)?.name,
        person: (id) => this.state.people.find((person) => person.id === id)?.name,
      },
      channels: () => this.place().channels.map((channel) => ({ value: channel.id, label: `# ${channel.name}` })),
      press: (message, id) => post('/discord/press', { person: this.person.value, message: message.id, custom_id: id }),
      select: (message, id, values) => post('/discord/select', { person: this.person.value, message: message.id, custom_id: id, values }),
      dismiss: (message) => {
        this.dismissed.add(message.id);
        this.draw();
      },
    };
    reconcile(
      this.list,
      arrange(shown),
      (row) => row.message.id,
      (row) => JSON.stringify(row),
      (row) => drawMessage(row, handlers),
    );
    const name = `#${this.here()?.name ?? ''}`;
    this.empty.replaceChildren(make('span.d-hash', { 'aria-hidden': 'true' }, '#'), make('p.d-welcome', {}, words.welcome(name)), make('p', {}, words.beginning));
    this.empty.hidden = shown.length > 0;
    this.end.toEnd();
  }

  async invoke(command, options) {
    this.end.force();
    const person = this.me();
    try {
      await post('/discord/invoke', { person: this.person.value, channel: this.channel.value, command, options });
    } catch (error) {
      // As Discord does it: a note of its own, for the one who asked alone.
      this.notices.push({
        id: `notice-${(this.counted += 1)}`,
        author: { id: '0', username: 'Discord', bot: false },
        content: `⚠️ ${FAULTS[error.code] ?? error.message}`,
        timestamp: new Date().toISOString(),
        flags: 64,
        interaction: { type: 2, name: command, user: { id: person?.id, username: person?.name } },
      });
      this.draw();
    }
  }
}
