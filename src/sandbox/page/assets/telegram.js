// The Telegram pane: which chat, topic and person, the bubbles, and the box below.

import { avatar, followEnd, make, reconcile } from './dom.js';
import { coalesce, get, post } from './net.js';
import { Switcher } from './pane.js';
import { TelegramComposer } from './telegram_composer.js';
import { TelegramKeys } from './telegram_keys.js';
import { startOf } from './telegram_entities.js';
import { arrange, drawMessage } from './telegram_message.js';
import { words } from './words.js';

/** How long a callback's answer stays, in milliseconds; Telegram's own is about as long. */
const TOAST = 4000;

export class TelegramPane {
  constructor(root) {
    this.state = { chats: [], people: [] };
    this.chat = new Switcher('telegram-chat', words.chat, () => this.moved());
    this.topic = new Switcher('telegram-topic', words.topic, () => this.moved());
    this.person = new Switcher('telegram-person', words.person, () => this.moved());
    this.face = make('span.t-face');
    this.kind = make('span.t-kind');
    this.list = make('ol.t-list', { role: 'log', 'aria-label': 'Telegram' });
    this.empty = make('p.t-empty', { hidden: true }, make('b', {}, words.nothing), make('span', {}, words.nothingHint));
    this.scroller = make('div.scroller.t-scroller', { tabindex: '0', role: 'region', 'aria-label': 'Telegram' }, this.empty, this.list);
    this.end = followEnd(this.scroller);
    this.toast = make('p.t-toast', { role: 'status', hidden: true });
    this.alertText = make('p');
    this.alert = make('dialog.t-alert', {}, this.alertText, make('form', { method: 'dialog' }, make('button', {}, words.ok)));
    this.composer = new TelegramComposer(
      () => this.menu(),
      (text, to) => this.say(text, to),
    );
    this.keys = new TelegramKeys(
      (text) => this.say(text),
      (isChannel) => this.state.chats.filter((chat) => chat.kind !== 'private' && (chat.kind === 'channel') === isChannel),
      (request, chosen) => this.choose(request, chosen),
    );
    root.append(
      make(
        'header.head.t-head',
        {},
        this.face,
        make('div.head-main', {}, make('h2.app-name', {}, 'Telegram', this.kind), make('div.head-line', {}, this.chat.element, this.topic.element)),
        this.person.element,
      ),
      this.scroller,
      this.toast,
      this.alert,
      this.composer.element,
      this.keys.element,
      this.keys.window,
    );
    this.refresh = coalesce(() => this.load());
  }

  here() {
    return this.state.chats.find((chat) => chat.id === this.chat.value);
  }

  update(state) {
    this.state = state;
    this.person.set([{ choices: state.people.map((person) => ({ value: person.id, label: person.name })) }]);
    // A private chat has its person's id, and nobody else sees it.
    const own = state.chats.filter((chat) => chat.kind !== 'private' || chat.id === this.person.value);
    this.chat.set([{ choices: own.map((chat) => ({ value: chat.id, label: chat.kind === 'private' ? words.privateChat : chat.title })) }]);
    const here = this.here();
    const topics = here?.topics ?? [];
    this.topic.element.hidden = topics.length === 0;
    this.topic.set([{ choices: [{ value: '', label: words.allTopics }, ...topics.map((topic) => ({ value: topic.id, label: topic.name }))] }]);
    this.kind.textContent = words.kinds[here?.kind] ?? '';
    this.face.replaceChildren(avatar(here?.title ?? 'T', here?.id ?? 0));
  }

  moved() {
    this.composer.answer(null);
    this.update(this.state);
    this.end.force();
    this.refresh();
  }

  async load() {
    const chat = this.chat.value;
    if (chat === '') return;
    const { messages, keys } = await get('/telegram/timeline', { chat });
    if (chat !== this.chat.value) return;
    this.keys.show(keys);
    this.messages = messages;
    this.draw();
  }

  draw() {
    const topic = this.topic.value;
    const shown = (this.messages ?? []).filter((message) => topic === '' || (message.is_topic_message && String(message.message_thread_id) === topic));
    const handlers = {
      press: (message, data) => this.press(message, data),
      command: (text) => this.say(text),
      start: (payload) => this.start(payload),
      reply: (message, line) => this.composer.answer(message, line),
    };
    const grouped = this.here()?.kind !== 'private';
    reconcile(
      this.list,
      arrange(shown, this.person.value),
      (row) => String(row.message.message_id),
      (row) => JSON.stringify(row),
      (row) => drawMessage(row, handlers, grouped),
    );
    this.empty.hidden = shown.length > 0;
    this.end.toEnd();
  }

  async menu() {
    const { commands } = await get('/telegram/commands', { chat: this.chat.value, person: this.person.value });
    return commands;
  }

  async say(text, to = null) {
    this.end.force();
    const topic = this.topic.value === '' ? null : Number(this.topic.value);
    const body = { person: this.person.value, chat: this.chat.value, topic, text, reply_to: to };
    await post('/telegram/say', body).catch(() => this.tell(words.failed));
  }

  /** What Telegram does for `t.me/<bot>?start=…`: goes to the private chat and says `/start …` there. */
  async start(payload) {
    const own = this.state.chats.find((chat) => chat.kind === 'private' && chat.id === this.person.value);
    if (own === undefined) return;
    if (this.chat.value !== own.id) this.chat.choose(own.id);
    await this.say(`/start ${payload}`.trim());
  }

  /** A chat for the key that asks for one; Telegram's app offers only those that fit. */
  async choose(request, chosen) {
    const body = { person: this.person.value, chat: this.chat.value, request, chosen };
    await post('/telegram/choose', body).catch(() => this.tell(words.notOffered));
  }

  async press(message, data) {
    try {
      const answer = await post('/telegram/press', { person: this.person.value, chat: this.chat.value, message: String(message.message_id), data });
      const payload = answer.url === null ? null : startOf(answer.url);
      if (payload !== null) await this.start(payload);
      if (!answer.text) return;
      if (answer.show_alert) {
        this.alertText.textContent = answer.text;
        this.alert.showModal();
      } else {
        this.tell(answer.text);
      }
    } catch {
      this.tell(words.botSilent);
    }
  }

  tell(text) {
    this.toast.textContent = text;
    this.toast.hidden = false;
    clearTimeout(this.fading);
    this.fading = setTimeout(() => {
      this.toast.hidden = true;
    }, TOAST);
  }
}
