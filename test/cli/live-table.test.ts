import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { LiveTable } from '../../src/cli/live-table.ts';
import type { MonitorStatus } from '../../src/runtime/monitor.ts';
import type { CameraEvent, CameraStatus } from '../../src/runtime/watched-camera.ts';
import type { ZoneStatus } from '../../src/runtime/zone-watch.ts';

/** A terminal of so many columns that understands what moves up and what clears from there on. */
class Terminal {
  readonly stream: NodeJS.WriteStream;
  readonly #wire = new PassThrough({ encoding: 'utf8' });
  #lines: string[] = [];

  constructor(isTTY = true, columns = 100) {
    this.stream = Object.assign(this.#wire, { isTTY, columns }) as unknown as NodeJS.WriteStream;
  }

  /** What is to be seen now. */
  get lines(): readonly string[] {
    const written = String(this.#wire.read() ?? '').replaceAll('\u001b[', '§');
    for (const [, up, text] of written.matchAll(/§(\d+)A§0J|([^\n]*)\n/g)) {
      if (up !== undefined) this.#lines = this.#lines.slice(0, -Number(up));
      else this.#lines.push(text);
    }
    return this.#lines;
  }
}

const zone: ZoneStatus = {
  name: 'chute',
  coverage: 0.25,
  smoothedCoverage: 0.25,
  unknownReason: null,
  state: 'clear',
  pendingSince: null,
};

function camera(name: string, changes: Partial<CameraStatus> = {}): CameraStatus {
  return {
    name,
    source: 'rtsp://camera.local/1',
    state: 'live',
    reason: null,
    info: null,
    input: null,
    counters: { decoded: 0, damaged: 0, published: 0 },
    decided: 0,
    decisionsPerSecond: 9.96,
    zones: [zone],
    warnings: [],
    ...changes,
  };
}

function status(cameras: readonly CameraStatus[], rssMegabytes?: number): MonitorStatus {
  const point = { at: 0, heapUsedBytes: 20 * 2 ** 20, sharedBytes: 0, liveResources: 12 };
  return {
    model: null,
    cameras,
    events: [],
    memory: rssMegabytes === undefined ? [] : [{ ...point, rssBytes: rssMegabytes * 2 ** 20 }],
    budgets: null,
    mistakes: [],
    uptimeSeconds: 1,
  };
}

const event: CameraEvent = {
  type: 'blocked',
  t: 5,
  coverage: 0.805,
  camera: 'belt-1',
  zone: 'chute',
  at: new Date('2026-01-02T03:04:05Z'),
};

test('each camera has a line, each zone one below it, and memory the last', () => {
  const terminal = new Terminal();
  const zones: ZoneStatus[] = [
    zone,
    { ...zone, name: 'hopper', coverage: 1, state: 'blocked' },
    { ...zone, name: 'dark', coverage: null, unknownReason: 'no picture yet' },
  ];
  new LiveTable(terminal.stream).update(status([camera('belt-1', { zones })], 180));
  expect(terminal.lines).toEqual([
    'belt-1: live, 10.0 decisions/s',
    '  chute            █████░░░░░░░░░░░░░░░  25 %  clear',
    '  hopper           ████████████████████ 100 %  BLOCKED',
    '  dark             ???????????????????? unknown: no picture yet',
    'memory 180 MB, heap 20 MB, 12 live resources',
  ]);
});

test('the table rewrites itself, shorter ones too, and what is noted stays above it', () => {
  const terminal = new Terminal();
  const table = new LiveTable(terminal.stream);
  table.note('watching two cameras');
  table.update(status([camera('belt-1'), camera('belt-2')], 180));
  expect(terminal.lines).toHaveLength(6);
  table.update(status([camera('belt-1', { zones: [] })]));
  expect(terminal.lines).toEqual(['watching two cameras', 'belt-1: live, 10.0 decisions/s']);
  table.event(event);
  table.note('a second one');
  const noted = [
    'watching two cameras',
    '2026-01-02T03:04:05.000Z ▲ BLOCKED belt-1 / chute, coverage 81 %',
    'a second one',
  ];
  expect(terminal.lines).toEqual(noted);
  for (const rssMegabytes of [181, 182]) table.update(status([], rssMegabytes));
  expect(terminal.lines).toEqual([...noted, 'memory 182 MB, heap 20 MB, 12 live resources']);
});

test('an alarm stays to be seen when its camera is lost, however long the reason is', () => {
  const terminal = new Terminal(true, 60);
  const unknownReason =
    'rtsp://10.0.0.5/stream1 sent no picture for 5 s: check the camera and the network between';
  const zones: ZoneStatus[] = [{ ...zone, coverage: null, unknownReason, state: 'blocked' }];
  new LiveTable(terminal.stream).update(status([camera('belt-1', { state: 'stalled', zones })]));
  expect(terminal.lines[1]).toMatch(/^ {2}chute {12}\?{20} BLOCKED, unknown: /);
});

test('why a camera does not run stands beside its state', () => {
  const terminal = new Terminal();
  const lost = camera('belt-1', { state: 'stalled', reason: 'no answer', zones: [] });
  new LiveTable(terminal.stream).update(status([lost]));
  expect(terminal.lines).toEqual(['belt-1: stalled (no answer), 10.0 decisions/s']);
});

test('no line of the table is as wide as the terminal, where it would wrap and be two', () => {
  const terminal = new Terminal(true, 30);
  new LiveTable(terminal.stream).update(status([camera('a camera of a rather long name')], 180));
  expect(terminal.lines.map(({ length }) => length)).toEqual([29, 29, 29]);
});

test('piped, there is a line for each event and change of state, and no table', () => {
  const terminal = new Terminal(false);
  const table = new LiveTable(terminal.stream);
  table.update(status([camera('belt-1')], 180));
  expect(terminal.lines).toEqual([]);
  table.event(event);
  table.update(status([camera('belt-1')], 181));
  table.event({ ...event, type: 'cleared', coverage: 0 });
  table.cameraState('belt-1', 'stalled', 'no answer');
  table.cameraState('belt-1', 'live', null);
  expect(terminal.lines).toEqual([
    '2026-01-02T03:04:05.000Z ▲ BLOCKED belt-1 / chute, coverage 81 %',
    '2026-01-02T03:04:05.000Z ▼ cleared belt-1 / chute, coverage 0 %',
    expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z belt-1: stalled \(no answer\)$/),
    expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z belt-1: live$/),
  ]);
});
