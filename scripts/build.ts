/** Builds the workspace and then the application, with the packaged TypeScript. `npm ci` calls it (`prepare`). */
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const tsc = fileURLToPath(new URL('../node_modules/typescript/bin/tsc', import.meta.url));

for (const folder of ['packages/memory', '.']) {
  rmSync(`${root}/${folder}/dist`, { recursive: true, force: true });
  execFileSync(process.execPath, [tsc, '-p', `${root}/${folder}/tsconfig.build.json`], { stdio: 'inherit' });
}
