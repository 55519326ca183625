import { describe, expect, test } from 'vitest';
import { version } from '../../src/cli/version.ts';
import { plateau } from '../support/plateau-program.ts';
import { sourceFiles } from '../support/source-tree.ts';

/** One file a command: those that make one. */
const commands = sourceFiles('src/cli')
  .map(({ text }) => /new Command\('([a-z]+)'\)/.exec(text)?.[1])
  .filter((name) => name !== undefined && name !== 'plateau') as string[];

describe('help', () => {
  test('there are the commands that the contract names so far', () => {
    expect(commands).toEqual(expect.arrayContaining(['start', 'analyze', 'doctor', 'soak']));
  });

  test.each(commands)(
    '%s --help describes itself and gives examples that are commands of its own',
    async (command) => {
      const { code, stdout, stderr } = await plateau([command, '--help']);
      expect([code, stderr]).toEqual([0, '']);
      expect(stdout).toMatch(new RegExp(`^Usage: plateau ${command} `));
      const examples = stdout.split('Examples:\n')[1]?.trimEnd().split('\n') ?? [];
      expect(examples.length).toBeGreaterThan(0);
      for (const example of examples)
        expect(example).toMatch(new RegExp(`^  (?:npx )?plateau ${command}\\b`));
    },
  );

  test('plateau --help lists every command', async () => {
    const { code, stdout } = await plateau(['--help']);
    expect(code).toBe(0);
    for (const command of commands) expect(stdout).toMatch(new RegExp(`^  ${command} `, 'm'));
  });

  test("plateau --version is the package's", async () => {
    const { code, stdout } = await plateau(['--version']);
    expect([code, stdout]).toEqual([0, `${version}\n`]);
  });
});
