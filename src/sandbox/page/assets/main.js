// The page's start: two panes, kept fresh by the server's stream of changes.

import { DiscordPane } from './discord.js';
import { coalesce, get, listen } from './net.js';
import { TelegramPane } from './telegram.js';
import { language, words } from './words.js';

const at = (id) => document.getElementById(id);

document.documentElement.lang = language;
document.title = words.title;
at('title').textContent = words.title;
at('tagline').textContent = words.tagline;
at('other-language').textContent = words.otherLanguage;
at('other-language').href = language === 'en' ? '/' : '/?lang=en';
at('lost').textContent = words.lost;

const panes = { discord: new DiscordPane(at('discord')), telegram: new TelegramPane(at('telegram')) };

const state = coalesce(async () => {
  const known = await get('/state');
  for (const [name, pane] of Object.entries(panes)) {
    pane.update(known[name]);
    pane.refresh();
  }
});

listen(
  (side) => {
    state();
    if (side in panes && at(side).classList.contains('behind')) at(`tab-${side}`).classList.add('news');
  },
  (online) => {
    at('lost').hidden = online;
  },
);

// On a narrow screen the panes lie behind one another, under two tabs.
const names = Object.keys(panes);
function show(name) {
  for (const each of names) {
    const front = each === name;
    at(each).classList.toggle('behind', !front);
    at(`tab-${each}`).setAttribute('aria-selected', String(front));
    at(`tab-${each}`).tabIndex = front ? 0 : -1;
  }
  at(`tab-${name}`).classList.remove('news');
  panes[name].end.toEnd();
}
for (const name of names) {
  at(`tab-${name}`).addEventListener('click', () => show(name));
  at(`tab-${name}`).addEventListener('keydown', (event) => {
    if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
    const other = names.find((each) => each !== name);
    show(other);
    at(`tab-${other}`).focus();
  });
}
show('discord');
