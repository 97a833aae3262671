// Telegram's formatted text: entities by offset and length in UTF-16 units, which are also what a JavaScript
// string counts (https://core.telegram.org/bots/api#messageentity).

import { icon, link, make } from './dom.js';
import { spoiler } from './markdown.js';
import { words } from './words.js';

/** The nodes of `text`; `handlers.command(text)` runs a tapped command, `handlers.start(address)` a `t.me` link. */
export function formatted(text, entities = [], handlers = {}) {
  const tree = nest(text.length, entities);
  return draw(text, tree, 0, text.length, handlers);
}

/** Puts entities into one another; one that crosses the end of another is cut there and goes on after it. */
function nest(length, entities) {
  const waiting = entities
    .filter((entity) => entity.offset >= 0 && entity.length > 0 && entity.offset < length)
    .map((entity) => ({ entity, start: entity.offset, end: Math.min(entity.offset + entity.length, length), inner: [] }))
    .sort(before);
  const roots = [];
  const open = [];
  while (waiting.length > 0) {
    const next = waiting.shift();
    while (open.length > 0 && open.at(-1).end <= next.start) open.pop();
    const around = open.at(-1);
    if (around !== undefined && next.end > around.end) {
      const rest = { ...next, start: around.end, inner: [] };
      next.end = around.end;
      const place = waiting.findIndex((other) => before(rest, other) < 0);
      waiting.splice(place === -1 ? waiting.length : place, 0, rest);
    }
    (around?.inner ?? roots).push(next);
    open.push(next);
  }
  return roots;
}

const before = (one, other) => one.start - other.start || other.end - one.end;

const BLOCKS = new Set(['blockquote', 'expandable_blockquote', 'pre']);

function draw(text, nodes, start, end, handlers) {
  const drawn = [];
  let at = start;
  const plain = (upTo) => {
    if (upTo > at) drawn.push(text.slice(at, upTo));
  };
  for (const node of nodes) {
    plain(node.start);
    drawn.push(drawEntity(text, node, handlers));
    at = node.end;
    // A block ends its line by itself; the line end after it would be an empty line more.
    if (BLOCKS.has(node.entity.type) && text[at] === '\n') at += 1;
  }
  plain(end);
  return drawn;
}

function drawEntity(text, node, handlers) {
  const { entity, start, end } = node;
  const own = text.slice(start, end);
  const inner = draw(text, node.inner, start, end, handlers);
  switch (entity.type) {
    case 'bold':
      return make('strong', {}, inner);
    case 'italic':
      return make('em', {}, inner);
    case 'underline':
      return make('u', {}, inner);
    case 'strikethrough':
      return make('s', {}, inner);
    case 'spoiler':
      return spoiler(inner);
    case 'code':
      return make('code.t-code', {}, own);
    case 'pre':
      return make('pre.t-pre', { tabindex: '0' }, entity.language ? make('span.t-pre-language', {}, entity.language) : null, make('code', {}, own));
    case 'text_link':
      return address(entity.url, inner, handlers);
    case 'url':
      return address(/^[a-z]+:\/\//i.test(own) ? own : `https://${own}`, inner, handlers);
    case 'blockquote':
      return make('blockquote.t-quote', {}, inner);
    case 'expandable_blockquote':
      return expandable(inner);
    case 'bot_command':
      return make('button.t-link', { type: 'button', onclick: () => handlers.command?.(own) }, inner);
    case 'hashtag':
    case 'cashtag':
    case 'mention':
    case 'text_mention':
    case 'email':
    case 'phone_number':
    case 'bank_card':
      return make('span.t-link', {}, inner);
    default:
      return make('span', {}, inner);
  }
}

/** A link; one that starts a bot (`t.me/<bot>?start=…`) stays here, for the bot lives here. */
export function address(url, inner, handlers) {
  const anchor = link(url, inner);
  if (startOf(url) !== null && handlers.start !== undefined) {
    anchor.addEventListener('click', (event) => {
      event.preventDefault();
      handlers.start(startOf(url));
    });
  }
  return anchor;
}

/** What follows `start=` in a link that opens a bot, else null. */
export function startOf(address_) {
  try {
    const url = new URL(address_);
    return url.hostname === 't.me' ? url.searchParams.get('start') : null;
  } catch {
    return null;
  }
}

/** A quote of which three lines are seen until it is opened. */
function expandable(inner) {
  const text = make('div.t-quote-text', {}, inner);
  const arrow = make('button.t-quote-more', { type: 'button', 'aria-expanded': 'false', 'aria-label': words.expand, 'data-focus': 'quote' }, icon('down'));
  const quote = make('blockquote.t-quote.t-expandable', {}, text, arrow);
  quote.addEventListener('click', (event) => {
    if (event.target.closest('a, .t-link, .spoiler:not(.open)') !== null) return;
    const open = quote.classList.toggle('open');
    arrow.setAttribute('aria-expanded', String(open));
    arrow.setAttribute('aria-label', open ? words.collapse : words.expand);
  });
  // A quote of three lines or fewer has nothing to open; only laid out it is known how many there are.
  const measure = new ResizeObserver(() => {
    if (!quote.classList.contains('open')) arrow.hidden = text.scrollHeight <= text.clientHeight + 1;
  });
  measure.observe(text);
  return quote;
}
