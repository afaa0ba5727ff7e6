/** Servants that are only in a settings file. Their interfaces come from .tars files, without generated code. */

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { createHelloServer, HELLO_OBJECT } from '../src/server/demo/hello-servant.ts';
import { runProcess, startProcess } from './support/start-process.ts';
import { makeTempDir } from './support/temp-dir.ts';

const HELLO_FILE = fileURLToPath(new URL('../tars/hello.tars', import.meta.url));

async function writeSettings(servants: object, rooms: object = {}): Promise<string[]> {
  const dir = await makeTempDir();
  const file = join(dir, 'settings.json');
  await writeFile(file, JSON.stringify({ tars: { servants }, rooms, dataDir: join(dir, 'data') }));
  return ['--config', file];
}

test('a servant in the settings is called by its .tars file', async () => {
  const hello = createHelloServer(0, () => undefined);
  onTestFinished(() => hello.close());
  const { port } = await hello.listen();
  const object = `${HELLO_OBJECT}@tcp -h 127.0.0.1 -p ${port}`;
  const args = await writeSettings(
    { greeter: { object, file: HELLO_FILE, interface: 'Hello' } },
    { 'room*': { rpc: ['greeter.greet', 'greeter.countWords'] } },
  );
  const { connect } = await startProcess(args);
  const client = await connect();
  const ask = async (method: string, given: object): Promise<unknown> => {
    const frame = await client.ask(`rpc|${JSON.stringify({ roomNum: 'room1', method, args: given })}`);
    return JSON.parse(frame.slice('rpc|'.length));
  };
  expect(await ask('greeter.greet', { visitor: { name: 'Di' } })).toMatchObject({
    result: { ret: 0, greeting: { text: 'Hello, Di!', visits: 1 } },
  });
  expect(await ask('greeter.countWords', { texts: ['to be or not to be'] })).toMatchObject({
    result: { ret: 4, counts: { to: 2, be: 2 } },
  });
  expect(await ask('greeter.add', { a: 1, b: 2 })).toMatchObject({ error: { code: 103 } });
});

test('every servant that cannot be used is reported before the server starts', async () => {
  const dir = await makeTempDir();
  const broken = join(dir, 'broken.tars');
  await writeFile(broken, 'module A { interface B { int f(int a) };\n};');
  const args = await writeSettings({
    one: { object: 'A.B.C@tcp -h 127.0.0.1 -p 1', file: broken, interface: 'B' },
    two: { object: 'A.B.C@tcp -h 127.0.0.1 -p 1', file: HELLO_FILE, interface: 'Goodbye' },
    three: {
      object: 'A.B.C@tcp -h 127.0.0.1 -p 1',
      file: HELLO_FILE,
      interface: 'Hello',
      idempotent: ['add', 'subtract'],
    },
  });
  const { code, stderr } = await runProcess(['serve', ...args]);
  expect(code).toBe(2);
  expect(stderr).toMatch(/tars\.servants\.one/);
  expect(stderr).toContain(`${broken}:1:`);
  expect(stderr).toMatch(/tars\.servants\.two/);
  expect(stderr).toContain('StatecastDemo.Hello');
  expect(stderr).toMatch(/tars\.servants\.three\.idempotent.*"subtract"/s);
});
