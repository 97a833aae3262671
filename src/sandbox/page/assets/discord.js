// The Discord pane: which channel and person, their messages, and the box below.

import { avatar, followEnd, make, reconcile } from './dom.js';
import { arrange, drawMessage } from './discord_message.js';
import { DiscordComposer, localized } from './discord_composer.js';
import { showForm } from './discord_form.js';
import { coalesce, get, post } from './net.js';
import { Switcher } from './pane.js';
import { words } from './words.js';

const MESSAGE_COMMAND = 3;

const FAULTS = {
  no_response: words.noResponse,
  offline: words.offline,
  forbidden: words.noAccess,
  unknown_command: words.unknownCommand,
};

export class DiscordPane {
  constructor(root) {
    this.root = root;
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
      (text) => this.say(text),
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
    this.person.set([{ choices: state.people.map((person) => ({ value: person.id, label: person.name })) }]);
    // A direct message is seen by the one it is with.
    const seen = state.channels.filter((channel) => channel.recipient === null || channel.recipient === this.person.value);
    const guilds = [...new Set(seen.map((channel) => channel.guild))];
    this.channel.set(
      guilds.map((guild) => {
        const channels = seen.filter((channel) => channel.guild === guild);
        return { label: channels[0].guild_name ?? words.directMessages, choices: channels.map((channel) => ({ value: channel.id, label: title(channel) })) };
      }),
    );
    this.status.textContent = state.connected ? words.connected : words.waiting;
    this.status.classList.toggle('status-on', state.connected);
    const here = this.here();
    this.server.replaceChildren(avatar(here?.guild_name ?? '@', here?.guild ?? 0));
    this.composer.name(here === undefined ? '' : title(here));
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
      channels: () => this.place().channels.map((channel) => ({ value: channel.id, label: title(channel) })),
      press: (message, id) => this.act('/discord/press', { message: message.id, custom_id: id }),
      select: (message, id, values) => this.act('/discord/select', { message: message.id, custom_id: id, values }),
      menu: (message, command) => this.act('/discord/menu', { message: message.id, command }).catch((error) => this.complain(command, error)),
      menuCommands: () => this.menuCommands(),
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
    const here = this.here();
    const name = here === undefined ? '' : title(here);
    this.empty.replaceChildren(make('span.d-hash', { 'aria-hidden': 'true' }, '#'), make('p.d-welcome', {}, words.welcome(name)), make('p', {}, words.beginning));
    this.empty.hidden = shown.length > 0;
    this.end.toEnd();
  }

  /** Commands of a message's menu, by name and by what they are called here. */
  menuCommands() {
    const { commands, locale } = this.place();
    return commands.filter((command) => command.type === MESSAGE_COMMAND).map((command) => ({ name: command.name, label: localized(command, 'name', locale) }));
  }

  /** Does something as the chosen person; shows the form if the bot answers with one. */
  async act(path, body) {
    const person = this.person.value;
    const { form } = await post(path, { person, ...body });
    if (!form) return;
    showForm(
      this.root,
      form,
      (values) => post('/discord/submit', { person, values }).catch((error) => this.complain(null, error)),
      () => post('/discord/dismiss', { person }),
    );
  }

  async say(text) {
    this.end.force();
    await post('/discord/say', { person: this.person.value, channel: this.channel.value, text }).catch((error) => this.complain(null, error));
  }

  async invoke(command, options) {
    this.end.force();
    await this.act('/discord/invoke', { channel: this.channel.value, command, options }).catch((error) => this.complain(command, error));
  }

  /** Says why nothing came of it, as Discord does: in a note of its own, for the one who asked alone. */
  complain(command, error) {
    const person = this.me();
    this.notices.push({
      id: `notice-${(this.counted += 1)}`,
      author: { id: '0', username: 'Discord', bot: false },
      content: `⚠️ ${FAULTS[error.code] ?? words.failed}`,
      timestamp: new Date().toISOString(),
      flags: 64,
      interaction: command === null ? undefined : { type: 2, name: command, user: { id: person?.id, username: person?.name } },
    });
    this.draw();
  }
}

const title = (channel) => `${channel.recipient === null ? '#' : '@'}${channel.name}`;
