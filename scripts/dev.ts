/**
 * `npm run dev`: builds the pages and runs the server, both again at every change. Arguments are passed to the server:
 * `npm run dev -- --port 9000`.
 */

import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const root = fileURLToPath(new URL('..', import.meta.url));
const serverArguments = process.argv.slice(2);

let server: ChildProcess | undefined;
const pages = await watchPages();

// The server reads the pages once at its start, so it starts after the first build.
pages.on('event', ({ code }) => {
  if (code === 'END') server ??= watchServer();
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop);

async function watchPages() {
  const clients = join(root, 'clients');
  const watcher = await build({
    root: clients,
    configFile: join(clients, 'vite.config.ts'),
    logLevel: 'warn',
    build: { watch: {} },
  });
  if (!('on' in watcher)) throw new Error('vite built the pages and does not watch them');
  return watcher;
}

function watchServer(): ChildProcess {
  const tsx = ['node_modules/tsx/dist/cli.mjs', 'watch', '--clear-screen=false'];
  const child = spawn(
    process.execPath,
    [...tsx, '--include=dist/clients/*.html', 'src/main.ts', 'serve', ...serverArguments],
    {
      cwd: root,
      // Its own process group, because Ctrl-C would signal it a second time, and then it does not wait for the drain.
      detached: process.platform !== 'win32',
      stdio: ['ignore', 'inherit', 'inherit'],
    },
  );
  child.on('exit', stop);
  return child;
}

function stop(): void {
  server?.kill('SIGTERM');
  void pages.close();
}
