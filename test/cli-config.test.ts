/** The command line: real processes, their output and their exit codes. No server is started. */

import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..');

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line with only these `STATECAST_…` variables. */
function statecast(args: readonly string[], env: Record<string, string> = {}): Promise<Outcome> {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('STATECAST_'));
  const options = { cwd: ROOT, env: { ...Object.fromEntries(inherited), ...env } };
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      ['--import', 'tsx', 'src/main.ts', ...args],
      options,
      (error, stdout, stderr) => {
        if (error && typeof error.code !== 'number') reject(error);
        else resolve({ code: Number(error?.code ?? 0), stdout, stderr });
      },
    );
  });
}

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'statecast-cli-'));
});
afterAll(() => {
  rmSync(directory, { recursive: true });
});

describe('statecast config', () => {
  test('prints the effective settings of file, environment and flags, with the key masked', async () => {
    const file = join(directory, 'good.json');
    writeFileSync(file, JSON.stringify({ port: 1, dataDir: 'file', http: { apiKey: '0123456789abcdef' } }));
    const { code, stdout, stderr } = await statecast(
      [
        'config',
        '--config',
        file,
        '--port',
        '3',
        '--host',
        '0.0.0.0',
        '--data-dir',
        'flag',
        '--log-level',
        'warn',
      ],
      { STATECAST_PORT: '2', STATECAST_LIMITS_MESSAGE_BYTES: '1000' },
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({
      port: 3,
      host: '0.0.0.0',
      dataDir: 'flag',
      log: { level: 'warn' },
      http: { apiKey: '(set)' },
      limits: { messageBytes: 1000, roomNameBytes: 255 },
    });
    expect(stdout).not.toContain('0123456789abcdef');
  });

  test('--docs prints docs/configuration.md with any configuration', async () => {
    const { code, stdout } = await statecast(['config', '--docs'], { STATECAST_PORT: 'bad' });
    expect(code).toBe(0);
    expect(stdout).toBe(readFileSync(join(ROOT, 'docs/configuration.md'), 'utf8'));
  });

  test('lists every problem on stderr and exits with 2', async () => {
    const { code, stdout, stderr } = await statecast(['config', '--port', '70000', '--host', '0.0.0.0'], {
      STATECAST_PROT: '1',
      STATECAST_STORE: 'redis',
    });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('statecast: the configuration has 4 problems\n');
    expect(stderr).toContain('no such variable; did you mean STATECAST_PORT?');
    expect(stderr).toMatch(/store +"redis" +environment STATECAST_STORE +one of lowdb, memory\n/);
    expect(stderr).toMatch(/port +70000 +flag --port +a whole number from 0 to 65535\n/);
    expect(stderr).toContain('set http.apiKey (STATECAST_HTTP_API_KEY)');
    expect(stderr).not.toMatch(/^ +at /m);
  });
});

describe('statecast serve', () => {
  test('refuses a bad configuration before it starts anything', async () => {
    const { code, stderr } = await statecast(['serve', '--log-level', 'loud']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/log\.level +"loud" +flag --log-level +one of fatal, /);
    expect(stderr).not.toMatch(/^ +at /m);
  });

  test('is the default command', async () => {
    const { code, stderr } = await statecast(['--port', 'nonsense']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/port +"nonsense" +flag --port/);
  });
});

describe('the command line', () => {
  test('refuses a flag that it does not know', async () => {
    const { code, stdout, stderr } = await statecast(['config', '--prot', '9000']);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain("unknown option '--prot'");
    expect(stderr).toContain('--port');
  });

  test('refuses a command that it does not know', async () => {
    const { code, stderr } = await statecast(['confg']);
    expect(code).toBe(1);
    expect(stderr).toContain('statecast --help');
  });

  test('prints its version', async () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    expect(await statecast(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });
});
