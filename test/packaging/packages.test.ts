/** The packed tarballs, installed where nothing else is: what works in a checkout must work from a registry. */
import { spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ProfileReport } from '../../src/cli/profile-report.ts';
import { because, skipFor, whatIsAbsent } from '../support/absent.ts';
import { manifest, PackedPackages } from '../support/packed-packages.ts';
import { analysisReport } from '../support/report-schema.ts';

const absent = whatIsAbsent(['npm']);

describe.skipIf(skipFor(absent))(`the packed packages${because(absent)}`, () => {
  const stack = new DisposableStack();
  let packed: PackedPackages;
  beforeAll(() => {
    packed = stack.use(new PackedPackages());
  }, 120_000);
  afterAll(() => stack.dispose());

  const node = (cwd: string, ...args: string[]) =>
    spawnSync(process.execPath, args, {
      cwd,
      encoding: 'utf8',
      env: { PATH: process.env.PATH, HOME: cwd },
      timeout: 60_000,
    });

  test('@plateau/memory alone: small, no dependency, every name there, no native library loaded', {
    timeout: 120_000,
  }, () => {
    expect(statSync(packed.memory).size).toBeLessThanOrEqual(1_000_000);
    const folder = packed.install('memory-alone', packed.memory);
    expect(readdirSync(join(folder, 'node_modules')).filter((name) => !name.startsWith('.'))).toEqual([
      '@plateau',
    ]);
    const script = `
      import { readFileSync } from 'node:fs';
      import * as memory from '@plateau/memory';
      const pool = new memory.BufferPool({});
      const loaded = readFileSync('/proc/self/maps', 'utf8').split('\\n').map((line) => line.split(/\\s+/)[5] ?? '');
      console.log(JSON.stringify({
        names: Object.keys(memory).length,
        pool: typeof pool,
        native: [...new Set(loaded.filter((file) => /\\.node$|node_modules.*\\.so/.test(file)))],
      }));`;
    const run = node(folder, '--input-type=module', '-e', script);
    expect([run.status, run.stderr]).toEqual([0, '']);
    const { names, native } = JSON.parse(run.stdout) as { names: number; native: string[] };
    expect(names).toBeGreaterThan(20);
    expect(native).toEqual([]);
    const { dependencies = {} } = manifest(folder, '@plateau/memory');
    expect(dependencies).toEqual({});
  });

  test('no tarball carries source maps of a machine, tests or TypeScript sources that Node would refuse', {
    timeout: 120_000,
  }, () => {
    for (const tarball of [packed.memory, packed.plateau]) {
      const listed = spawnSync('tar', ['-tzf', tarball], {
        encoding: 'utf8',
        maxBuffer: 2 ** 26,
      }).stdout.split('\n');
      expect(listed.filter((path) => /(?<!\.d)\.ts$|\/test\/|\.tsbuildinfo$|\/\.env/.test(path))).toEqual([]);
      expect(listed.some((path) => path.endsWith('LICENSE'))).toBe(true);
    }
  });

  test('what the how-tos tell to copy comes along', () => {
    const listed = spawnSync('tar', ['-tzf', packed.plateau], {
      encoding: 'utf8',
      maxBuffer: 2 ** 26,
    }).stdout;
    expect(listed.split('\n')).toContain('package/examples/plant.yaml');
  });

  describe('the application', () => {
    let folder: string;
    let command: string;
    beforeAll(() => {
      folder = packed.install('application', packed.plateau);
      command = join(folder, 'node_modules/.bin/plateau');
    }, 300_000);
    const run = (...args: string[]) => {
      mkdirSync(join(folder, 'temporary'), { recursive: true });
      return spawnSync(command, args, {
        cwd: folder,
        encoding: 'utf8',
        env: {
          PATH: `${join(process.execPath, '..')}:${process.env.PATH}`,
          HOME: folder,
          TMPDIR: join(folder, 'temporary'),
        },
        timeout: 90_000,
      });
    };

    test("plateau --version is the package's version", () => {
      const { status, stdout } = run('--version');
      expect([status, stdout]).toEqual([0, `${manifest(folder, 'plateau').version}\n`]);
    });

    test('the core comes along, and no tool of development', () => {
      expect(
        existsSync(join(folder, 'node_modules/plateau/node_modules/@plateau/memory/dist/index.js')) ||
          existsSync(join(folder, 'node_modules/@plateau/memory/dist/index.js')),
      ).toBe(true);
      for (const tool of ['vitest', 'typescript', 'three', 'playwright-core', '@biomejs/biome'])
        expect(existsSync(join(folder, 'node_modules', tool)), tool).toBe(false);
    });

    test('analyses the shipped clip, its threads found beside the built files', { timeout: 120_000 }, () => {
      const demo = 'node_modules/plateau/demo/lumps.mp4';
      const { status, stdout, stderr } = run(
        'analyze',
        demo,
        '--json',
        '--stride',
        '10',
        '--model',
        'node_modules/plateau/models/known-answer.onnx',
      );
      expect([status, stderr]).toEqual([0, '']);
      const report = analysisReport.parse(JSON.parse(stdout));
      expect(report.frames).toMatchObject({ decoded: 300, inferred: 30 });
      expect(report.memory.liveResources).toBe(0);
      expect(readdirSync(join(folder, 'temporary'))).toEqual([]);
    });

    test('profiles a script of the project by stage and by line', { timeout: 120_000 }, () => {
      writeFileSync(
        join(folder, 'work.ts'),
        `import { stage } from 'plateau/memory';
        const kept: Uint8Array[] = [];
        for (let round: number = 0; round < 5; round += 1) {
          using _stage = stage('decode');
          kept.push(new Uint8Array(1_000_000));
        }
        process.on('exit', () => kept.length);\n`,
      );
      const byStage = run('profile', '--json', 'work.ts');
      expect([byStage.status, byStage.stderr]).toEqual([0, '']);
      const { stages } = JSON.parse(byStage.stdout) as ProfileReport;
      expect(stages.find(({ path }) => path === 'main/decode')).toMatchObject({
        calls: 5,
        bufferBytes: 5_000_000,
      });
      const byLine = run('profile', '--lines', 'work.ts', 'work.ts');
      expect([byLine.status, byLine.stderr]).toEqual([0, '']);
      expect(byLine.stdout).toMatch(/^kept\.push\(.+ {2}5 +5 .+ \+5\.0 MB$/m);
      expect(readdirSync(join(folder, 'temporary'))).toEqual([]);
    });

    test('finds its page, its demo and its default model', { timeout: 120_000 }, () => {
      const script = `
        import { spawn } from 'node:child_process';
        const child = spawn(${JSON.stringify(command)}, ['start', '--port', '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
        let said = '';
        child.stdout.on('data', async (text) => {
          said += text;
          const url = /Watching .*(http:\\S+)/.exec(said)?.[1];
          if (url === undefined || child.asked) return;
          child.asked = true;
          const page = await fetch(url);
          const status = await (await fetch(url + '/api/status')).json();
          console.log(JSON.stringify({ page: page.status, cameras: status.cameras.map(({ name }) => name) }));
          child.kill('SIGTERM');
        });
        child.on('exit', (code) => { process.exitCode = code; });`;
      const { status, stdout, stderr } = node(folder, '--input-type=module', '-e', script);
      expect([status, stderr]).toEqual([0, '']);
      expect(JSON.parse(stdout)).toEqual({ page: 200, cameras: ['demo'] });
    });

    test('each public entrance can be imported from the installed package', () => {
      const entrances = ['plateau', 'plateau/vision', 'plateau/alarms', 'plateau/memory'];
      const script = `for (const name of ${JSON.stringify(entrances)}) console.log(name, Object.keys(await import(name)).length > 3);`;
      const { status, stdout, stderr } = node(folder, '--input-type=module', '-e', script);
      expect([status, stderr]).toEqual([0, '']);
      expect(stdout.trim().split('\n')).toEqual(entrances.map((name) => `${name} true`));
    });

    test('every thread file that the source starts is built', () => {
      const dist = join(folder, 'node_modules/plateau/dist/runtime');
      const threads = globSync('*-thread.js', { cwd: dist });
      expect(threads).toEqual(expect.arrayContaining(['capture-thread.js', 'inference-thread.js']));
    });
  });
});
