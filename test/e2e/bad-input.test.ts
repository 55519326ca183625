/** Whatever is wrong with what somebody hands over: one sentence, its exit code, and nothing left behind. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, truncateSync } from 'node:fs';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { because, skipFor, whatIsAbsent } from '../support/absent.ts';
import { knownAnswer } from '../support/analyze-program.ts';
import { Workbench } from '../support/ffmpeg-program.ts';
import { KnownAnswerFolder } from '../support/known-answer-files.ts';
import { type FinishedRun, plateau } from '../support/plateau-program.ts';
import { analysisReport } from '../support/report-schema.ts';
import { MuteListener, RtspServer, rtspMissing } from '../support/rtsp.ts';

const lumps = fileURLToPath(new URL('../../demo/lumps.mp4', import.meta.url));
const x264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-g', '10'];

/** One sentence for a person: no stack, no text of a lower layer, and a remedy after its colon or semicolon. */
function isOneSentence({ stderr }: FinishedRun): void {
  expect(stderr).toMatch(/^plateau: .+[:;,].+\n$/);
  expect(stderr).not.toMatch(/\n {4}at |node_modules|Error:|undefined|\[object|defect/);
  expect(stderr.length).toBeLessThan(500);
}

/** Runs in an empty folder with an empty folder for temporary files, and sees both empty afterwards. */
async function runTidily(args: readonly string[], left: readonly string[] = []): Promise<FinishedRun> {
  using bench = new Workbench();
  mkdirSync(bench.file('work'));
  mkdirSync(bench.file('temporary'));
  mkdirSync(bench.file('home'));
  const run = await plateau(args, {
    cwd: bench.file('work'),
    environment: { TMPDIR: bench.file('temporary'), HOME: bench.file('home') },
    timeoutSeconds: 40,
  });
  expect(readdirSync(bench.file('temporary'))).toEqual([]);
  expect(readdirSync(bench.file('home'))).toEqual([]);
  expect(readdirSync(bench.file('work'))).toEqual(left);
  return run;
}

/** No result, one sentence, this exit code. */
async function refused(args: readonly string[], code: number, ...sentence: readonly RegExp[]): Promise<void> {
  const run = await runTidily(args);
  expect([run.code, run.stdout], run.stderr).toEqual([code, '']);
  isOneSentence(run);
  for (const part of sentence) expect(run.stderr).toMatch(part);
}

const model = ['--model', knownAnswer];
const withOutputs = ['--report', 'report.json', '--output', 'annotated.mp4'];

describe('wrong use', () => {
  const lumpsWith = (...args: string[]): string[] => ['analyze', lumps, ...model, ...withOutputs, ...args];
  test.each([
    ['a zone with two points', lumpsWith('--zone', 'chute=10,10 20,20'), /"chute".*at least 3/],
    [
      'a zone outside of the picture',
      lumpsWith('--zone', 'chute=900,10 950,10 950,90'),
      /"chute" lies outside.*320x240/,
    ],
    [
      'a zone that crosses itself',
      lumpsWith('--zone', 'chute=0,0 100,100 100,0 0,100'),
      /"chute" crosses itself/,
    ],
    ['a zone without area', lumpsWith('--zone', 'chute=0,0 50,50 100,100'), /"chute"/],
    ['a zone without a name', lumpsWith('--zone', '10,10 20,20 10,20'), /no name.*chute=/],
    ['a zone with words for numbers', lumpsWith('--zone', 'chute=a,b 20,20 10,20'), /"chute".*"a,b"/],
    ['two zones of one name', lumpsWith('--zone', 'a=0,0 9,0 9,9', '--zone', 'a=0,0 9,0 9,9'), /"a"/],
    ['thresholds out of order', lumpsWith('--on', '.5', '--off', '.7'), /0\.7.*0\.5.*--on/],
    ['a threshold beyond 1', lumpsWith('--on', '1.5'), /1\.5/],
    ['a negative delay', lumpsWith('--on-delay', '-1'), /-1/],
    ['a confidence of 0', lumpsWith('--confidence', '0'), /--confidence/],
    ['a number that is none', lumpsWith('--on', 'much'), /--on.*number/],
    ['a number with a tail', lumpsWith('--smooth', '1s'), /--smooth.*number/],
    ['a stride of 0', lumpsWith('--stride', '0'), /--stride.*whole number/],
    ['half a stride', lumpsWith('--stride', '1.5'), /--stride.*whole number/],
    ['thousands of threads', lumpsWith('--threads', '9999'), /--threads.*from 1 to 64/],
    ['a negative interval', lumpsWith('--interval', '-1'), /--interval/],
    ['a device that is none', lumpsWith('--device', 'gpu'), /--device.*cpu/],
    ['an unknown flag', lumpsWith('--zones', 'a=0,0 1,0 1,1'), /--zones/],
    ['a flag without its value', ['analyze', lumps, '--model'], /--model/],
    ['no recording', ['analyze'], /video/],
    ['an unknown command', ['analyse', lumps], /analyse/],
    ['a command that every object has', ['constructor'], /constructor/],
    ['the prototype for a command', ['__proto__'], /__proto__/],
    ['no command', [], /--help/],
    [
      'a report in the place of the recording',
      ['analyze', lumps, ...model, '--report', lumps],
      /--report.*overwrite/,
    ],
    [
      'a video in the place of the recording',
      ['analyze', lumps, ...model, '--output', lumps],
      /--output.*overwrite/,
    ],
    [
      'a report in the place of the model',
      ['analyze', lumps, ...model, '--report', knownAnswer],
      /--report.*overwrite/,
    ],
    [
      'one file for both results',
      ['analyze', lumps, ...model, '--output', 'a.mp4', '--report', 'a.mp4'],
      /--report.*overwrite/,
    ],
    ['one output for two recordings', ['analyze', lumps, lumps, ...model, ...withOutputs], /--output/],
    ['--config and a source', ['start', lumps, '--config', 'plant.yaml'], /--config.*not both/],
    ['a configuration that is not there', ['start', '--config', 'plant.yaml'], /plant\.yaml/],
    ['a host beyond this machine', ['start', '--host', '0.0.0.0'], /0\.0\.0\.0.*network/],
    ['a port that is none', ['start', '--port', '99999'], /--port/],
    ['a class that the model has not', lumpsWith('--class', 'wood'), /"wood".*coal/],
  ])('%s ends with exit 2', async (_, args, sentence) => {
    await refused(args, 2, sentence);
  });

  test('a key of the configuration is named by its path', async () => {
    using bench = new Workbench();
    const file = bench.write(
      'plant.yaml',
      'cameras: [{ name: belt, url: rtsp://cam, zones: [{ name: a, points: [[0, 0], [1, 1]] }] }]',
    );
    await refused(['start', '--config', file], 2, /cameras\[0\]\.zones\[0\]\.points/);
    const typo = bench.write('typo.yaml', 'cameras: [{ name: belt, url: rtsp://cam, zoness: [] }]');
    await refused(['start', '--config', typo], 2, /cameras\[0\].*zoness/);
    const broken = bench.write('broken.yaml', 'cameras: [}');
    await refused(['start', '--config', broken], 2, /broken\.yaml/);
  });
});

describe('flags that a configuration takes the place of', () => {
  const stack = new DisposableStack();
  let config: string;
  let withModel: string;
  beforeAll(() => {
    const bench = stack.use(new Workbench());
    const cameras = `cameras: [{ name: belt, url: ${lumps} }]\n`;
    config = bench.write('plant.yaml', cameras);
    withModel = bench.write('model.yaml', `model: { file: ${knownAnswer}, class: nope }\n${cameras}`);
  });
  afterAll(() => stack.dispose());

  test.each([
    ['a zone', ['analyze', lumps], ['--zone', 'a=0,0 9,0 9,9'], /--zone .*--config.*cameras\[\]\.zones /],
    [
      'a class and a threshold that is the default',
      ['analyze', lumps],
      ['--class', 'coal', '--on', '0.73'],
      /--class, --on .*model\.class, cameras\[\]\.zones\[\]\.on /,
    ],
    ['an interval', ['analyze', lumps], ['--interval', '1'], /--interval .*cameras\[\]\.intervalSeconds/],
    ['a budget', ['start'], ['--memory-budget', '64'], /--memory-budget .*memory\.budgetMegabytes/],
    ['threads', ['start'], ['--threads', '1'], /--threads .*model\.threads/],
    ['a cap', ['doctor'], ['--model-memory', '64'], /--model-memory .*model\.memoryMegabytes/],
    ['a decoder without a source', ['doctor'], ['--decoder', 'auto'], /--decoder .*cameras\[\]\.decoder/],
    ['another camera', ['analyze', lumps], ['--camera', 'nope'], /no camera "nope".*--camera: belt/],
  ])('%s ends with exit 2 and names the key', async (_, command, flags, sentence) => {
    await refused([...command, '--config', config, ...flags], 2, sentence);
  });

  test('a second model, and a camera of no configuration', async () => {
    await refused(
      ['analyze', lumps, '--config', withModel, '--model', 'other.onnx'],
      2,
      /--model .*model\.file/,
    );
    await refused(['analyze', lumps, ...model, '--camera', 'belt'], 2, /--camera .*--config/);
  });

  test('a class that the model has not is corrected where it was named', async () => {
    await refused(['analyze', lumps, '--config', withModel], 2, /"nope".*model\.class.*coal/);
  });
});

describe('models that cannot be used', () => {
  const stack = new DisposableStack();
  let models: KnownAnswerFolder;
  beforeAll(() => {
    models = stack.use(new KnownAnswerFolder());
  });
  afterAll(() => stack.dispose());

  test.each([
    ['a model that is not there', (): string => '/absent/coal.onnx', /\/absent\/coal\.onnx/],
    ['a folder', (): string => models.path, /directory/],
    ['an empty file', (): string => models.writeBytes('empty.onnx', ''), /empty/],
    [
      'a text file',
      (): string => models.writeBytes('text.onnx', 'This is a shopping list: coal, more coal.\n'.repeat(50)),
      /not an ONNX model/,
    ],
    [
      'half a model',
      (): string => models.writeBytes('half.onnx', readFileSync(knownAnswer).subarray(0, 400)),
      /half\.onnx/,
    ],
    [
      'a valid model of another layout',
      (): string => models.write({ head: { dims: [1, 7], values: new Float32Array(7) }, maskChannels: 0 }),
      /7.*supported/,
    ],
  ] as const)('%s ends with exit 3', async (_, file, sentence) => {
    await refused(['analyze', lumps, '--model', file(), ...withOutputs], 3, sentence);
  });
});

const absent = whatIsAbsent(['ffmpeg']);

describe.skipIf(skipFor(absent))(`recordings that cannot be used${because(absent)}`, () => {
  const stack = new DisposableStack();
  let bench: Workbench;
  beforeAll(() => {
    bench = stack.use(new Workbench());
    const source = ['-f', 'lavfi', '-i', 'testsrc2=s=320x240:r=10:d=6'];
    bench.ffmpeg(...source, ...x264, 'whole.mp4');
    bench.ffmpeg('-i', 'whole.mp4', '-c', 'copy', '-movflags', 'faststart', 'front.mp4');
    bench.ffmpeg('-f', 'lavfi', '-i', 'sine=d=2', 'sound.m4a');
    bench.ffmpeg(...source, '-frames:v', '0', '-c:v', 'rawvideo', 'nothing.avi');
    bench.write('end.mp4', readFileSync(bench.file('whole.mp4')).subarray(0, 60_000));
    bench.write('text.mp4', 'No video at all, only words about one.\n'.repeat(100));
    bench.write('empty.mp4', '');
    bench.write(
      'noise.mp4',
      Uint8Array.from({ length: 50_000 }, (_, index) => (index * 7919) % 251),
    );
    mkdirSync(bench.file('folder'));
  });
  afterAll(() => stack.dispose());

  test.each([
    ['a missing file', 'absent.mp4', /absent\.mp4/],
    ['a folder without pictures', 'folder', /folder.*without pictures/],
    ['an empty file', 'empty.mp4', /empty/],
    ['a text file named .mp4', 'text.mp4', /no video/],
    ['noise named .mp4', 'noise.mp4', /no video/],
    ['a truncated MP4 whose index would be at the end', 'end.mp4', /index at the end is missing/],
    ['sound only', 'sound.m4a', /sound/],
    ['a video with no picture in it', 'nothing.avi', /no picture|holds no/],
  ])('%s ends with exit 3 and no report', async (_, name, sentence) => {
    await refused(['analyze', bench.file(name), ...model, ...withOutputs], 3, sentence);
  });

  test('an MP4 with its index in front that ends early is reported up to there, exit 3', async () => {
    const file = bench.write('early.mp4', readFileSync(bench.file('front.mp4')));
    truncateSync(file, Math.round(readFileSync(file).length * 0.6));
    const run = await runTidily(
      ['analyze', file, ...model, '--json', ...withOutputs],
      ['annotated.mp4', 'report.json'],
    );
    expect(run.code).toBe(3);
    isOneSentence(run);
    const report = analysisReport.parse(JSON.parse(run.stdout));
    expect(report.truncatedAt).toBeGreaterThan(2);
    expect(report.truncatedAt).toBeLessThan(5);
    expect(report.frames.decoded).toBeGreaterThan(20);
  });
});

describe('cameras that cannot be used', () => {
  const secret = 'p@ss:w/rd';
  const noSecret = async (args: readonly string[], ...sentence: readonly RegExp[]): Promise<void> => {
    const run = await runTidily(args);
    expect([run.code, run.stdout], run.stderr).toEqual([3, '']);
    isOneSentence(run);
    expect(run.stderr).not.toContain('w/rd');
    expect(run.stderr).not.toContain(encodeURIComponent(secret));
    for (const part of sentence) expect(run.stderr).toMatch(part);
  };

  test('a port at which nothing listens', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as { port: number };
    await new Promise((resolve) => server.close(resolve));
    await noSecret(
      ['analyze', `rtsp://admin:${secret}@127.0.0.1:${port}/cam`, ...model],
      /admin:\*\*\*@127\.0\.0\.1/,
      /refused the connection/,
    );
  });

  test('a listener that accepts and never answers', async () => {
    await using mute = await MuteListener.start();
    await noSecret(
      ['analyze', `rtsp://admin:${secret}@127.0.0.1:${mute.port}/cam`, ...model],
      /did not answer within 5 s/,
    );
  });

  test('a host name that nobody knows', async () => {
    await noSecret(
      ['analyze', `rtsp://admin:${secret}@no-such-camera.invalid/cam`, ...model],
      /no-such-camera\.invalid/,
    );
  });

  test.skipIf(skipFor(rtspMissing))(`a wrong password${because(rtspMissing)}`, async () => {
    await using server = await RtspServer.start({ live: '320x240@10', user: 'admin', password: 'right' });
    const url = `rtsp://admin:${encodeURIComponent(secret)}@127.0.0.1:${server.port}/cam`;
    await noSecret(['analyze', url, ...model], /refused the user name or password/);
  });
});

describe('outputs that cannot be written', () => {
  test('a folder that is not there', async () => {
    await refused(
      ['analyze', lumps, ...model, '--stride', '30', '--output', 'absent/annotated.mp4'],
      3,
      /absent\/annotated\.mp4/,
    );
  });

  test('a report into a folder that is not there, before the work', async () => {
    await refused(
      ['analyze', lumps, ...model, '--report', 'absent/report.json'],
      3,
      /absent\/report\.json.*no such folder/,
    );
  });

  test('a folder in the place of the file', async () => {
    using bench = new Workbench();
    await refused(
      ['analyze', lumps, ...model, '--stride', '30', '--output', bench.path],
      3,
      /no regular file/,
    );
  });

  // Root may write everywhere, and no package that could be installed would change that.
  if (process.getuid?.() !== 0) {
    test('a folder without the right to write', async () => {
      using bench = new Workbench();
      chmodSync(bench.path, 0o500);
      await refused(['analyze', lumps, ...model, '--output', bench.file('annotated.mp4')], 3, /rights/);
      chmodSync(bench.path, 0o700);
    });
  }

  test('a report onto a device that is full', async () => {
    const run = await runTidily(['analyze', lumps, ...model, '--stride', '30', '--report', '/dev/full']);
    expect(run.code).toBe(3);
    isOneSentence(run);
    expect(run.stderr).toMatch(/\/dev\/full.*disk is full/);
  });
});

/** Why no small disk can be made here. */
function noSmallDisk(): string | undefined {
  using bench = new Workbench();
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', bench.path]);
  if (mounted.status !== 0) return 'needs the right to mount a small disk: run the tests as root';
  spawnSync('umount', [bench.path]);
  return undefined;
}

/** A disk of a few kilobytes, mounted for a test. */
class SmallDisk implements Disposable {
  readonly bench = new Workbench();
  constructor(kilobytes: number) {
    spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${kilobytes}k`, 'tmpfs', this.bench.path]);
  }
  [Symbol.dispose](): void {
    spawnSync('umount', ['-l', this.bench.path]);
    this.bench[Symbol.dispose]();
  }
}

const noDisk = noSmallDisk();
// Not counted as skipped: where mounting is forbidden, as in most containers, nothing that could be installed helps.
if (noDisk !== undefined) console.log(`a disk that is full: not tried, ${noDisk}`);
else
  describe('a disk that is full', () => {
    test('an annotated video that does not fit leaves nothing behind', async () => {
      using disk = new SmallDisk(64);
      await refused(
        ['analyze', lumps, ...model, '--output', disk.bench.file('annotated.mp4')],
        3,
        /disk is full/,
      );
      expect(readdirSync(disk.bench.path)).toEqual([]);
    });

    test('a report that does not fit leaves nothing behind', async () => {
      using disk = new SmallDisk(8);
      const run = await runTidily(['analyze', lumps, ...model, '--report', disk.bench.file('report.json')]);
      expect(run.code).toBe(3);
      isOneSentence(run);
      expect(run.stderr).toMatch(/report\.json.*disk is full/);
      expect(readdirSync(disk.bench.path)).toEqual([]);
    });
  });
