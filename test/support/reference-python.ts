/** The Python that the independent references run on. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const environment = fileURLToPath(new URL('../../.venv/bin/python', import.meta.url));

export interface ReferencePython {
  /** The interpreter, or undefined where it or one of the modules is missing. */
  readonly command: string | undefined;
  /** Why a test that needs it is skipped. */
  readonly reason: string;
}

/**
 * Looks for a Python with these modules: PLATEAU_PYTHON, the project's .venv, python3.
 * @throws Error where it is missing and PLATEAU_NO_SKIP=1 forbids to go on without
 */
export function referencePython(modules: readonly string[]): ReferencePython {
  const named = process.env.PLATEAU_PYTHON;
  const commands =
    named === undefined
      ? [environment, 'python3'].filter((one) => one === 'python3' || existsSync(one))
      : [named];
  const command = commands.find((one) => spawnSync(one, ['-c', `import ${modules.join(', ')}`]).status === 0);
  const reason =
    `skipped: there is no Python with ${modules.join(' and ')}; install them by ` +
    '"python3 -m venv .venv && .venv/bin/pip install -r test/reference/requirements.txt"';
  if (command === undefined && process.env.PLATEAU_NO_SKIP === '1')
    throw new Error(`PLATEAU_NO_SKIP=1, but would be ${reason}`);
  return { command, reason };
}
