/**
 * The package as npm makes it, in an empty project: what can be imported, its types, its program.
 *
 * `npm install` of the tarball would download what the package depends on. The tests must not, so the tarball is
 * unpacked into the place where npm would put it, and the dependencies are links to those of this repository.
 */

import { execFile, spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { extract } from 'tar';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { sendByRoom } from './support/line-client.ts';
import { anchorsOf, linksOf } from './support/markdown.ts';
import { reach } from './support/start-server.ts';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('..', import.meta.url));
const MODULES = join(ROOT, 'node_modules');

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly bin: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

let project: string;
let installed: string;
let manifest: Manifest;
/** The paths in the package. */
let files: ReadonlySet<string>;

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'statecast-package-'));
  installed = join(project, 'node_modules', 'statecast');
  // Without scripts: the build is made, and other tests use it at the same time.
  const { stdout } = await run(
    'npm',
    ['pack', '--json', '--ignore-scripts', '--offline', '--pack-destination', project],
    { cwd: ROOT, maxBuffer: 16 * 1024 * 1024 },
  );
  const [packed] = JSON.parse(stdout) as { filename: string; files: { path: string }[] }[];
  files = new Set(packed?.files.map(({ path }) => path));
  await mkdir(installed, { recursive: true });
  await extract({ file: join(project, packed?.filename ?? ''), cwd: installed, strip: 1 });
  manifest = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8')) as Manifest;
  for (const name of Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies })) {
    await link(join(MODULES, name), join(project, 'node_modules', name));
  }
  await link(join(MODULES, '@types'), join(project, 'node_modules', '@types'));
  // As npm does with `bin`.
  const program = join(installed, manifest.bin['statecast'] ?? '');
  await chmod(program, 0o755);
  await link(program, join(project, 'node_modules', '.bin', 'statecast'));
  await writeFile(join(project, 'package.json'), '{ "name": "empty", "private": true, "type": "module" }\n');
}, 120_000);

afterAll(() => rm(project, { recursive: true, force: true }));

async function link(target: string, path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await symlink(target, path);
}

/** Runs a module in the project and returns what it prints. */
async function runModule(code: string): Promise<string> {
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', code], { cwd: project });
  return stdout;
}

/** The project's own environment: without the settings of whoever runs the tests. */
function environment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(STATECAST|npm)_/.test(name));
  return Object.fromEntries(kept);
}

describe('the package in an empty project', () => {
  test('can be imported, and serves', async () => {
    const printed = await runModule(`
      import { createServer, createLowdbStore } from 'statecast';
      const server = createServer({ port: 0, store: createLowdbStore({ dir: 'rooms' }), rooms: { '*': {} } });
      const { port } = await server.listen();
      const health = await (await fetch(\`http://127.0.0.1:\${port}/health\`)).json();
      await server.close();
      console.log(JSON.stringify([health.status, health.version]));
    `);
    expect(JSON.parse(printed)).toEqual(['ok', manifest.version]);
  });

  test.each([
    ['statecast/tars', 'createProxy, createServantAdapter, TarsWriter', 'function,function,function'],
    ['statecast/testing', 'describeMembershipStore, createTestServer', 'function,function'],
  ])('has the entry %s', async (entry, names, types) => {
    const printed = await runModule(`
      import { ${names} } from '${entry}';
      console.log([${names}].map((value) => typeof value).join());
    `);
    expect(printed).toBe(`${types}\n`);
  });

  test('has types of all entries', async () => {
    await writeFile(
      join(project, 'main.ts'),
      `import { createServer, drop, type ServerEvents, type StatecastServer } from 'statecast';
       import { createProxy, t, type Caller } from 'statecast/tars';
       import { createTestServer, describeMembershipStore, type StoreUnderTest } from 'statecast/testing';
       import * as z from 'zod';
       const server: StatecastServer = createServer({
         port: 0,
         rooms: { 'room*': { onMessage: ({ data }) => (data === 'spam' ? drop('no spam') : undefined) } },
       });
       server.on('member.joined', (event: ServerEvents['member.joined']) => void event.room.length);
       // @ts-expect-error: there is no such setting.
       createServer({ prot: 1 });
       // @ts-expect-error: a port is a number.
       createServer({ port: '1' });
       const typed = createTestServer({
         rooms: { 'chat:*': { message: z.object({ text: z.string() }), onMessage: ({ data }) => void data.text } },
       });
       const client = await typed.connect({ user: 'ann' });
       await client.say('chat:1', { text: 'hi' });
       // @ts-expect-error: a text is expected.
       await client.say('chat:1', { text: 5 });
       export const all: [typeof createProxy, typeof t, typeof describeMembershipStore] = [
         createProxy, t, describeMembershipStore,
       ];
       export type Both = [Caller, StoreUnderTest];
      `,
    );
    for (const [module, resolution] of [
      ['nodenext', 'nodenext'],
      ['esnext', 'bundler'],
    ]) {
      const options = ['--module', module ?? '', '--moduleResolution', resolution ?? '', '--types', 'node'];
      const args = ['--noEmit', '--strict', '--target', 'es2023', ...options, 'main.ts'];
      const checked = await run(join(MODULES, '.bin', 'tsc'), args, { cwd: project }).catch(
        (error: { stdout: string }) => error,
      );
      expect(checked.stdout).toBe('');
    }
  }, 120_000);

  test.each(['statecast', 'statecast/tars', 'statecast/testing'])(
    'has types of %s that need no types of Node.js and no optional package',
    async (entry) => {
      const bare = await mkdtemp(join(tmpdir(), 'statecast-bare-'));
      onTestFinished(() => rm(bare, { recursive: true, force: true }));
      await link(installed, join(bare, 'node_modules', 'statecast'));
      for (const name of Object.keys(manifest.dependencies)) {
        await link(join(MODULES, name), join(bare, 'node_modules', name));
      }
      await writeFile(join(bare, 'package.json'), '{ "type": "module" }\n');
      await writeFile(
        join(bare, 'main.ts'),
        `import * as all from '${entry}';
         // @ts-expect-error: the types are known, and have no such name.
         export const none: unknown = all.nothing;
        `,
      );
      const compilerOptions = {
        module: 'nodenext',
        noEmit: true,
        // As if the packages were copied: what lies beside the links is not found.
        preserveSymlinks: true,
        skipLibCheck: false,
        strict: true,
        target: 'es2023',
        types: [],
      };
      await writeFile(join(bare, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['main.ts'] }));
      const checked = await run(join(MODULES, '.bin', 'tsc'), ['--project', bare]).catch(
        (error: { stdout: string }) => error,
      );
      expect(checked.stdout).toBe('');
    },
    120_000,
  );

  test('has a program that npx finds', async () => {
    const { stdout } = await run('npx', ['--no-install', 'statecast', '--help'], {
      cwd: project,
      env: { ...environment(), npm_config_offline: 'true' },
    });
    expect(stdout).toContain('Usage: statecast');
  });

  test('serves rooms, pages and the inspector by its program', async () => {
    const child = spawn(
      join(project, 'node_modules', '.bin', 'statecast'),
      ['serve', '--port', '0', '--data-dir', 'data', '--log-level', 'warn'],
      { cwd: project, env: environment(), stdio: ['ignore', 'pipe', 'pipe'] },
    );
    const exited = new Promise<number | null>((resolve) => child.once('close', resolve));
    onTestFinished(async () => {
      child.kill('SIGKILL');
      await exited;
    });
    const stderr = text(child.stderr);
    const url = await new Promise<string>((resolve, reject) => {
      let printed = '';
      child.stdout.on('data', (chunk: Buffer) => {
        printed += chunk.toString();
        const found = /listening on (\S+)\n/.exec(printed)?.[1];
        if (found !== undefined) resolve(found);
      });
      void exited.then(async () => reject(new Error(await stderr)));
    });
    const { connect, request } = reach(url);
    expect(await request('/room1')).toMatchObject({
      status: 200,
      body: expect.stringContaining('<html') as unknown,
    });
    expect((await request('/inspector')).status).toBe(200);
    const client = await connect();
    await client.join('room1');
    expect(await client.ask(sendByRoom('room1', 'hi'))).toBe('hi');
    child.kill('SIGTERM');
    expect(await exited).toBe(0);
    expect(await stderr).toBe('');
  });
});

describe('the files of the package', () => {
  test('are what users need, and nothing of the development', () => {
    for (const path of [
      'CHANGELOG.md',
      'CONTRIBUTING.md',
      'LICENSE',
      'README.md',
      'SECURITY.md',
      'dist/chart-layouts.json',
      'dist/clients/inspector.html',
      'dist/index.d.ts',
      'dist/index.js',
      'dist/main.js',
      'docs/operations.md',
      'docs/protocol.md',
      'examples/moderated-room.ts',
      'tars/hello.tars',
      'tars/statecast.tars',
    ]) {
      expect(files, path).toContain(path);
    }
    const strange = [...files].filter((path) =>
      /^(src|test|bench|scripts)\/|^(?!examples\/).*\.test\.|\.tgz$/.test(path),
    );
    expect(strange).toEqual([]);
  });

  test('have links that lead to files of the package', async () => {
    const broken: string[] = [];
    for (const page of files) {
      if (!page.endsWith('.md')) continue;
      for (const target of linksOf(await readFile(join(installed, page), 'utf8'))) {
        const [path = '', anchor] = target.split('#', 2);
        const file = path === '' ? page : join(dirname(page), decodeURIComponent(path));
        const isThere = files.has(file) || [...files].some((other) => other.startsWith(`${file}/`));
        const isRight =
          anchor === undefined ||
          (isThere && anchorsOf(await readFile(join(installed, file), 'utf8')).has(anchor));
        if (!isThere || !isRight) broken.push(`${page}: ${target}`);
      }
    }
    expect(broken).toEqual([]);
  });

  test('have examples that run on the package', async () => {
    const example = join(installed, 'examples', 'moderated-room.ts');
    const printed = await run(
      process.execPath,
      [
        '--import',
        join(MODULES, 'tsx', 'dist', 'loader.mjs'),
        '--input-type=module',
        '--eval',
        `import { createModeratedServer } from ${JSON.stringify(example)};
         const server = createModeratedServer({ port: 0 });
         const { port } = await server.listen();
         console.log(port > 0);
         await server.close();`,
      ],
      { cwd: project },
    );
    expect(printed.stdout).toBe('true\n');
  });
});
