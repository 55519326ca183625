import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { openFiles } from '../../src/runtime/open-files.ts';

test.skipIf(process.platform !== 'linux')(
  'a file counts as long as it is open, and who is connected does not',
  async () => {
    const before = openFiles();
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const client = connect((server.address() as { port: number }).port, '127.0.0.1');
    await once(client, 'connect');
    expect(openFiles()).toBe(before);
    const file = openSync(fileURLToPath(import.meta.url), 'r');
    expect(openFiles()).toBe((before ?? 0) + 1);
    closeSync(file);
    expect(openFiles()).toBe(before);
    client.destroy();
    server.close();
  },
);
