import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createServer } from '../../server/create-server.ts';
import { createHelloServer, HELLO_OBJECT } from '../../server/demo/hello-servant.ts';
import type { ServantDefinitions } from '../../server/servants/rpc.ts';
import { HelloMethods } from '../../tars/servants/hello.ts';
import { createAdminCommands } from './admin-commands.ts';
import { TEST_CONF } from '../calls/platform-harness.ts';
import type { PullOutcome } from './remote-config.ts';

async function setUp(outcome?: PullOutcome, servants: ServantDefinitions = {}) {
  const dir = await mkdtemp(join(tmpdir(), 'statecast-admin-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  const server = createServer({ port: 0, rooms: { room1: { messagesPerSecond: 9 } }, servants });
  onTestFinished(() => server.close());
  const levels: string[] = [];
  const pulled: string[] = [];
  const file = join(dir, 'a.conf');
  const run = createAdminCommands({
    conf: { ...TEST_CONF, file },
    version: '0.2.0',
    pid: 4711,
    server,
    setLogLevel: (level) => levels.push(level),
    ...(outcome !== undefined && {
      remoteConfig: {
        async pull(name) {
          pulled.push(name);
          return outcome;
        },
      },
    }),
  });
  return { run, file, levels, pulled, server };
}

test('tars.viewversion answers the version alone', async () => {
  const { run } = await setUp();
  expect(await run('tars.viewversion')).toBe('0.2.0');
});

test('tars.viewstatus tells how the server is', async () => {
  const { run, file } = await setUp();
  const status = await run('tars.viewstatus');
  for (const line of [
    'server: Chat.RoomServer',
    'pid: 4711',
    'connections: 0',
    'store: ok',
    `conf: ${file}`,
  ]) {
    expect(status.split('\n')).toContain(line);
  }
});

test('tars.viewstatus tells the states of machines, servants and endpoints', async () => {
  const hello = createHelloServer(0, () => undefined);
  onTestFinished(() => hello.close());
  const { port } = await hello.listen();
  const at = `tcp -h 127.0.0.1 -p ${port}`;
  const { run, server } = await setUp(undefined, {
    hello: { object: `${HELLO_OBJECT}@${at}`, methods: HelloMethods },
    gone: { object: 'A.B.C@tcp -h 127.0.0.1 -p 1', methods: HelloMethods },
  });
  await server.listen();
  await server.publish('room1', 'hi');
  await server.rpc['hello']?.['add']?.({ a: 1, b: 2 });
  const lines = (await run('tars.viewstatus')).split('\n');
  expect(lines.filter((line) => line.startsWith('state of '))).toEqual([
    'state of server: listening',
    'state of connections: none',
    'state of rooms: active 1',
    'state of servant hello: ready.circuit.closed',
    `state of servant hello at ${at}: connected, circuit closed`,
    'state of servant gone: idle',
  ]);
  expect(lines.join('\n')).not.toContain('[object');
});

test('tars.connection tells how many there are', async () => {
  const { run } = await setUp();
  expect(await run('tars.connection')).toBe('connections: 0\nrooms: 0');
});

test.each([
  ['DEBUG', 'debug'],
  ['none', 'silent'],
])('tars.setloglevel %s logs from %s on', async (given, ours) => {
  const { run, levels } = await setUp();
  expect(await run(`tars.setloglevel ${given}`)).toBe(`set log level [${given.toUpperCase()}] ok`);
  expect(levels).toEqual([ours]);
});

test.each(['LOUD', '', 'constructor'])('tars.setloglevel %j changes nothing', async (given) => {
  const { run, levels } = await setUp();
  expect(await run(`tars.setloglevel ${given}`)).toContain('error');
  expect(levels).toEqual([]);
});

test('tars.loadconfig pulls the file and tells where it is', async () => {
  const { run, pulled } = await setUp({ type: 'written', path: '/conf/words.json' });
  expect(await run(' tars.loadconfig   words.json ')).toBe('[succ] words.json: written, /conf/words.json');
  expect(pulled).toEqual(['words.json']);
});

test('tars.loadconfig tells why a file was not pulled', async () => {
  const { run } = await setUp({ type: 'kept', reason: 'there is none' });
  expect(await run('tars.loadconfig words.json')).toBe('[fail] words.json was not pulled: there is none');
  expect(await run('tars.loadconfig')).toContain('tars.loadconfig FILE');
  const { run: runWithout } = await setUp();
  expect(await runWithout('tars.loadconfig words.json')).toContain('[fail]');
});

test('tars.loadproperty reads the configuration again and takes its log level', async () => {
  const { run, file, levels } = await setUp();
  expect(await run('tars.loadproperty')).toContain('cannot be read');
  await writeFile(file, '<tars>\n</wrong>');
  expect(await run('tars.loadproperty')).toContain(`file ${file} line 2`);
  expect(levels).toEqual([]);
  await writeFile(
    file,
    `<tars>\n<application>\n<server>\napp=Chat\nserver=RoomServer\nlogLevel=ERROR\n<A>\nendpoint=tcp -h 127.0.0.1 -p 1\nprotocol=not_tars\n</A>\n</server>\n</application>\n</tars>`,
  );
  expect(await run('tars.loadproperty')).toContain('[succ]');
  expect(levels).toEqual(['error']);
});

test('tars.help lists all commands, and so does an unknown one', async () => {
  const { run } = await setUp();
  const help = await run('tars.help');
  for (const name of [
    'viewversion',
    'viewstatus',
    'setloglevel',
    'loadconfig',
    'connection',
    'loadproperty',
    'help',
  ]) {
    expect(help).toContain(`tars.${name}`);
  }
  expect(await run('tars.make.coffee now')).toBe(
    `there is no command "tars.make.coffee"; there are\n${help}`,
  );
  expect(await run('constructor')).toContain(help);
  expect(await run('')).toContain(help);
});
