import { colourOf, drawSeries, seriesLength } from './series-chart.js';
import { setText } from './set-text.js';
import { decimal, percent, reason, text } from './texts.js';

const copyOf = (template) => document.getElementById(template).content.firstElementChild.cloneNode(true);

/** One camera on the page: its state, its newest picture and its zones. What is not known now is shown as unknown. */
export class CameraCard {
  root = copyOf('camera-template');
  #index;
  #zones;
  #last;
  #asking = false;
  #pictureUrl = null;

  constructor(index, camera) {
    this.#index = index;
    this.root.querySelector('h2').textContent = camera.name;
    this.root.querySelector('img').alt = camera.name;
    this.#zones = camera.zones.map(({ name }) => {
      const row = copyOf('zone-template');
      row.querySelector('strong').textContent = name;
      row.querySelector('canvas').setAttribute('aria-label', text.coverageChart(name));
      this.root.querySelector('.zones').append(row);
      return { row, series: [] };
    });
  }

  show(camera) {
    this.#last = camera;
    const { state } = camera;
    const rate = state === 'live' ? `, ${text.rate(decimal(camera.decisionsPerSecond))}` : '';
    const why = camera.reason === null ? '' : `: ${reason(camera.reason)}`;
    setText(this.root.querySelector('.state'), `${text[state]}${rate}${why}`);
    for (const [index, zone] of camera.zones.entries()) this.#showZone(this.#zones[index], zone);
    // The last picture of a camera that is away would look like the present.
    if (state !== 'live') this.#dropPicture();
  }

  /** The monitor does not answer: nothing is known any more. */
  lose() {
    const zones = this.#last.zones.map((zone) => ({ ...zone, coverage: null, unknownReason: null }));
    this.show({ ...this.#last, state: 'lost', reason: null, zones });
  }

  /** A camera that is away has none, and would keep a connection busy. */
  get wantsPicture() {
    return !this.#asking && this.#last.state === 'live';
  }

  /** Names of what is blocked, as far as is known: `belt / chute`. */
  get alarms() {
    const { name, zones } = this.#last;
    return zones.filter(({ state }) => state === 'blocked').map((zone) => `${name} / ${zone.name}`);
  }

  async refreshPicture(signal) {
    this.#asking = true;
    try {
      const answer = await fetch(`api/cameras/${this.#index}/picture.jpg`, { signal });
      if (answer.ok) this.#showPicture(await answer.blob());
      else if (this.#last.zones.every(({ coverage }) => coverage === null)) this.#dropPicture();
    } finally {
      this.#asking = false;
    }
  }

  remove() {
    this.#dropPicture();
    this.root.remove();
  }

  #showZone({ row, series }, { coverage, state, unknownReason }) {
    series.push(coverage);
    if (series.length > seriesLength) series.shift();
    // An alarm stands until it is known to be over; that all is clear is only said of what is seen.
    const shown = coverage === null && state === 'clear' ? 'unknown' : state;
    const badge = row.querySelector('.badge');
    setText(badge, text[shown]);
    badge.className = `badge ${shown}`;
    setText(
      row.querySelector('.coverage'),
      coverage === null ? this.#whyUnknown(unknownReason) : percent(coverage),
    );
    drawSeries(row.querySelector('canvas'), series, 1, colourOf(shown));
  }

  /** A camera that is away has said why above. */
  #whyUnknown(unknownReason) {
    const { state } = this.#last;
    return `${text.unknown}: ${state === 'live' ? reason(unknownReason) : text[state]}`;
  }

  #showPicture(blob) {
    if (this.#last.state !== 'live') return;
    const url = URL.createObjectURL(blob);
    this.root.querySelector('img').src = url;
    this.#forgetUrl();
    this.#pictureUrl = url;
  }

  #dropPicture() {
    this.root.querySelector('img').removeAttribute('src');
    this.#forgetUrl();
  }

  /** The browser keeps a blob until its address is revoked. */
  #forgetUrl() {
    if (this.#pictureUrl !== null) URL.revokeObjectURL(this.#pictureUrl);
    this.#pictureUrl = null;
  }
}
