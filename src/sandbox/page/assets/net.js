// The page's way to its server: plain JSON requests, and the stream that says which side has changed.

/** What the server refused; `code` is its name for it (`src/sandbox/page/discord.rs`, `telegram.rs`). */
export class Refusal extends Error {
  constructor(code, detail) {
    super(detail);
    this.code = code;
  }
}

async function answer(response) {
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refusal(body.error ?? 'failed', body.detail ?? response.statusText);
  return body;
}

/** GET with a query. */
export async function get(path, query = {}) {
  return answer(await fetch(`${path}?${new URLSearchParams(query)}`));
}

/** POST of a JSON body. */
export async function post(path, body) {
  const headers = { 'Content-Type': 'application/json' };
  return answer(await fetch(path, { method: 'POST', headers, body: JSON.stringify(body) }));
}

/** Calls `changed('discord' | 'telegram')`, and `online(true | false)` as the stream comes and goes. */
export function listen(changed, online) {
  const stream = new EventSource('/events');
  stream.addEventListener('open', () => online(true));
  stream.addEventListener('error', () => online(false));
  stream.addEventListener('message', (event) => changed(event.data));
}

/** Runs `work` at once, and once more after it if it was asked for meanwhile. */
export function coalesce(work) {
  let running = false;
  let again = false;
  return async function ask() {
    again = true;
    if (running) return;
    running = true;
    try {
      while (again) {
        again = false;
        await work();
      }
    } catch (error) {
      console.warn(error);
    } finally {
      running = false;
    }
  };
}
