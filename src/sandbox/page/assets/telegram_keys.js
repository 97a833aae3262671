// The keys that a bot puts below the text box (Bot API `ReplyKeyboardMarkup`): a text that is sent as it stands, or a
// chat to be chosen.

import { make } from './dom.js';
import { words } from './words.js';

export class TelegramKeys {
  /** `say(text)` sends a key's text; `chats(isChannel)` lists chats to choose from; `choose(request, chat)` chooses one. */
  constructor(say, chats, choose) {
    this.say = say;
    this.chats = chats;
    this.choose = choose;
    this.element = make('div.t-keys', { hidden: true });
    this.list = make('div.t-choices');
    this.window = make(
      'dialog.t-alert.t-choosing',
      {},
      make('p', {}, words.chooseChat),
      this.list,
      make('form', { method: 'dialog' }, make('button', {}, words.cancel)),
    );
  }

  /** `keys`: rows of Bot API `KeyboardButton`s, or null. */
  show(keys) {
    this.element.hidden = keys === null;
    this.element.replaceChildren(...(keys ?? []).map((row) => make('div.t-row', {}, row.map((key) => this.key(key)))));
  }

  key(key) {
    const text = typeof key === 'string' ? key : key.text;
    const asks = typeof key === 'string' ? undefined : key.request_chat;
    const press = asks === undefined ? () => this.say(text) : () => this.ask(asks);
    return make('button.t-key', { type: 'button', onclick: press }, text);
  }

  ask({ request_id: request, chat_is_channel: isChannel }) {
    const choice = (chat) =>
      make('button.t-key', { type: 'button', onclick: () => this.chosen(request, chat) }, chat.title);
    this.list.replaceChildren(...this.chats(isChannel).map(choice));
    this.window.showModal();
  }

  chosen(request, chat) {
    this.window.close();
    this.choose(request, chat.id);
  }
}
