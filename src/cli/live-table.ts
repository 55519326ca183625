import type { MonitorStatus } from '../runtime/monitor.ts';
import type { CameraState } from '../runtime/thread-protocol.ts';
import type { CameraEvent, CameraStatus } from '../runtime/watched-camera.ts';
import type { ZoneStatus } from '../runtime/zone-watch.ts';

/**
 * The terminal of `plateau start`: a table that rewrites itself, with notes and events above it. Piped, it prints
 * a line for each event and change of state, and no table.
 */
export class LiveTable {
  readonly #stream: NodeJS.WriteStream;
  #shownLines = 0;

  constructor(stream: NodeJS.WriteStream = process.stdout) {
    this.#stream = stream;
  }

  note(text: string): void {
    this.erase();
    this.#stream.write(`${text}\n`);
  }

  event(event: CameraEvent): void {
    const sign = event.type === 'blocked' ? '▲ BLOCKED' : '▼ cleared';
    this.note(
      `${event.at.toISOString()} ${sign} ${event.camera} / ${event.zone}, coverage ${percent(event.coverage)}`,
    );
  }

  cameraState(camera: string, state: CameraState, reason: string | null): void {
    this.note(`${new Date().toISOString()} ${camera}: ${state}${reason === null ? '' : ` (${reason})`}`);
  }

  update(status: MonitorStatus): void {
    if (!this.#stream.isTTY) return;
    const memory = status.memory.at(-1);
    const lines = status.cameras.flatMap((camera) => cameraLines(camera));
    if (memory !== undefined)
      lines.push(
        `memory ${(memory.rssBytes / 2 ** 20).toFixed(0)} MB, heap ${(memory.heapUsedBytes / 2 ** 20).toFixed(0)} MB, ${memory.liveResources} live resources`,
      );
    this.erase();
    const width = (this.#stream.columns ?? 80) - 1;
    this.#stream.write(lines.map((line) => `${line.slice(0, width)}\n`).join(''));
    this.#shownLines = lines.length;
  }

  /** Takes the table off, ahead of what somebody else writes to the terminal; the next update brings it back. */
  erase(): void {
    if (this.#shownLines > 0) this.#stream.write(`\u001b[${this.#shownLines}A\u001b[0J`);
    this.#shownLines = 0;
  }
}

function cameraLines(camera: CameraStatus): string[] {
  const head = `${camera.name}: ${camera.state}${camera.reason === null ? '' : ` (${camera.reason})`}, ${camera.decisionsPerSecond.toFixed(1)} decisions/s`;
  return [
    head,
    ...camera.zones.map((zone) => `  ${zone.name.padEnd(16)} ${bar(zone.coverage)} ${zoneText(zone)}`),
  ];
}

/** The reason comes last, where a narrow terminal may cut it off; only what is seen is called clear. */
function zoneText({ coverage, state, unknownReason }: ZoneStatus): string {
  if (coverage === null) return `${state === 'blocked' ? 'BLOCKED, ' : ''}unknown: ${unknownReason}`;
  return `${percent(coverage).padStart(5)}  ${state === 'blocked' ? 'BLOCKED' : 'clear'}`;
}

function bar(coverage: number | null): string {
  if (coverage === null) return '?'.repeat(20);
  const filled = Math.round(coverage * 20);
  return `${'█'.repeat(filled)}${'░'.repeat(20 - filled)}`;
}

const percent = (fraction: number): string => `${(fraction * 100).toFixed(0)} %`;
