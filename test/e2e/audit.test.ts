/** `plateau audit` against whatever may stand at an address, and stopped on its way. */
import { once } from 'node:events';
import { mkdirSync, readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { knownAnswer } from '../support/analyze-program.ts';
import { Workbench } from '../support/ffmpeg-program.ts';
import { listenOnLoopback } from '../support/loopback-server.ts';
import { type FinishedRun, plateau, spawnPlateau } from '../support/plateau-program.ts';

/** Audits a server that answers everything with this. */
async function auditOf(status: number, body: string, ...args: readonly string[]): Promise<FinishedRun> {
  const server = createServer((_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(body);
  });
  try {
    const port = await listenOnLoopback(server);
    return await plateau(['audit', '--url', `http://127.0.0.1:${port}`, ...args]);
  } finally {
    server.close();
  }
}

const report = {
  schema: 'plateau.audit/1',
  device: 'cpu',
  items: [{ id: 'bounded-queues', title: 'Queues are bounded', status: 'pass', evidence: 'cpu: 3 of 4' }],
  passed: 1,
  failed: 0,
  unknown: 0,
};

describe('at an address', () => {
  test.each([
    [200, '{}'],
    [200, '[]'],
    [200, 'null'],
    [200, '"audit"'],
    [200, '<html>'],
    [200, '{"schema":"plateau.audit/1","items":[null]}'],
    [200, '{"error":5}'],
    [404, '{"error":"Not Found","message":"Route POST:/api/audit not found","statusCode":404}'],
    [503, '{"error":5}'],
  ])('what answers with %d %s is said to be no monitor', async (status, body) => {
    const { code, stdout, stderr } = await auditOf(status, body);
    expect([code, stdout]).toEqual([3, '']);
    expect(stderr).toMatch(/^plateau: There is no monitor at http:.+; start one with plateau start, .+\n$/);
  });

  test('a monitor that is busy is asked to be tried again', async () => {
    const { code, stderr } = await auditOf(503, '{"error":"The monitor is being started."}');
    expect([code, stderr]).toEqual([
      3,
      expect.stringMatching(/^plateau: .+ now: The monitor is being started; try again in a minute\.\n$/),
    ]);
  });

  test('what the audit found is printed, also where its report cannot be written after all', async () => {
    const run = await auditOf(200, JSON.stringify(report), '--json', '--report', '/dev/full');
    expect([run.code, JSON.parse(run.stdout)]).toEqual([3, report]);
    expect(run.stderr).toMatch(/^plateau: .+\/dev\/full.+disk is full.+\n$/);
  });
});

describe('a report that would be lost', () => {
  test.each([
    ['a folder that is not there', (bench: Workbench) => bench.file('no/a.json'), 3, /no such folder/],
    ['a folder', (bench: Workbench) => bench.path, 3, /it is a folder/],
    ['the model', (bench: Workbench) => bench.write('m.onnx', 'model'), 2, /--report .+ overwrite/],
  ])('in the place of %s is refused ahead of the work', async (_, path, expected, sentence) => {
    using bench = new Workbench();
    const file = path(bench);
    const { code, stdout, stderr } = await plateau([
      'audit',
      '--report',
      file,
      '--model',
      bench.file('m.onnx'),
    ]);
    expect([code, stdout, stderr]).toEqual([expected, '', expect.stringMatching(sentence)]);
  });
});

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s ends it without a verdict, in one sentence, and tidily',
  async (name) => {
    const ends = [700, 1500, 5000].map(async (milliseconds) => {
      using bench = new Workbench();
      mkdirSync(bench.file('temporary'));
      const environment = { TMPDIR: bench.file('temporary') };
      const child = spawnPlateau(['audit', '--model', knownAnswer], { environment });
      let said = '';
      child.stderr?.on('data', (text) => {
        said += text;
      });
      const ended = once(child, 'close');
      await delay(milliseconds);
      child.kill(name);
      const impatience = setTimeout(() => child.kill('SIGKILL'), 30_000);
      const [code, signal] = await ended;
      clearTimeout(impatience);
      expect(readdirSync(bench.file('temporary'))).toEqual([]);
      // Before its handler stands, the signal ends the process as it ends any other.
      if (signal === name) return 'raw';
      expect([milliseconds, code, signal]).toEqual([milliseconds, 1, null]);
      expect(said).toMatch(/^plateau: The audit was stopped before its end.+\n$/);
      return 'clean';
    });
    expect(await Promise.all(ends)).toContain('clean');
  },
);

test('SIGTERM ends it while it waits for a monitor', async () => {
  await using server = createServer(() => undefined);
  const port = await listenOnLoopback(server);
  const asked = once(server, 'request');
  const child = spawnPlateau(['audit', '--url', `http://127.0.0.1:${port}`]);
  let said = '';
  child.stderr?.on('data', (text) => {
    said += text;
  });
  const ended = once(child, 'close');
  await asked;
  child.kill('SIGTERM');
  expect(await ended).toEqual([1, null]);
  expect(said).toMatch(/^plateau: The audit was stopped before its end.+\n$/);
  server.closeAllConnections();
});
