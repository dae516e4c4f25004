// Filters without loading the whole page again; without this script, links and the form do the same.
const same = (a) => a.origin === location.origin && a.pathname === location.pathname;
let asked = 0, ahead = {}, dwell;

function where(element) {
  const link = element?.closest?.('figure[id] a');
  if (!link) return null;
  const parts = `#${link.closest('figure').id} a`;
  return [parts, [...document.querySelectorAll(parts)].indexOf(link)];
}

// The page that a link of the contents leads to, if it is this one filtered otherwise.
function filtered(event) {
  const link = event.target.closest?.('main a[href]');
  if (!link || link.getAttribute('target')) return null;
  const address = new URL(link.getAttribute('href'), location.href);
  if (!same(address) || (address.search === location.search && address.hash)) return null;
  return address.href.split('#')[0];
}

const load = (address) => fetch(address, { headers: { Accept: 'text/html' } }).then((answer) => answer.text());

async function go(address, push) {
  const rank = ++asked, main = document.querySelector('main');
  main.setAttribute('aria-busy', 'true');
  try {
    const text = await (ahead.address === address ? ahead.text : load(address));
    const page = new DOMParser().parseFromString(text, 'text/html');
    if (rank !== asked) return;
    const place = where(document.activeElement);
    const open = [...document.querySelectorAll('details[open][id]')].map((d) => d.id);
    main.replaceWith(page.querySelector('main'));
    document.title = page.title;
    for (const id of open) document.getElementById(id)?.setAttribute('open', '');
    if (push) history.pushState(null, '', address);
    // What was chosen now leads to its removal: the place is told by the chart and its rank.
    if (place) document.querySelectorAll(place[0])[place[1]]?.focus({ preventScroll: true });
    prepare();
    const state = document.getElementById('etat');
    if (state) state.textContent = state.dataset.texte;
  } catch {
    location.href = address;
  }
}

function prepare() {
  for (const form of document.querySelectorAll('form.filtres')) form.classList.add('vif');
  // One stop of the keyboard for a whole map; arrows go from one département to the next.
  for (const map of document.querySelectorAll('.carte svg')) map.querySelector('a')?.setAttribute('tabindex', '0');
}

addEventListener('click', (event) => {
  if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
  const address = filtered(event);
  if (!address) return;
  event.preventDefault();
  go(address, true);
});
// What is pointed at for a while, or pressed, is asked for before it is chosen.
for (const [kind, delay] of [['pointerover', 60], ['focusin', 60], ['pointerdown', 0]]) addEventListener(kind, (event) => {
  clearTimeout(dwell);
  const address = filtered(event);
  if (!address || ahead.address === address) return;
  dwell = setTimeout(() => {
    ahead = { address, text: load(address) };
    ahead.text.catch(() => { ahead = {}; });
  }, delay);
});
addEventListener('change', (event) => {
  const form = event.target.closest('form.filtres');
  if (form && event.target.matches('select')) form.requestSubmit();
});
addEventListener('submit', (event) => {
  const form = event.target.closest('form.filtres');
  if (!form) return;
  event.preventDefault();
  const query = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
  go(location.origin + location.pathname + (query.size ? '?' + query : ''), true);
});
addEventListener('keydown', (event) => {
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  const link = step && event.target.closest && event.target.closest('.carte svg a');
  if (!link) return;
  event.preventDefault();
  const all = [...link.closest('svg').querySelectorAll('a')];
  const next = all[(all.indexOf(link) + step + all.length) % all.length];
  link.setAttribute('tabindex', '-1');
  next.setAttribute('tabindex', '0');
  next.focus();
});
addEventListener('popstate', () => go(location.href, false));
prepare();
