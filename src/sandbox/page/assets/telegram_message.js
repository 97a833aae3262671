// One Telegram message as a bubble with its keyboard, or as a service line. Message objects are the Bot API's
// (https://core.telegram.org/bots/api#message).

import { avatar, icon, link, make, safeAddress } from './dom.js';
import { address, formatted } from './telegram_entities.js';
import { bubbleTime, clockTime, dayName, sameDay, shortDayName } from './times.js';
import { words } from './words.js';

const day = (message) => new Date(message.date * 1000);
const sender = (message) => message.from ?? message.sender_chat ?? message.chat ?? {};
const nameOf = (who) => [who.first_name, who.last_name].filter(Boolean).join(' ') || who.title || who.username || '?';

/** Which bubbles begin a sender's run, which end it, and which begin a day. */
export function arrange(messages, person) {
  return messages.map((message, at) => {
    const prior = messages[at - 1];
    const next = messages[at + 1];
    const newDay = prior === undefined || !sameDay(day(prior), day(message));
    const joins = (one, other) =>
      one !== undefined && other !== undefined && sender(one).id === sender(other).id && service(one) === null && service(other) === null && sameDay(day(one), day(other));
    return { message, newDay, begins: !joins(prior, message), ends: !joins(message, next), mine: message.from !== undefined && String(message.from.id) === person };
  });
}

/**
 * `handlers`: `press(message, data)`, `command(text)`, `start(payload)`, `reply(message, line)`; `grouped` says
 * whether senders are named.
 */
export function drawMessage({ message, newDay, begins, ends, mine }, handlers, grouped) {
  const item = make('li.t-item');
  if (newDay) item.append(make('p.t-day', {}, make('span', {}, shortDayName(day(message)))));
  const line = service(message);
  if (line !== null) {
    item.append(make('p.t-service', {}, make('span', {}, line)));
    return item;
  }
  const who = sender(message);
  const bubble = make('div.t-bubble');
  if (grouped && begins && !mine) bubble.append(make(`p.t-name.ink-${hue(who.id)}`, {}, nameOf(who), who.is_bot ? make('span.t-role', {}, words.bot) : null));
  if (message.reply_to_message && !message.reply_to_message.forum_topic_created) bubble.append(drawReply(message.reply_to_message));
  if (message.photo) bubble.append(drawPhoto(message.photo.at(-1)));
  if (message.document) bubble.append(make('p.t-file', {}, icon('file'), make('span', {}, message.document.file_name ?? words.file)));
  const text = message.text ?? message.caption ?? '';
  const preview = drawPreview(message);
  bubble.append(make('div.t-text', {}, formatted(text, message.entities ?? message.caption_entities, handlers), preview, drawMeta(message)));
  const classes = ['t-message', mine ? 't-out' : 't-in', ends && 't-last'].filter(Boolean);
  const stack = make('div.t-stack', {}, bubble, drawKeyboard(message, handlers));
  const article = make(`article.${classes.join('.')}`, { 'aria-label': nameOf(who), 'data-message': message.message_id });
  if (grouped && !mine) article.append(ends ? avatar(nameOf(who), who.id) : make('span.avatar.avatar-none'));
  article.append(stack);
  const reply = make('button.t-answer', { type: 'button', 'aria-label': `${words.replied}: ${nameOf(who)}`, title: words.replied }, icon('reply'));
  reply.addEventListener('click', () => handlers.reply(message, `${nameOf(who)}: ${text.split('\n')[0]}`));
  article.append(reply);
  item.append(article);
  return item;
}

const hue = (id) => Math.abs(Number(id ?? 0)) % 6;

function drawMeta(message) {
  const sent = day(message);
  const isSilent = message.silent === true || message.disable_notification === true;
  return make(
    'span.t-meta',
    {},
    isSilent ? make('span.t-silent', { role: 'img', title: words.silent, 'aria-label': words.silent }, icon('bellOff')) : null,
    message.edit_date ? make('span', {}, words.editedShort) : null,
    make('time', { datetime: sent.toISOString(), title: `${dayName(sent)} ${clockTime(sent)}` }, bubbleTime(sent)),
  );
}

function drawReply(message) {
  const text = (message.text ?? message.caption ?? '').split('\n')[0];
  return make('p.t-reply', {}, make('b', {}, nameOf(sender(message))), make('span', {}, text));
}

/** A picture that was sent here; the page's own server has it. */
function drawPhoto(photo) {
  const { file_id: file, width, height } = photo ?? {};
  return make('img.t-photo', { src: `/telegram/photo?${new URLSearchParams({ file })}`, alt: words.image, width, height });
}

/** The link's card, of which only the host is known here. */
function drawPreview(message) {
  const options = message.link_preview_options;
  const wanted = options?.is_disabled ? undefined : (options?.url ?? undefined);
  if (wanted === undefined || safeAddress(wanted) === null) return null;
  return make('div.t-preview', {}, make('b', {}, new URL(wanted).hostname), link(wanted, wanted));
}

function drawKeyboard(message, handlers) {
  const rows = message.reply_markup?.inline_keyboard ?? [];
  if (rows.length === 0) return null;
  return make(
    'div.t-keyboard',
    {},
    rows.map((row, line) => make('div.t-row', {}, row.map((button, at) => drawButton(message, button, `${line}-${at}`, handlers)))),
  );
}

function drawButton(message, button, place, handlers) {
  if (button.url !== undefined) {
    const anchor = address(button.url, [make('span', {}, button.text), icon('out')], handlers);
    anchor.classList.add('t-button', 't-button-url');
    return anchor;
  }
  const element = make('button.t-button', { type: 'button', 'data-focus': `${message.message_id}-${place}` }, make('span', {}, button.text));
  element.addEventListener('click', async () => {
    element.classList.add('t-pending');
    element.setAttribute('aria-busy', 'true');
    await handlers.press(message, button.callback_data ?? '');
    element.classList.remove('t-pending');
    element.removeAttribute('aria-busy');
  });
  return element;
}

/** The line a service message says, or null for an ordinary message. */
function service(message) {
  if (message.new_chat_members) return words.joined(message.new_chat_members.map(nameOf).join(', '));
  if (message.left_chat_member) return words.left(nameOf(message.left_chat_member));
  if (message.migrate_to_chat_id || message.migrate_from_chat_id) return words.migrated;
  if (message.pinned_message) return words.pinned(nameOf(sender(message)));
  if (message.forum_topic_created) return words.topicCreated(message.forum_topic_created.name);
  if (message.forum_topic_closed) return words.topicClosed;
  if (message.forum_topic_reopened) return words.topicReopened;
  if (message.group_chat_created || message.supergroup_chat_created || message.channel_chat_created) return words.groupCreated;
  if (message.chat_shared) return words.shared;
  if (message.new_chat_title) return words.titled(message.new_chat_title);
  const isOrdinary = message.text !== undefined || message.caption !== undefined || message.photo || message.document;
  return isOrdinary ? null : words.service;
}
