/** What strangers say can write no line of the log, and tells a terminal nothing: names, rooms, headers, errors. */

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { sendByRoom } from './support/line-client.ts';
import { runProcess, startProcess } from './support/start-process.ts';

/** What clears a screen, ends a line, and turns a line around, in several ways; and a line like one of the log. */
const HOSTILE = `\r\n[12:00:00.000] ERROR: FORGED\u001b[2J\u009b2J\u0085\u2028\u202eX\u0007\u007f`;

/** All that no line may have: only line breaks of the log itself are left. */
// eslint-disable-next-line no-control-regex
const UNSAFE = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\p{Bidi_Control}]/u;

const SETTINGS = { STATECAST_LINE_USER_PARAMETER: 'true', STATECAST_LIMITS_ROOM_CAPACITY: '1' };

/** Lets a client with a hostile name do what is logged, and returns the log. */
async function logHostile(format: 'pretty' | 'json'): Promise<string> {
  const { connect, request, kill, exited } = await startProcess(['--log-level', 'trace'], {
    ...SETTINGS,
    STATECAST_STORE: 'memory',
    STATECAST_LOG_FORMAT: format,
  });
  const path = `/?user=${encodeURIComponent(HOSTILE)}`;
  const [client, other] = [await connect({ path }), await connect({ path })];
  const room = `room${HOSTILE}`;
  await client.join(room);
  expect(await other.ask(`subscribe|${room}`)).toMatch(/^Error: .* is full$/s);
  await client.ask(sendByRoom(room, HOSTILE));
  await request(`/Index/pushByRoom?${new URLSearchParams({ roomNum: room, message: HOSTILE }).toString()}`);
  await request(`/${encodeURIComponent(HOSTILE)}`, { headers: { 'x-api-key': 'FORGED\u009b' } });
  client.close();
  await client.closed;
  kill('SIGTERM');
  return (await exited).stderr;
}

describe('the log of a process', () => {
  test('on a terminal has a line for each event, whatever clients are called', async () => {
    const log = await logHostile('pretty');
    expect(log).toContain('FORGED');
    expect(log).not.toMatch(UNSAFE);
    for (const line of log.split('\n')) expect(line).not.toMatch(/^\[12:00:00\.000\]|^\s*ERROR/);
    expect(log).toContain('member.joined');
  });

  test('as JSON has a line for each event too, which says exactly what they are called', async () => {
    const log = await logHostile('json');
    expect(log).not.toMatch(UNSAFE);
    const lines = log
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { msg: string; room?: string; member?: { user: string } });
    const joined = lines.find(({ msg }) => msg === 'member.joined');
    expect(joined).toMatchObject({ room: `room${HOSTILE}`, member: { user: HOSTILE } });
    expect(lines.map(({ msg }) => msg)).not.toContain('FORGED');
  });

  test.each(['pretty', 'json'])('has what an error says in one line: %s', (format) => {
    const script = `
      import { createLogger } from './src/cli/serve/create-logger.ts';
      const said = ${JSON.stringify(HOSTILE)};
      const log = createLogger({ level: 'info', format: '${format}' });
      log.error({ err: new Error(said, { cause: new TypeError(said) }), room: { [said]: said } }, said);
      log.warn({ err: said }, 'a text was thrown');
    `;
    const { stderr, status } = spawnSync(
      process.execPath,
      ['--import', 'tsx', '--input-type=module', '--eval', script],
      { cwd: fileURLToPath(new URL('..', import.meta.url)), encoding: 'utf8' },
    );
    expect([status, stderr]).toEqual([0, expect.stringContaining('FORGED')]);
    expect(stderr).not.toMatch(UNSAFE);
    for (const line of stderr.split('\n')) expect(line).not.toMatch(/^\s*\[12:00:00\.000\]|^\s*ERROR/);
    expect(stderr).toMatch(/at file:|\[eval/);
  });

  test('of the library, where nothing is set, has what an error says in one line', () => {
    const script = `
      import { createErrorPrinter } from './src/server/error-report.ts';
      const said = ${JSON.stringify(HOSTILE)};
      createErrorPrinter({ monotonic: () => 0 })(new Error(said), 'onJoin of room ' + JSON.stringify(said));
    `;
    const { stderr } = spawnSync(
      process.execPath,
      ['--import', 'tsx', '--input-type=module', '--eval', script],
      { cwd: fileURLToPath(new URL('..', import.meta.url)), encoding: 'utf8' },
    );
    expect(stderr).toContain('FORGED');
    expect(stderr).not.toMatch(UNSAFE);
    expect(stderr.split('\n')[0]).toContain('FORGED');
  });
});

test('a command that quotes what it was given prints no control characters', async () => {
  const answers = await Promise.all([
    runProcess(['rooms', '--server', `http://127.0.0.1:1/${HOSTILE}`]),
    runProcess(['serve', '--port', `1${HOSTILE}`]),
    runProcess(['tars2ts', `missing${HOSTILE}.tars`]),
    runProcess([`no${HOSTILE}`]),
  ]);
  for (const { code, stderr, stdout } of answers) {
    expect(code).not.toBe(0);
    expect(stderr + stdout).not.toMatch(UNSAFE);
  }
});
