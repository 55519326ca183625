/** `plateau profile` over real scripts, each in processes of their own. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { ProfileReport } from '../../src/cli/profile-report.ts';
import { Workbench } from '../support/ffmpeg-program.ts';
import { type FinishedRun, plateau, spawnPlateau } from '../support/plateau-program.ts';

const scripts = fileURLToPath(new URL('../support/profiled/', import.meta.url));
const script = (name: string): string => `${scripts}${name}.ts`;

async function reportOf(...args: readonly string[]): Promise<ProfileReport> {
  const { code, stdout, stderr } = await plateau(['profile', '--json', ...args]);
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout) as ProfileReport;
}

function rowOf(report: ProfileReport, path: string): ProfileReport['stages'][number] | undefined {
  return report.stages.find((row) => row.path === path);
}

describe('by stage', () => {
  test('typed arrays are exact, V8 within 10 %, pools apart, and nothing is lost', async () => {
    const report = await reportOf(script('known-stages'), '--', '--input', 'monday.mp4');
    expect(report).toMatchObject({
      schema: 'plateau.profile/1',
      args: ['--input', 'monday.mp4'],
      failure: null,
      stopped: false,
      overlaps: 0,
    });
    const calls = { calls: 10, measuredCalls: 10 };
    expect(rowOf(report, 'main/frame')).toMatchObject(calls);
    expect(rowOf(report, 'main/frame/decode')).toMatchObject({ ...calls, bufferBytes: 6_000_000 });
    expect(rowOf(report, 'main/frame/rows')).toMatchObject({ ...calls, bufferBytes: 0 });
    expect(rowOf(report, 'main/frame/lease')).toMatchObject({ ...calls, poolBytes: 2 ** 20 });
    const rows = 10 * 125_000 * 8;
    expect(Math.abs((rowOf(report, 'main/frame/rows')?.heapBytes ?? 0) - rows)).toBeLessThan(rows * 0.1);
    const made = report.functions.filter(({ file }) => file.endsWith('known-stages.ts'));
    const total = made.reduce((sum, { heapBytes }) => sum + heapBytes, 0);
    expect(Math.abs(total - rows)).toBeLessThan(rows * 0.1);
    // Ten waits of a millisecond, without the work around them.
    expect(rowOf(report, 'main/frame/lease')?.seconds).toBeGreaterThan(0.009);
    expect(report.call?.retainedBufferBytes).toBeGreaterThanOrEqual(6_000_000);
    expect(report.timeline.length).toBeGreaterThan(20);
  });

  test('the table, the page and the pprof file tell the same, and the script is heard', async () => {
    using bench = new Workbench();
    const files = { html: bench.file('a.html'), pprof: bench.file('a.pb.gz'), report: bench.file('a.json') };
    const flags = Object.entries(files).flatMap(([flag, path]) => [`--${flag}`, path]);
    const { code, stdout, stderr } = await plateau(['profile', ...flags, script('known-stages'), 'x']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^\["x"\]\n/);
    expect(stdout).toMatch(/^ {4}decode +10 .+ \+6\.0 MB /m);
    const page = readFileSync(files.html, 'utf8');
    expect(page).toContain('<h1>known-stages.ts</h1>');
    expect(page).toMatch(/main\/frame\/decode: [\d.]+ ms, 10 calls/);
    expect(page).not.toMatch(/(?:src|href)=|https?:/);
    expect(gunzipSync(readFileSync(files.pprof)).includes('decode')).toBe(true);
    const report = JSON.parse(readFileSync(files.report, 'utf8')) as ProfileReport;
    expect(rowOf(report, 'main/frame/decode')?.bufferBytes).toBe(6_000_000);
  });

  test('threads that cannot be profiled are told, since what they hold stands nowhere', async () => {
    const { code, stdout } = await plateau(['profile', script('begins-threads')]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^from-a-file +1 /m);
    expect(stdout).toMatch(/of 2 threads there is nothing here .+eval: true.+ put it into a file/);
  });

  test('a script without a stage has the profile of its whole run', async () => {
    const report = await reportOf(script('known-lines'));
    expect(report.stages).toMatchObject([{ path: 'main', calls: 1 }]);
    const rows = 20 * 50_000 * 8;
    const { retainedBufferBytes = 0, retainedHeapBytes = 0 } = report.call ?? {};
    expect(Math.abs(retainedBufferBytes - 10_000_000)).toBeLessThan(100_000);
    expect(Math.abs(retainedHeapBytes - rows)).toBeLessThan(rows * 0.1);
  });

  test("a script that analyses a clip shows the pipeline's own stages, thread by thread", async () => {
    const args = ['profile', '--json', script('analyses-clip')];
    const { code, stdout, stderr } = await plateau(args, { timeoutSeconds: 110 });
    expect(code, stderr).toBe(0);
    expect(stderr).toContain('{"inferred":300,"failures":0}');
    const report = JSON.parse(stdout) as ProfileReport;
    const calls = Object.fromEntries(report.stages.map((row) => [row.path, row.calls]));
    expect(calls).toMatchObject({
      main: 1,
      'capture-thread': 1,
      'capture-thread/decode': 301,
      'capture-thread/scale': 300,
      'inference-thread': 1,
      'inference-thread/inference': 300,
      'inference-thread/detections': 300,
      'inference-thread/coverage': 300,
    });
    expect(rowOf(report, 'capture-thread/decode')?.ownSeconds).toBeGreaterThan(0);
  });
});

describe('by line', () => {
  const source = readFileSync(script('known-lines'), 'utf8').split('\n');
  const lineOf = (code: string): number => source.findIndex((line) => line.includes(code)) + 1;

  test('buffers are exact, V8 within 5 %, and the slow-down is told', async () => {
    const { lines } = await reportOf('--lines', script('known-lines'), script('known-lines'));
    const found = (code: string) => lines?.rows.find(({ line }) => line === lineOf(code));
    expect(found('new Uint8Array')).toMatchObject({ calls: 20, bufferBytes: 10_000_000 });
    const made = 20 * 50_000 * 8;
    expect(Math.abs((found('return new Array')?.heapBytes ?? 0) - made)).toBeLessThan(made * 0.05);
    const sum = lines?.rows.reduce((total, { heapBytes }) => total + heapBytes, 0) ?? 0;
    expect(Math.abs(sum - made)).toBeLessThan(made * 0.05);
    expect(lines?.slowDown).toBeGreaterThan(1);
  });

  test('of one function, in a table with the source', async () => {
    const wanted = `${script('known-lines')}:references`;
    const { code, stdout, stderr } = await plateau(['profile', '--lines', wanted, script('known-lines')]);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/because of the probes it ran about [\d.]+ times as long/);
    expect(stdout).toMatch(/^return new Array<string>.+ {2,}5 +20 +\+\d/m);
    expect(stdout).not.toContain('new Uint8Array');
  });

  test('a file that the script does not import is said to be none of it', async () => {
    const { stdout } = await plateau(['profile', '--lines', script('fails'), script('known-lines')]);
    expect(stdout).toMatch(/fails\.ts was not imported, so there are no lines of it/);
  });
});

describe('what goes wrong', () => {
  const failing = script('fails');
  const run = (...args: string[]): Promise<FinishedRun> => plateau(['profile', ...args]);

  test.each([
    [['no-such.ts'], 2, /^plateau: The script no-such\.ts does not exist; .+\n$/],
    [[], 2, /^plateau: missing required argument 'script'; .+\n$/],
    [
      ['--lines', 'no-such.ts', failing],
      2,
      /^plateau: The file of --lines no-such\.ts does not exist; .+\n$/,
    ],
    [['--lines', `${failing}:absent`, failing], 2, /^plateau: --lines: There is no function absent in .+\n$/],
    [['--html', failing, failing], 2, /^plateau: --html .+fails\.ts would overwrite .+\n$/],
    [['--html', '/no/such/a.html', failing], 3, /^plateau: The html file cannot be written to .+\n$/],
    [[failing, 'throw'], 3, /^plateau: .+fails\.ts failed: the belt is empty \(.+fails\.ts:11\); .+\n$/],
    [[failing, 'exit'], 3, /^plateau: .+fails\.ts ended with exit code 7; .+\n$/],
    [
      [failing, 'kill at once'],
      3,
      /^plateau: .+fails\.ts was ended by SIGKILL.+; there is no profile, .+\n$/,
    ],
    [[failing, 'kill'], 3, /^plateau: .+fails\.ts was ended by SIGKILL.+\n$/],
  ])('%j ends with exit code %d and one sentence', async (args, expected, sentence) => {
    const { code, stderr } = await run(...args);
    expect(stderr).toMatch(sentence);
    expect(code).toBe(expected);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  test.each(['throw', 'exit', 'kill'])('what was found before a script fails by %s is told', async (how) => {
    const { stdout } = await run('--json', failing, how);
    const report = JSON.parse(stdout) as ProfileReport;
    expect(rowOf(report, 'main/before')?.bufferBytes).toBe(3_000_000);
    expect(report.failure).toMatch(/fails\.ts/);
  });

  test('a report that cannot be written after all does not take what was found along', async () => {
    // Only the try itself tells that nothing can be made in this folder.
    const { code, stdout, stderr } = await run('--json', '--report', '/proc/a.json', failing, 'throw');
    expect([code, stderr]).toEqual([3, expect.stringMatching(/^plateau: .*\/proc\/a\.json.+\n$/)]);
    if (stdout === '') expect(stderr).toMatch(/rights/);
    else expect((JSON.parse(stdout) as ProfileReport).failure).toMatch(/fails\.ts/);
  });

  test('no password of a camera is in the report, the table or the page', async () => {
    using bench = new Workbench();
    const [html, report] = [bench.file('a.html'), bench.file('a.json')];
    const url = 'rtsp://user:secret@10.0.0.5/x';
    const args = ['--html', html, '--report', report, failing, 'secret', url];
    const { stdout, stderr } = await run(...args);
    expect(stderr).toMatch(/rtsp:\/\/user:\*\*\*@10\.0\.0\.5\/x is down/);
    expect(JSON.parse(readFileSync(report, 'utf8'))).toMatchObject({
      args: ['secret', 'rtsp://user:***@10.0.0.5/x'],
      failure: expect.stringContaining('user:***@10.0.0.5'),
    });
    for (const text of [stdout, stderr, readFileSync(html, 'utf8'), readFileSync(report, 'utf8')])
      expect(text).not.toContain('user:secret');
  });

  test('--debug shows the stack of the script', async () => {
    const { stderr } = await plateau(['--debug', 'profile', failing, 'throw']);
    expect(stderr).toMatch(/^RangeError: the belt\n/m);
    expect(stderr).toMatch(/^ {4}at .+fails\.ts:11:/m);
  });

  test('an interrupt ends the script and still tells what was found', async () => {
    const child = spawnPlateau(['profile', '--json', failing, 'wait']);
    let said = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      if (text.includes('waiting')) child.kill('SIGINT');
    });
    const [code, signal] = await once(child, 'close');
    expect([code, signal]).toEqual([0, null]);
    const report = JSON.parse(said) as ProfileReport;
    expect(report).toMatchObject({ stopped: true, failure: null });
    expect(rowOf(report, 'main/before')?.bufferBytes).toBe(3_000_000);
    expect(report.call).not.toBeNull();
  });

  test.skipIf(process.platform === 'win32')(
    'nor do programs outlive it that the script has started',
    async () => {
      const child = spawnPlateau(['profile', script('starts-another')]);
      let stoppedAt = Number.NaN;
      child.stdout?.setEncoding('utf8').on('data', (text: string) => {
        if (!text.includes('another')) return;
        stoppedAt = performance.now();
        child.kill('SIGINT');
      });
      // Comes once nobody holds the output any more.
      await once(child, 'close');
      expect(performance.now() - stoppedAt).toBeLessThan(40_000);
    },
  );
});
