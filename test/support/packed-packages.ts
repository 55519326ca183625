/** Both packages as npm would publish them, built and packed from a copy, so that the working tree's `dist` stays as it is. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { Workbench } from './ffmpeg-program.ts';
import { repository } from './plateau-program.ts';

const parts = [
  ...[
    'package.json',
    '.npmrc',
    'tsconfig.base.json',
    'tsconfig.build.json',
    'README.md',
    'LICENSE',
    'CHANGELOG.md',
  ],
  ...['bin', 'demo', 'docs', 'examples', 'models', 'packages', 'scripts', 'src', 'web'],
];

export class PackedPackages implements Disposable {
  readonly #bench = new Workbench();
  /** Tarball of the application. */
  readonly plateau: string;
  /** Tarball of `@plateau/memory`. */
  readonly memory: string;

  constructor() {
    const copy = this.#bench.file('copy');
    for (const part of parts) {
      cpSync(join(repository, part), join(copy, part), {
        recursive: true,
        filter: (path) => !/\/(?:dist|node_modules)(?:\/|$)/.test(path.slice(repository.length - 1)),
      });
    }
    linkModules(copy);
    execFileSync(process.execPath, ['scripts/build.ts'], { cwd: copy, stdio: 'pipe' });
    this.memory = this.#pack(join(copy, 'packages/memory'));
    this.plateau = this.#pack(copy);
  }

  #pack(folder: string): string {
    const answer = npm(folder, 'pack', '--ignore-scripts', '--json', '--pack-destination', this.#bench.path);
    const [{ filename }] = Object.values(JSON.parse(answer) as Record<string, { filename: string }>);
    return this.#bench.file(filename);
  }

  /** Installs tarballs into an empty project, as a stranger would. @returns Its folder. */
  install(name: string, ...tarballs: readonly string[]): string {
    const folder = this.#bench.file(name);
    mkdirSync(folder);
    this.#bench.write(`${name}/package.json`, '{ "private": true, "type": "module" }\n');
    npm(folder, 'install', '--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund', ...tarballs);
    return folder;
  }

  [Symbol.dispose](): void {
    this.#bench[Symbol.dispose]();
  }
}

/** The repository's modules, with the copy's own workspace in the place of the repository's. */
function linkModules(copy: string): void {
  mkdirSync(join(copy, 'node_modules/@plateau'), { recursive: true });
  for (const entry of readdirSync(join(repository, 'node_modules')))
    if (entry !== '@plateau')
      symlinkSync(join(repository, 'node_modules', entry), join(copy, 'node_modules', entry));
  symlinkSync('../../packages/memory', join(copy, 'node_modules/@plateau/memory'));
}

function npm(folder: string, ...args: readonly string[]): string {
  // The settings of the npm that runs these tests are no settings of the project under test.
  const environment = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^npm_(?:config|package|lifecycle)/i.test(name)),
  );
  return execFileSync('npm', args, {
    cwd: folder,
    encoding: 'utf8',
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 2 ** 26,
  });
}

/** The package.json of an installed package. */
export function manifest(folder: string, name: string): Record<string, unknown> {
  return JSON.parse(readFileSync(join(folder, 'node_modules', name, 'package.json'), 'utf8'));
}
