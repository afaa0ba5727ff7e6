/** What a TARS node daemon does with a package: unpacks it and starts it. And what packs it. */

import { spawn } from 'node:child_process';
import { cp, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { extract } from 'tar';
import { onTestFinished } from 'vitest';
import { makeTempDir } from './temp-dir.ts';

/** If the archive has a single directory, a node daemon uses the content of that directory as the program. */
export async function installLikeNode(archive: string, bin: string): Promise<void> {
  const unpacked = await makeTempDir();
  await extract({ file: archive, cwd: unpacked });
  let source = unpacked;
  for (;;) {
    const [only, ...others] = await readdir(source, { withFileTypes: true });
    if (only === undefined || others.length > 0 || !only.isDirectory()) break;
    source = join(source, only.name);
  }
  await cp(source, bin, { recursive: true });
}

/** Starts it with the command line, directory and streams that a node daemon uses. Resolves when it listens. */
export async function startLikeNode(bin: string, flags: readonly string[], cwd: string) {
  const agent = join(bin, 'tars_nodejs/node-agent/bin/node-agent');
  const environment = Object.entries(process.env).filter(([name]) => !name.startsWith('STATECAST_'));
  const child = spawn(process.execPath, [agent, join(bin, 'src'), ...flags], {
    cwd,
    env: Object.fromEntries(environment),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  const exited = new Promise<number | null>((resolve) => child.once('close', resolve));
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await exited;
  });
  await new Promise<void>((resolve, reject) => {
    const listen = (chunk: Buffer): void => {
      printed += chunk.toString();
      if (printed.includes('listening on')) resolve();
    };
    child.stdout.on('data', listen);
    child.stderr.on('data', listen);
    exited.then((code) => reject(new Error(`it ended with ${code}: ${printed}`)), reject);
  });
  return { pid: child.pid ?? 0, exited };
}

/** Runs `statecast package` in a project. */
export function packProject(cwd: string, args: readonly string[], env: Record<string, string> = {}) {
  const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
  const child = spawn(process.execPath, [main, 'package', ...args], { cwd, env: { ...process.env, ...env } });
  const printed = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (printed.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (printed.stderr += chunk.toString()));
  const exited = new Promise<{ code: number | null; signal: string | null; stdout: string; stderr: string }>(
    (resolve) => child.once('close', (code, signal) => resolve({ code, signal, ...printed })),
  );
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await exited;
  });
  return { child, exited };
}
