// What the pages do beyond what they do without it: parts that are drawn anew, a post that is dropped, a text that is
// copied. Everything can be read, and every form be sent, where no script runs.

const REST = 1000;

/** Draws the parts marked `data-live` anew every so many seconds, while somebody looks and nobody is within them. */
function keepLive() {
  const parts = [...document.querySelectorAll('[data-live]')];
  if (parts.length === 0) return;
  const wait = Number(parts[0].dataset.live) * REST;
  const again = () => setTimeout(draw, wait);
  async function draw() {
    const isUsed = parts.some((part) => part.contains(document.activeElement));
    if (document.hidden || isUsed) return again();
    try {
      const answer = await fetch(location.href, { headers: { accept: 'text/html' } });
      // Logged out meanwhile: the page says so itself.
      if (answer.redirected) return location.reload();
      if (answer.ok) {
        const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').querySelectorAll('[data-live]');
        if (fresh.length === parts.length) parts.forEach((part, place) => part.replaceChildren(...fresh[place].childNodes));
      }
    } catch {
      // The server is away; it is asked again.
    }
    again();
  }
  again();
}

/** Lets a file be dropped on a form: its text and its name are filled in. */
function takeDrops() {
  for (const form of document.querySelectorAll('[data-drop]')) {
    form.querySelector('[data-drop-hint]').hidden = false;
    form.addEventListener('dragover', (event) => {
      event.preventDefault();
      form.classList.add('dropping');
    });
    form.addEventListener('dragleave', () => form.classList.remove('dropping'));
    form.addEventListener('drop', async (event) => {
      event.preventDefault();
      form.classList.remove('dropping');
      const file = event.dataTransfer.files[0];
      if (!file) return;
      form.elements.text.value = await file.text();
      form.querySelector('input[name=name]').value = file.name;
    });
  }
}

/** Buttons that copy a text. */
function offerCopies() {
  for (const button of document.querySelectorAll('[data-copy]')) {
    button.hidden = false;
    button.addEventListener('click', async () => {
      const text = document.getElementById(button.dataset.copy);
      text.select();
      await navigator.clipboard?.writeText(text.value).catch(() => document.execCommand('copy'));
      button.textContent = button.dataset.done;
    });
  }
}

keepLive();
takeDrops();
offerCopies();
