/** The chat of examples/php-chat on free ports. Without PHP its tests are skipped with a note; with CI=true they fail. */

import { cp, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe } from 'vitest';
import type { ServerOptions } from '../../src/index.ts';
import { requestHttp, type HttpAnswer, type HttpOptions } from './http-request.ts';
import { pickPort } from './pick-port.ts';
import { skipsWithout, startProgram } from './program.ts';
import { startServer } from './start-server.ts';
import { makeTempDir } from './temp-dir.ts';

const EXAMPLE = join(import.meta.dirname, '../../examples/php-chat');

export function describeWithPhp(title: string, suite: () => void): void {
  describe.skipIf(skipsWithout(['php'], title))(title, () => {
    suite();
  });
}

export interface PhpChat {
  /** Of the server. */
  readonly url: string;
  /** Of the pages. */
  readonly pages: string;
  /** A folder with a copy of the example. */
  readonly directory: string;
  /** Asks the backend. */
  ask(path: string, options?: HttpOptions): Promise<HttpAnswer>;
}

export async function startPhpChat(): Promise<PhpChat> {
  const [port, backend, directory] = [await pickPort(), await pickPort(), await makeTempDir()];
  await cp(EXAMPLE, directory, { recursive: true });
  for (const name of await readdir(directory)) {
    const text = await readFile(join(directory, name), 'utf8');
    const moved = text.replaceAll(':8000', `:${port}`).replaceAll(':3000', `:${backend}`);
    await writeFile(join(directory, name), moved);
  }
  const file = JSON.parse(await readFile(join(directory, 'settings.json'), 'utf8')) as ServerOptions;
  // The library takes the store itself, and not its name.
  const { store: _memory, ...settings } = file;
  const place = { cwd: directory, env: { PHP_CLI_SERVER_WORKERS: '4' } };
  await startProgram(['php', '-S', `127.0.0.1:${backend}`, 'index.php'], place, backend);
  const { url } = await startServer({ ...settings, port });
  const pages = `http://127.0.0.1:${backend}`;
  return { url, pages, directory, ask: (path, options = {}) => requestHttp(`${pages}${path}`, options) };
}
