// The plain page: asks for the status once a second, and for pictures of the cameras that are live. Everything it keeps
// is bounded, and once the monitor does not answer nothing stands as if it were the present.
import { CameraCard } from './camera-card.js';
import { drawSeries, seriesLength } from './series-chart.js';
import { setText } from './set-text.js';
import { language, moment, percent, text } from './texts.js';

/** Longest wait for an answer, milliseconds: a monitor that hangs is as good as none. */
const patience = 5000;
/** Pictures that are asked for at a time: a browser has six connections to a server, and the status needs one. */
const mostPictures = 4;

const byId = (id) => document.getElementById(id);
document.documentElement.lang = language;
for (const node of document.querySelectorAll('[data-text]')) node.textContent = text[node.dataset.text];
for (const node of document.querySelectorAll('[data-label]'))
  node.setAttribute('aria-label', text[node.dataset.label]);
for (const link of document.querySelectorAll('#languages a')) link.hidden = link.lang === language;

let cards = [];
let shownLayout = '';
let shownEvents;
let picturesAsked = 0;
let turn = 0;

/** One card a camera; new ones where the monitor was started again with other cameras or zones. */
function layOut(cameras) {
  const layout = JSON.stringify(cameras.map(({ name, zones }) => [name, zones.map((zone) => zone.name)]));
  if (layout === shownLayout) return;
  for (const card of cards) card.remove();
  cards = cameras.map((camera, index) => new CameraCard(index, camera));
  byId('cameras').append(...cards.map(({ root }) => root));
  shownLayout = layout;
}

/** Every camera has its turn, however slow those before it are. */
function refreshPictures() {
  if (document.hidden) return;
  for (let tried = 0; tried < cards.length && picturesAsked < mostPictures; tried += 1) {
    const card = cards[turn % cards.length];
    turn += 1;
    if (card.wantsPicture) void refreshPicture(card);
  }
}

async function refreshPicture(card) {
  picturesAsked += 1;
  // The next turn asks again; the page says by itself when the monitor is gone.
  await card.refreshPicture(AbortSignal.timeout(patience)).catch(() => undefined);
  picturesAsked -= 1;
}

/** With many cameras the blocked one may be far below, or the page behind another one. */
function showAlarms() {
  const alarms = cards.flatMap((card) => card.alarms);
  const blocked = `${text.blocked} (${alarms.length})`;
  setText(byId('alarms'), alarms.length === 0 ? '' : `${blocked}: ${alarms.join(', ')}`);
  document.title = alarms.length === 0 ? 'Plateau' : `${blocked} - Plateau`;
}

/** A number and its unit stay on one line. */
const sentence = ({ at, camera, zone, type, coverage }) =>
  `${moment(at)} ${camera} / ${zone}: ${text[type]}, ${percent(coverage).replace(' ', '\u00a0')}`;

function showEvents(events) {
  const newest = events.slice(-50).reverse().map(sentence);
  const joined = newest.join('\n');
  if (joined === shownEvents) return;
  // What was there when the page was opened is no news.
  if (shownEvents !== undefined) setText(byId('news'), newest[0] ?? '');
  shownEvents = joined;
  const lines = newest.length === 0 ? [text.none] : newest;
  byId('events').replaceChildren(
    ...lines.map((line) => Object.assign(document.createElement('li'), { textContent: line })),
  );
}

function showMemory(memory) {
  const points = memory.slice(-seriesLength);
  const last = points.at(-1);
  if (last === undefined) return;
  const sizes = points.map(({ rssBytes }) => rssBytes);
  drawSeries(byId('memory-chart'), sizes, Math.max(...sizes) * 1.25, '#6cb6ff');
  const megabytes = (bytes) => (bytes / 2 ** 20).toFixed(0);
  setText(
    byId('memory-now'),
    text.now(megabytes(last.rssBytes), megabytes(last.heapUsedBytes), last.liveResources),
  );
}

/** @returns How the monitor is, in a word of `text`. */
async function refresh() {
  const answer = await fetch('api/status', { signal: AbortSignal.timeout(patience) });
  if (answer.status === 503) return 'starting';
  const status = await answer.json();
  layOut(status.cameras);
  for (const [index, camera] of status.cameras.entries()) cards[index].show(camera);
  showAlarms();
  showEvents(status.events);
  showMemory(status.memory);
  refreshPictures();
  return 'connected';
}

/** Asks again a second after the last answer, or after `patience` without one. */
async function watch() {
  const how = await refresh().catch(() => 'lost');
  setText(byId('connection'), text[how]);
  if (how !== 'connected') {
    for (const card of cards) card.lose();
    setText(byId('memory-now'), text.unknown);
  }
  setTimeout(watch, 1000);
}

void watch();
