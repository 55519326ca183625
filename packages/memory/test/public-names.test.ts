import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import * as memory from '../src/index.ts';

test('the public names are these', () => {
  expect(Object.keys(memory).sort()).toMatchSnapshot();
});

test('nothing of another package is imported but what is an optional peer, and that lazily', () => {
  const folder = new URL('../src/', import.meta.url);
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  );
  for (const file of files) {
    const text = readFileSync(new URL(file, folder), 'utf8');
    for (const [, from = ''] of text.matchAll(/^(?:import|export)[^;]*? from '([^']+)'/gms)) {
      expect(from, file).toMatch(/^(?:node:|\.\.?\/)/);
    }
  }
});
