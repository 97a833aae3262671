// One Discord message as an element: the author's row, content, embeds, components, and what surrounds them.
// Message objects are the API's own (https://discord.com/developers/docs/resources/message).

import { avatar, icon, link, make } from './dom.js';
import { inlineMarkdown, markdown } from './markdown.js';
import { clockTime, dayName, messageTime, sameDay } from './times.js';
import { words } from './words.js';

const EPHEMERAL = 1 << 6;
const LOADING = 1 << 7;
const SUPPRESS_NOTIFICATIONS = 1 << 12;
const REPLY = 19;

/** Messages further apart than this get a row of their own (Discord's client). */
const SAME_ROW = 7 * 60_000;

/** Which messages stand under the row of the one before, and which begin a day. */
export function arrange(messages) {
  return messages.map((message, at) => {
    const before = messages[at - 1];
    const sent = new Date(message.timestamp);
    const newDay = before === undefined || !sameDay(new Date(before.timestamp), sent);
    const ownRow =
      newDay ||
      before.author?.id !== message.author?.id ||
      usedBy(message) !== null ||
      message.type === REPLY ||
      ((before.flags ?? 0) & EPHEMERAL) !== ((message.flags ?? 0) & EPHEMERAL) ||
      sent - new Date(before.timestamp) > SAME_ROW;
    return { message, newDay, ownRow };
  });
}

/**
 * `handlers`: `names` for mentions; `press(message, id)`, `select(message, id, values)` and `menu(message, command)`,
 * which may reject; `menuCommands` and `channels` list what these offer; `dismiss(message)`.
 */
export function drawMessage({ message, newDay, ownRow }, handlers) {
  const flags = message.flags ?? 0;
  const sent = new Date(message.timestamp);
  const author = message.author ?? {};
  const name = author.global_name ?? author.username ?? '?';
  const thinking = (flags & LOADING) !== 0;

  const body = make('div.d-body');
  if (ownRow) {
    body.append(
      make(
        'h3.d-author',
        {},
        make(`span.d-name${author.bot ? '.d-bot' : ''}`, {}, name),
        author.bot ? make('span.d-badge', {}, words.app) : null,
        make('time.d-time', { datetime: message.timestamp, title: `${dayName(sent)} ${clockTime(sent)}` }, messageTime(sent)),
        (flags & SUPPRESS_NOTIFICATIONS) !== 0 ? silentMark() : null,
      ),
    );
  }
  if (!ownRow && (flags & SUPPRESS_NOTIFICATIONS) !== 0) body.append(silentMark());
  if (thinking) {
    body.append(make('p.d-thinking', {}, make('span.dots', {}, make('i'), make('i'), make('i')), words.thinking));
  } else {
    const edited = message.edited_timestamp ? make('span.d-edited', { title: messageTime(new Date(message.edited_timestamp)) }, words.edited) : null;
    if (message.content) body.append(make('div.d-content', {}, markdown(message.content, handlers.names), edited));
    else if (edited !== null) body.append(make('div.d-content', {}, edited));
  }
  for (const file of message.attachments ?? []) body.append(drawAttachment(file));
  for (const embed of message.embeds ?? []) body.append(drawEmbed(embed, handlers.names));
  if ((message.components ?? []).length > 0) body.append(drawComponents(message, handlers));
  if ((flags & EPHEMERAL) !== 0) {
    const dismiss = make('button.d-dismiss', { type: 'button', onclick: () => handlers.dismiss(message) }, words.dismiss);
    body.append(make('p.d-private', {}, icon('eye'), words.onlyYou, make('span', { 'aria-hidden': 'true' }, '·'), dismiss));
  }

  const kinds = ['d-message', ownRow && 'd-first', (flags & EPHEMERAL) !== 0 && 'd-ephemeral'].filter(Boolean);
  const article = make(`article.${kinds.join('.')}`, { 'aria-label': name, 'data-message': message.id });
  const above = usedLine(message) ?? replyLine(message);
  if (above !== null) article.append(above);
  if (ownRow) article.append(avatar(name, author.id));
  else article.append(make('time.d-side', { datetime: message.timestamp }, clockTime(sent)));
  article.append(body);
  if (author.bot && !thinking) article.append(drawMessageMenu(message, handlers));
  const item = make('li.d-item', {}, article);
  if (newDay) item.prepend(make('p.d-day', {}, make('span', {}, dayName(sent))));
  return item;
}

/** The commands that Discord has in a message's menu, as buttons that show when the message is pointed at. */
function drawMessageMenu(message, handlers) {
  const commands = handlers.menuCommands();
  if (commands.length === 0) return '';
  const button = ({ name, label }) => make('button', { type: 'button', 'data-focus': `menu-${name}`, onclick: () => handlers.menu(message, name) }, label);
  return make('div.d-tools', { role: 'group', 'aria-label': words.messageMenu }, commands.map(button));
}

function silentMark() {
  return make('span.d-silent', { title: words.silent, role: 'img', 'aria-label': words.silent }, icon('bellOff'));
}

function usedBy(message) {
  const used = message.interaction_metadata ?? message.interaction;
  return used?.user !== undefined && (used.type ?? 2) === 2 ? used : null;
}

function usedLine(message) {
  const used = usedBy(message);
  if (used === null) return null;
  const name = used.user.global_name ?? used.user.username ?? '?';
  const command = make('span.d-command', {}, used.target_message_id === undefined ? `/${used.name ?? ''}` : used.name);
  return make('p.d-above', {}, avatar(name, used.user.id), make('span', {}, make('b', {}, name), words.used(command)));
}

function replyLine(message) {
  if (message.type !== REPLY) return null;
  const to = message.referenced_message;
  const name = to?.author?.global_name ?? to?.author?.username ?? words.replied;
  return make('p.d-above', {}, avatar(name, to?.author?.id ?? 0), make('b', {}, name), make('span.d-reply', {}, (to?.content ?? '').split('\n')[0]));
}

function drawEmbed(embed, names) {
  const card = make('div.d-embed');
  if (typeof embed.color === 'number') card.style.setProperty('--bar', `#${embed.color.toString(16).padStart(6, '0')}`);
  const text = make('div.d-embed-text');
  if (embed.author?.name) text.append(make('p.d-embed-author', {}, embed.author.url ? link(embed.author.url, embed.author.name) : embed.author.name));
  if (embed.title) {
    const title = inlineMarkdown(embed.title, names);
    text.append(make('h4.d-embed-title', {}, embed.url ? link(embed.url, title) : title));
  }
  if (embed.description) text.append(make('div.d-embed-description', {}, markdown(embed.description, names)));
  if ((embed.fields ?? []).length > 0) text.append(drawFields(embed.fields, names));
  card.append(text);
  if (embed.thumbnail?.url) card.append(drawPicture('d-thumbnail', embed.thumbnail));
  if (embed.image?.url) card.append(drawPicture('d-image', embed.image));
  const when = embed.timestamp ? messageTime(new Date(embed.timestamp)) : null;
  const footer = [embed.footer?.text, when].filter(Boolean).join(' • ');
  if (footer !== '') card.append(make('p.d-embed-footer', {}, footer));
  return card;
}

function drawFields(fields, names) {
  const grid = make('div.d-fields');
  let rest = 0; // inline fields still to come in this row
  let share = 0; // how many share it
  for (const [at, field] of fields.entries()) {
    const cell = make('div.d-field', {}, make('h5', {}, inlineMarkdown(field.name, names)), make('div', {}, markdown(field.value, names)));
    if (field.inline) {
      if (rest === 0) {
        // Up to three inline fields in a run share a row.
        const run = fields.slice(at, at + 3);
        const end = run.findIndex((next) => !next.inline);
        share = end === -1 ? run.length : end;
        rest = share;
      }
      cell.classList.add(`d-inline-${share}`);
      rest -= 1;
    } else {
      rest = 0;
    }
    grid.append(cell);
  }
  return grid;
}

const FILE = /^http:\/\/(127\.0\.0\.1|localhost)(:\d+)?\/attachments\/\d+\/\d+\/[^/]+$/;

/** A file that was sent here is drawn; a picture from elsewhere is never fetched, a place of its size stands for it. */
function drawPicture(kind, picture) {
  if (FILE.test(picture.url)) return make(`img.${kind}`, { src: picture.url, alt: picture.description ?? words.image, width: picture.width, height: picture.height });
  const place = make(`div.${kind}.d-no-picture`, { title: `${words.noImage}: ${picture.url}` }, icon('picture'), make('span', {}, words.image));
  if (picture.width && picture.height) place.style.setProperty('aspect-ratio', `${picture.width} / ${picture.height}`);
  return place;
}

function drawAttachment(file) {
  if ((file.content_type ?? '').startsWith('image/')) return drawPicture('d-image', file);
  return make('p.d-file', {}, icon('file'), make('span', {}, file.filename ?? words.file));
}

const ROW = 1;
const BUTTON = 2;
const STRING_SELECT = 3;
const CHANNEL_SELECT = 8;
const STYLES = { 1: 'primary', 2: 'secondary', 3: 'success', 4: 'danger', 5: 'link' };

function drawComponents(message, handlers) {
  const rows = make('div.d-components');
  const problem = make('p.d-failed', { role: 'alert', hidden: true }, icon('warning'), make('span'));
  const run = async (work) => {
    problem.hidden = true;
    rows.setAttribute('aria-busy', 'true');
    try {
      await work();
    } catch (error) {
      problem.lastElementChild.textContent = error.code === 'offline' ? words.offline : words.interactionFailed;
      problem.hidden = false;
    } finally {
      rows.removeAttribute('aria-busy');
    }
  };
  for (const row of message.components) {
    if (row.type !== ROW) continue;
    const line = make('div.d-row');
    for (const component of row.components ?? []) {
      if (component.type === BUTTON) line.append(drawButton(message, component, handlers, run));
      else line.append(drawMenu(message, component, handlers, run));
    }
    rows.append(line);
  }
  rows.append(problem);
  return rows;
}

function drawButton(message, button, handlers, run) {
  const label = [button.emoji?.name ? make('span.d-emoji', {}, button.emoji.name) : null, button.label ? make('span', {}, button.label) : null];
  const look = `d-${STYLES[button.style] ?? 'secondary'}`;
  if (button.url) {
    const anchor = link(button.url, label, icon('out'));
    anchor.classList.add('d-button', look);
    return anchor;
  }
  const element = make(`button.d-button.${look}`, { type: 'button', disabled: button.disabled, 'data-focus': button.custom_id }, label);
  element.addEventListener('click', async () => {
    element.classList.add('d-pending');
    await run(() => handlers.press(message, button.custom_id));
    element.classList.remove('d-pending');
  });
  return element;
}

let menus = 0;

/** A select menu: closed it shows what is chosen, open it is a listbox that the arrow keys walk. */
function drawMenu(message, menu, handlers, run) {
  const choices = menu.type === STRING_SELECT ? (menu.options ?? []) : menu.type === CHANNEL_SELECT ? handlers.channels() : [];
  const most = menu.max_values ?? 1;
  const chosen = new Set(choices.filter((choice) => choice.default).map((choice) => choice.value));
  const before = new Set(chosen);
  const name = `menu-${(menus += 1)}`;
  const shown = make('span.d-menu-value');
  const face = make(
    'button.d-menu-face',
    { type: 'button', disabled: menu.disabled || choices.length === 0, 'aria-haspopup': 'listbox', 'aria-expanded': 'false', 'aria-controls': name, 'data-focus': menu.custom_id },
    shown,
    icon('down'),
  );
  const list = make('ul.d-menu-list', { role: 'listbox', id: name, tabindex: '-1', hidden: true, 'aria-label': menu.placeholder ?? words.choose, 'aria-multiselectable': most > 1 });
  const rows = choices.map((choice, at) =>
    make(
      'li.d-choice',
      { role: 'option', id: `${name}-${at}`, 'aria-selected': chosen.has(choice.value), 'data-value': choice.value },
      choice.emoji?.name ? make('span.d-emoji', {}, choice.emoji.name) : null,
      make('span.d-choice-text', {}, make('span', {}, choice.label), choice.description ? make('small', {}, choice.description) : null),
      most > 1 ? make('span.d-tick', { 'aria-hidden': 'true' }, icon('check')) : null,
    ),
  );
  list.append(...rows);
  let active = 0;

  const show = () => {
    const labels = choices.filter((choice) => chosen.has(choice.value)).map((choice) => choice.label);
    shown.textContent = labels.length > 0 ? labels.join(', ') : (menu.placeholder ?? words.choose);
    shown.classList.toggle('d-placeholder', labels.length === 0);
    for (const row of rows) row.setAttribute('aria-selected', String(chosen.has(row.dataset.value)));
  };
  const point = (to) => {
    active = (to + rows.length) % rows.length;
    for (const [at, row] of rows.entries()) row.classList.toggle('active', at === active);
    list.setAttribute('aria-activedescendant', rows[active].id);
    rows[active].scrollIntoView({ block: 'nearest' });
  };
  const open = () => {
    list.hidden = false;
    face.setAttribute('aria-expanded', 'true');
    point(Math.max(0, choices.findIndex((choice) => chosen.has(choice.value))));
    list.focus();
    list.scrollIntoView({ block: 'nearest' });
  };
  const close = (send) => {
    if (list.hidden) return;
    list.hidden = true;
    face.setAttribute('aria-expanded', 'false');
    const changed = chosen.size !== before.size || [...chosen].some((value) => !before.has(value));
    if (send && changed && chosen.size >= (menu.min_values ?? 1)) run(() => handlers.select(message, menu.custom_id, [...chosen]));
  };
  const toggle = (at) => {
    const { value } = choices[at];
    if (most > 1) {
      if (chosen.has(value)) chosen.delete(value);
      else if (chosen.size < most) chosen.add(value);
      show();
      return;
    }
    chosen.clear();
    chosen.add(value);
    show();
    // Choosing the same entry again is a choice too: it opens the same article once more.
    before.clear();
    face.focus();
    close(true);
  };
  face.addEventListener('click', () => (list.hidden ? open() : close(true)));
  list.addEventListener('click', (event) => {
    const row = event.target.closest('[role=option]');
    if (row !== null) toggle(rows.indexOf(row));
  });
  list.addEventListener('keydown', (event) => {
    const moves = { ArrowDown: active + 1, ArrowUp: active - 1, Home: 0, End: rows.length - 1 };
    if (event.key in moves) point(moves[event.key]);
    else if (event.key === 'Enter' || event.key === ' ') toggle(active);
    else if (event.key === 'Escape') {
      face.focus();
      close(false);
    } else return;
    event.preventDefault();
  });
  list.addEventListener('focusout', (event) => {
    if (!list.contains(event.relatedTarget) && event.relatedTarget !== face) close(true);
  });
  show();
  return make('div.d-menu', {}, face, list);
}
