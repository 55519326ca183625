// The plain page: asks for the status once a second and for a picture of each camera. Everything it keeps is bounded.

const texts = {
  en: {
    memory: 'Memory',
    events: 'Events',
    connected: 'connected',
    lost: 'no connection to the monitor',
    clear: 'clear',
    blocked: 'BLOCKED',
    cleared: 'cleared',
    unknown: 'unknown',
    none: 'none yet',
    live: 'live',
    connecting: 'connecting',
    stalled: 'no signal',
    waiting: 'waiting to reconnect',
    ended: 'ended',
    now: (rss, heap, live) => `${rss} MB resident, ${heap} MB JavaScript heap, ${live} live resources`,
    rate: (n) => `${n} decisions/s`,
  },
  vi: {
    memory: 'Bộ nhớ',
    events: 'Sự kiện',
    connected: 'đã kết nối',
    lost: 'mất kết nối với bộ giám sát',
    clear: 'thông',
    blocked: 'TẮC',
    cleared: 'đã thông',
    unknown: 'không rõ',
    none: 'chưa có',
    live: 'trực tiếp',
    connecting: 'đang kết nối',
    stalled: 'mất tín hiệu',
    waiting: 'chờ kết nối lại',
    ended: 'đã kết thúc',
    now: (rss, heap, live) =>
      `${rss} MB thường trú, ${heap} MB heap JavaScript, ${live} tài nguyên đang dùng`,
    rate: (n) => `${n} quyết định/giây`,
  },
};
const language = navigator.language.startsWith('vi') ? 'vi' : 'en';
const text = texts[language];
document.documentElement.lang = language;
for (const node of document.querySelectorAll('[data-text]')) node.textContent = text[node.dataset.text];

const byId = (id) => document.getElementById(id);
const style = getComputedStyle(document.documentElement);
const colourOf = (name) => style.getPropertyValue(`--${name}`).trim();
const percent = (value) => `${(value * 100).toFixed(0)} %`;
const seriesLength = 300;
const cameras = [];

function cameraCard(index, camera) {
  const card = byId('camera-template').content.firstElementChild.cloneNode(true);
  card.querySelector('h2').textContent = camera.name;
  card.querySelector('img').alt = camera.name;
  const zones = camera.zones.map((zone) => {
    const row = byId('zone-template').content.firstElementChild.cloneNode(true);
    row.querySelector('strong').textContent = zone.name;
    card.querySelector('.zones').append(row);
    return { row, series: [] };
  });
  byId('cameras').append(card);
  return { index, card, zones, busy: false, pictureUrl: null };
}

function showCamera(entry, camera) {
  const reason = camera.reason === null ? '' : ` (${camera.reason})`;
  entry.card.querySelector('.state').textContent =
    `${text[camera.state]}${reason}, ${text.rate(camera.decisionsPerSecond.toFixed(1))}`;
  for (const [index, zone] of camera.zones.entries()) {
    const { row, series } = entry.zones[index];
    series.push(zone.coverage);
    if (series.length > seriesLength) series.shift();
    const badge = row.querySelector('.badge');
    badge.textContent = text[zone.state];
    badge.className = `badge ${zone.state}`;
    row.querySelector('.coverage').textContent =
      zone.coverage === null ? `${text.unknown}: ${zone.unknownReason}` : percent(zone.coverage);
    drawSeries(row.querySelector('canvas'), series, 1, colourOf(zone.state));
  }
}

/** Draws values (null: a gap) from the right edge backwards. */
function drawSeries(canvas, values, top, colour) {
  const { width, height } = canvas;
  const pen = canvas.getContext('2d');
  pen.clearRect(0, 0, width, height);
  pen.strokeStyle = colourOf('line');
  pen.beginPath();
  for (const part of [0, 0.5, 1]) {
    pen.moveTo(0, 1 + part * (height - 2));
    pen.lineTo(width, 1 + part * (height - 2));
  }
  pen.stroke();
  pen.strokeStyle = colour;
  pen.lineWidth = 2;
  pen.beginPath();
  let down = false;
  for (const [index, value] of values.entries()) {
    const x = width - (values.length - index) * (width / seriesLength);
    const y = height - 1 - (value / top) * (height - 2);
    if (value !== null) (down ? pen.lineTo : pen.moveTo).call(pen, x, y);
    down = value !== null;
  }
  pen.stroke();
}

async function refreshPicture(entry) {
  if (entry.busy || document.hidden) return;
  entry.busy = true;
  try {
    const answer = await fetch(`api/cameras/${entry.index}/picture.jpg`);
    if (!answer.ok) return;
    const url = URL.createObjectURL(await answer.blob());
    entry.card.querySelector('img').src = url;
    // The browser keeps a blob until its address is revoked.
    if (entry.pictureUrl !== null) URL.revokeObjectURL(entry.pictureUrl);
    entry.pictureUrl = url;
  } finally {
    entry.busy = false;
  }
}

function showEvents(events) {
  const items = events
    .slice(-50)
    .reverse()
    .map((event) => {
      const item = document.createElement('li');
      item.textContent = `${new Date(event.at).toLocaleString(language)} ${event.camera} / ${event.zone}: ${text[event.type]}, ${percent(event.coverage)}`;
      return item;
    });
  if (items.length === 0) byId('events').textContent = text.none;
  else byId('events').replaceChildren(...items);
}

function showMemory(memory) {
  const points = memory.slice(-seriesLength);
  const last = points.at(-1);
  if (last === undefined) return;
  const top = Math.max(...points.map((point) => point.rssBytes)) * 1.25;
  drawSeries(
    byId('memory-chart'),
    points.map((point) => point.rssBytes),
    top,
    '#6cb6ff',
  );
  const megabytes = (bytes) => (bytes / 2 ** 20).toFixed(0);
  byId('memory-now').textContent = text.now(
    megabytes(last.rssBytes),
    megabytes(last.heapUsedBytes),
    last.liveResources,
  );
}

async function refresh() {
  try {
    const answer = await fetch('api/status');
    const status = await answer.json();
    for (const [index, camera] of status.cameras.entries()) {
      cameras[index] ??= cameraCard(index, camera);
      showCamera(cameras[index], camera);
      // The next second asks again; the page says by itself when the monitor is gone.
      refreshPicture(cameras[index]).catch(() => undefined);
    }
    showEvents(status.events);
    showMemory(status.memory);
    byId('connection').textContent = text.connected;
  } catch {
    byId('connection').textContent = text.lost;
  }
}

setInterval(refresh, 1000);
void refresh();
