// Discord's markdown as elements: blocks first (code, quotes, headings, lists), then what stands in a line.
// The rules follow Discord's client, which reads a small dialect of its own and no HTML.

import { link, make, safeAddress } from './dom.js';
import { markedTime } from './times.js';
import { words } from './words.js';

/**
 * The elements of `text`. `names` may tell names of channels and people by id:
 * `{ channel: (id) => string | undefined, person: (id) => string | undefined }`.
 */
export function markdown(text, names = {}) {
  return blocks(text.split('\n'), names, true);
}

/** The elements of `text` where blocks do not count, such as an embed's title or field name. */
export function inlineMarkdown(text, names = {}) {
  return inline(text, names);
}

const FENCE = /^```(?:([\w+-]+)\n)?\n?([\s\S]*?)\n?```/;

function blocks(lines, names, mayQuote) {
  const drawn = [];
  let plain = [];
  const flush = () => {
    if (plain.length > 0) drawn.push(make('div.md-text', {}, inline(plain.join('\n'), names)));
    plain = [];
  };
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at];
    const fence = line.indexOf('```');
    if (fence >= 0) {
      const rest = [line.slice(fence), ...lines.slice(at + 1)].join('\n');
      const code = FENCE.exec(rest);
      if (code !== null && code[2].trim() !== '') {
        if (fence > 0) plain.push(line.slice(0, fence));
        flush();
        drawn.push(make('pre.md-code', { tabindex: '0' }, make('code', {}, code[2])));
        const after = rest.slice(code[0].length).replace(/^\n/, '');
        return after === '' ? drawn : [...drawn, ...blocks(after.split('\n'), names, mayQuote)];
      }
    }
    if (mayQuote && line.startsWith('>>> ')) {
      flush();
      const quoted = [line.slice(4), ...lines.slice(at + 1)];
      return [...drawn, make('blockquote.md-quote', {}, blocks(quoted, names, false))];
    }
    if (mayQuote && (line.startsWith('> ') || line === '>')) {
      flush();
      const quoted = [];
      for (; at < lines.length && (lines[at].startsWith('> ') || lines[at] === '>'); at += 1) quoted.push(lines[at].slice(2));
      at -= 1;
      drawn.push(make('blockquote.md-quote', {}, blocks(quoted, names, false)));
      continue;
    }
    const heading = /^(#{1,3}) +(?=\S)(.*)$/.exec(line);
    if (heading !== null) {
      flush();
      // Inside a page with headings of its own a message's are only drawn as such.
      drawn.push(make(`div.md-h${heading[1].length}`, { role: 'heading', 'aria-level': heading[1].length + 3 }, inline(heading[2], names)));
      continue;
    }
    if (line.startsWith('-# ')) {
      flush();
      drawn.push(make('div.md-small', {}, inline(line.slice(3), names)));
      continue;
    }
    if (ITEM.test(line)) {
      flush();
      const items = [];
      for (; at < lines.length && (ITEM.test(lines[at]) || (items.length > 0 && /^ {2,}\S/.test(lines[at]))); at += 1) {
        const item = ITEM.exec(lines[at]);
        if (item === null) items.at(-1).text += `\n${lines[at].trim()}`;
        else items.push({ depth: item[1].length, number: item[2].endsWith('.') ? parseInt(item[2], 10) : null, text: item[3] });
      }
      at -= 1;
      drawn.push(list(items, names));
      continue;
    }
    plain.push(line);
  }
  flush();
  return drawn;
}

const ITEM = /^( *)([-*]|\d{1,10}\.) +(\S.*)$/;

function list(items, names) {
  const [first] = items;
  const element = first.number === null ? make('ul.md-list') : make('ol.md-list', { start: first.number });
  for (let at = 0; at < items.length; at += 1) {
    const item = make('li', {}, inline(items[at].text, names));
    const inner = [];
    while (at + 1 < items.length && items[at + 1].depth > first.depth) inner.push(items[(at += 1)]);
    if (inner.length > 0) item.append(list(inner, names));
    element.append(item);
  }
  return element;
}

// In the order in which Discord tries them at each place of a line.
const RULES = [
  [/\\([^0-9A-Za-z\s])/y, (found) => found[1]],
  [/<t:(-?\d{1,13})(?::([tTdDfFR]))?>/y, (found) => time(found)],
  [/<@!?(\d+)>/y, (found, names) => make('span.md-mention', {}, `@${names.person?.(found[1]) ?? found[1]}`)],
  [/<@&(\d+)>/y, (found, names) => make('span.md-mention', {}, `@${names.role?.(found[1]) ?? found[1]}`)],
  [/<#(\d+)>/y, (found, names) => make('span.md-mention', {}, `#${names.channel?.(found[1]) ?? found[1]}`)],
  [/<\/([^:>\n]+):\d+>/y, (found) => make('span.md-mention', {}, `/${found[1]}`)],
  [/<a?(:\w+:)\d+>/y, (found) => found[1]],
  [/<(https?:\/\/[^\s>]+)>/y, (found) => link(found[1], found[1])],
  [/https?:\/\/[^\s<]+[^\s<.,:;"'\])]/y, (found) => link(found[0], found[0])],
  [/\[((?:\\.|[^[\]\\\n]|\[[^\]\n]*\])+)\]\(\s*<?([^\s<>()]*(?:\([^\s()]*\)[^\s<>()]*)*)>?(?:\s+["'][^"'\n]*["'])?\s*\)/y, masked],
  [/@(?:everyone|here)\b/y, (found) => make('span.md-mention', {}, found[0])],
  [/(`+)([\s\S]*?[^`])\1(?!`)/y, (found) => make('code.md-inline', {}, found[2].trim() === '' ? found[2] : found[2].replace(/^ (?=`)|(?<=`) $/g, ''))],
  [/\|\|([\s\S]+?)\|\|/y, (found, names) => spoiler(inline(found[1], names))],
  [/\*\*((?:\\[\s\S]|[^\\])+?)\*\*(?!\*)/y, (found, names) => make('strong', {}, inline(found[1], names))],
  [/__((?:\\[\s\S]|[^\\])+?)__(?!_)/y, (found, names) => make('u', {}, inline(found[1], names))],
  [/~~(?=\S)((?:\\[\s\S]|[^\\])+?)~~/y, (found, names) => make('s', {}, inline(found[1], names))],
  [/\*(?=\S)((?:\*\*|\\[\s\S]|\s+(?:\\[\s\S]|[^\s*\\]|\*\*)|[^\s*\\])+?)\*(?!\*)/y, (found, names) => make('em', {}, inline(found[1], names))],
  [/\b_((?:__|\\[\s\S]|[^\\_])+?)_\b/y, (found, names) => make('em', {}, inline(found[1], names))],
];

function inline(text, names) {
  const drawn = [];
  let plain = '';
  let at = 0;
  while (at < text.length) {
    const next = startsMark(text[at]) ? firstRule(text, at, names) : null;
    if (next === null) {
      plain += text[at];
      at += 1;
    } else if (typeof next.drawn === 'string') {
      plain += next.drawn;
      at = next.end;
    } else {
      drawn.push(plain, next.drawn);
      plain = '';
      at = next.end;
    }
  }
  drawn.push(plain);
  return drawn.filter((part) => part !== '');
}

const startsMark = (character) => '\\<h[@`|*_~'.includes(character);

function firstRule(text, at, names) {
  for (const [rule, draw] of RULES) {
    rule.lastIndex = at;
    const found = rule.exec(text);
    // Drawing reads inner text with the same rules, so the end is kept before it.
    if (found !== null) {
      const end = rule.lastIndex;
      return { drawn: draw(found, names), end };
    }
  }
  return null;
}

function masked(found, names) {
  // An address that is no link stays as it was typed, as on Discord.
  return safeAddress(found[2]) === null ? found[0] : link(found[2], inline(found[1], names));
}

function time(found) {
  const date = new Date(Number(found[1]) * 1000);
  if (Number.isNaN(date.getTime())) return found[0];
  return make('time.md-time', { datetime: date.toISOString(), title: markedTime(date, 'F') }, markedTime(date, found[2] ?? 'f'));
}

/** Text that shows itself when it is asked to. */
export function spoiler(children) {
  const hidden = make('span.spoiler', { role: 'button', tabindex: '0', 'aria-label': words.spoiler, 'aria-expanded': 'false' }, children);
  const open = (event) => {
    if (hidden.classList.contains('open')) return;
    event.preventDefault();
    hidden.classList.add('open');
    hidden.setAttribute('aria-expanded', 'true');
    hidden.removeAttribute('role');
    hidden.removeAttribute('aria-label');
  };
  hidden.addEventListener('click', open);
  hidden.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' || event.key === ' ') open(event);
  });
  return hidden;
}
