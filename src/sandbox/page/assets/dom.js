// Builds the page's elements. Whatever came from a message goes in as a text node or an attribute that is set
// here; nothing on this page parses HTML.

/**
 * An element: `make('a.name', { href: '/' }, 'text', child)`. Attributes that are null or false are left out,
 * true ones are set empty, functions become listeners (`onclick`); children may be nested lists.
 */
export function make(selector, attributes = {}, ...children) {
  const [tag, ...classes] = selector.split('.');
  const element = document.createElement(tag);
  if (classes.length > 0) element.className = classes.join(' ');
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === 'function') element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? '' : String(value));
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** The address if it is http or https, else null: nothing else becomes a link. */
export function safeAddress(address) {
  try {
    const url = new URL(address);
    return url.protocol === 'http:' || url.protocol === 'https:' ? url.href : null;
  } catch {
    return null;
  }
}

/** A link that opens elsewhere and learns nothing of this page; plain text where the address is not http(s). */
export function link(address, ...children) {
  const href = safeAddress(address);
  if (href === null) return make('span', {}, ...children);
  return make('a', { href, target: '_blank', rel: 'noopener noreferrer', title: href }, ...children);
}

const SHAPES = {
  bellOff: 'M18 16v-5a6 6 0 0 0-9.3-5M6.3 8A6 6 0 0 0 6 10v6l-2 2h13M10 21h4M3 3l18 18',
  eye: 'M2 12s3.6-7 10-7 10 7 10 7-3.6 7-10 7S2 12 2 12Zm10 3a3 3 0 1 0 0-6 3 3 0 0 0 0 6Z',
  out: 'M14 4h6v6M20 4l-9 9M18 14v6H4V6h6',
  down: 'm6 9 6 6 6-6',
  send: 'M3 20.5 21 12 3 3.5 3 10l12 2-12 2Z',
  picture: 'M4 5h16v14H4ZM4 16l5-5 4 4 3-3 4 4M15 9h.01',
  file: 'M6 3h8l4 4v14H6ZM14 3v4h4',
  warning: 'M12 3 2 20h20ZM12 10v4M12 17h.01',
  check: 'm5 12 5 5 9-10',
  reply: 'M9 7 4 12l5 5M4 12h10a6 6 0 0 1 6 6v1',
  close: 'm6 6 12 12M18 6 6 18',
};

/** A line drawing of 24 by 24, in the colour of the text around it. */
export function icon(name) {
  const space = 'http://www.w3.org/2000/svg';
  const drawing = document.createElementNS(space, 'svg');
  drawing.setAttribute('viewBox', '0 0 24 24');
  drawing.setAttribute('class', `icon icon-${name}`);
  drawing.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(space, 'path');
  path.setAttribute('d', SHAPES[name]);
  drawing.append(path);
  return drawing;
}

/** A round picture with the first letter of a name; `seed` picks one of eight colours. */
export function avatar(name, seed) {
  let sum = 0;
  for (const character of String(seed)) sum = (sum * 31 + character.codePointAt(0)) % 997;
  return make(`span.avatar.tint-${sum % 8}`, { 'aria-hidden': 'true' }, Array.from(name)[0] ?? '?');
}

/**
 * Draws `items` into `list`, keeping what did not change, so that opened quotes, menus and the focus stay.
 * `key` names an item, `print` is everything its drawing depends on.
 */
export function reconcile(list, items, key, print, draw) {
  const known = new Map(Array.from(list.children, (child) => [child.dataset.key, child]));
  let place = list.firstElementChild;
  for (const item of items) {
    const name = key(item);
    const look = print(item);
    let node = known.get(name);
    known.delete(name);
    if (node !== undefined && node.look !== look) {
      const fresh = draw(item);
      const focused = node.contains(document.activeElement) ? document.activeElement.dataset.focus : undefined;
      if (place === node) place = fresh;
      node.replaceWith(fresh);
      if (focused !== undefined) fresh.querySelector(`[data-focus="${CSS.escape(focused)}"]`)?.focus();
      node = fresh;
    } else if (node === undefined) {
      node = draw(item);
    }
    node.dataset.key = name;
    node.look = look;
    if (node === place) place = place.nextElementSibling;
    else list.insertBefore(node, place);
  }
  for (const gone of known.values()) gone.remove();
}

/** Keeps a scrolling list at its end, unless the reader has scrolled up. */
export function followEnd(scroller) {
  let follows = true;
  scroller.addEventListener('scroll', () => {
    follows = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 80;
  });
  const toEnd = () => {
    if (follows) scroller.scrollTop = scroller.scrollHeight;
  };
  new ResizeObserver(toEnd).observe(scroller);
  return {
    toEnd,
    force: () => {
      follows = true;
      toEnd();
    },
  };
}
