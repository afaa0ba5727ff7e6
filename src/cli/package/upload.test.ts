import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { PackageError } from './package-error.ts';
import { uploadArchive } from './upload.ts';

const CONTENT = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 251));

async function startWeb(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<string> {
  const web = createServer(answer);
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        web.close(() => resolve());
        web.closeAllConnections();
      }),
  );
  return `http://127.0.0.1:${(web.address() as AddressInfo).port}`;
}

async function upload(url: string, progress?: (sent: number, total: number) => void): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'statecast-upload-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  const file = join(dir, 'packed.tgz');
  await writeFile(file, CONTENT);
  return uploadArchive({
    file,
    url,
    ticket: 'a&b=secret',
    application: 'Chat',
    moduleName: 'RoomServer',
    comment: 'näh 1',
    ...(progress !== undefined && { progress }),
  });
}

test('an archive is posted as the form that the platform takes', async () => {
  const posted: { url: string; method: string; form: FormData }[] = [];
  const web = await startWeb((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const type = request.headers['content-type'] ?? '';
      void new Response(Buffer.concat(chunks), { headers: { 'content-type': type } })
        .formData()
        .then((form) => {
          posted.push({ url: request.url ?? '', method: request.method ?? '', form });
          response.end('{"ret_code":200,"err_msg":"","data":{"id":7}}');
        });
    });
  });
  const steps: [number, number][] = [];
  expect(await upload(web, (sent, total) => steps.push([sent, total]))).toBe('{"id":7}');

  expect(posted.map(({ url, method }) => `${method} ${url}`)).toEqual([
    'POST /api/upload_and_publish?ticket=a%26b%3Dsecret',
  ]);
  const form = posted[0]!.form;
  expect([form.get('application'), form.get('module_name'), form.get('comment')]).toEqual([
    'Chat',
    'RoomServer',
    'näh 1',
  ]);
  const file = form.get('suse') as File;
  expect(file.name).toBe('RoomServer.tgz');
  expect(Buffer.from(await file.arrayBuffer()).equals(CONTENT)).toBe(true);

  const [sent, total] = steps.at(-1)!;
  expect(sent).toBe(total);
  expect(steps.length).toBeGreaterThan(2);
  expect(steps.map(([bytes]) => bytes)).toEqual(steps.map(([bytes]) => bytes).toSorted((a, b) => a - b));
});

test('an address with a path of its own is kept', async () => {
  const paths: string[] = [];
  const web = await startWeb((request, response) => {
    paths.push(request.url ?? '');
    request.resume();
    request.on('end', () => response.end('{"ret_code":200}'));
  });
  await upload(`${web}/tars/`);
  await upload(`${web}/pages/api/upload_and_publish`);
  expect(paths.map((path) => path.split('?')[0])).toEqual([
    '/tars/api/upload_and_publish',
    '/pages/api/upload_and_publish',
  ]);
});

/** What the web console of nodes answers, with the status 200. */
const TASK = (...lines: readonly string[]): string =>
  [
    'undefined',
    'patch serverId: 91, node_name: 10.0.0.4',
    'patch serverId: 92, node_name: 10.0.0.5',
    '-'.repeat(65),
    'task no:  [e9f50b02442c45dc8f316202f18cf022]',
    '',
    ...lines,
    '',
  ].join('\n');
const STARTED =
  'EM_I_SUCCESS startServer [Chat.RoomServer] from 10.0.0.3 :server is activating, please check: ';

async function uploadAnswered(body: string): Promise<string> {
  const web = await startWeb((request, response) => {
    request.resume();
    request.on('end', () => response.end(body));
  });
  return upload(web);
}

test('a package that all nodes took is taken, and what they say is told', async () => {
  const said = await uploadAnswered(TASK(`10.0.0.4 ${STARTED}`, `10.0.0.5 ${STARTED}`, 'and more'));
  expect(said).toBe(`10.0.0.4 ${STARTED.trim()}\n10.0.0.5 ${STARTED}\nand more`);
  expect(
    await uploadAnswered(TASK(`10.0.0.4 ${STARTED}`, `10.0.0.5 ${STARTED}`).replace('undefined', 'x')),
  ).toBe(`10.0.0.4 ${STARTED.trim()}\n10.0.0.5 ${STARTED.trim()}`);
});

describe('a package that the platform refuses in words is an error with them', () => {
  const failed = 'EM_I_FAILED patch:Chat.RoomServer error:md5 of the file does not match';
  test.each([
    ['a node that fails', TASK(`10.0.0.4 ${STARTED}`, `10.0.0.5 ${failed}`), `10.0.0.5 ${failed}`],
    [
      'all nodes that fail',
      TASK(`10.0.0.4 ${failed}`, `10.0.0.5 ${failed}`),
      `10.0.0.4 ${failed}\n10.0.0.5 ${failed}`,
    ],
    [
      'a node that was cancelled',
      TASK('10.0.0.4 EM_I_CANCEL ', `10.0.0.5 ${STARTED}`),
      '10.0.0.4 EM_I_CANCEL',
    ],
    ['a node that says nothing', TASK(`10.0.0.4 ${STARTED}`), '10.0.0.5 did not answer'],
    [
      'no task',
      'undefined\npatch serverId: 91, node_name: 10.0.0.4\n',
      'patch serverId: 91, node_name: 10.0.0.4',
    ],
    ['a server that is not deployed', 'server not deploy, please check!', 'server not deploy, please check!'],
    ['no file', 'upload not files', 'upload not files'],
    [
      'no server that runs',
      'no active server, please start server first!\r\n',
      'no active server, please start server first!',
    ],
    [
      'a mistake of its own',
      'upload and patch err:Error: [AdminService] add Task failed',
      'upload and patch err:Error: [AdminService] add Task failed',
    ],
    ['its store of packages', 'undefinedupload to patch error', 'upload to patch error'],
    ['words that only quote success', 'please wait for EM_I_SUCCESS', 'please wait for EM_I_SUCCESS'],
    ['JSON that is no answer', '200', '200'],
  ])('%s', async (_, body, words) => {
    const error: unknown = await uploadAnswered(body).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(PackageError);
    expect((error as Error).message).toBe(`the platform did not take the package (HTTP 200): ${words}`);
  });

  test('by its check of the ticket', async () => {
    await expect(uploadAnswered('{"ret_code":500,"err_msg":"#common.noLogin#","data":{}}')).rejects.toThrow(
      'the platform did not take the package (HTTP 200, ret_code 500): #common.noLogin#',
    );
  });
});

describe('a package that is not taken is an error with what the platform said', () => {
  test.each([
    ['by its own words', 200, '{"ret_code":500,"err_msg":"no such server"}', /ret_code 500.*no such server/],
    ['by a proxy', 413, 'too large', /HTTP 413.*too large/],
    ['without a word', 200, '', /HTTP 200/],
  ])('%s', async (_, status, body, message) => {
    const web = await startWeb((request, response) => {
      request.resume();
      request.on('end', () => response.writeHead(status).end(body));
    });
    await expect(upload(web)).rejects.toThrow(message);
  });

  test('before it was sent whole', async () => {
    const web = await startWeb((_request, response) => {
      response.writeHead(401, { connection: 'close' }).end('{"ret_code":401,"err_msg":"bad ticket"}');
    });
    await expect(upload(web)).rejects.toBeInstanceOf(PackageError);
  });
});

test('a platform that is not there, or no address at all, is an error that does not show the ticket', async () => {
  for (const url of ['http://127.0.0.1:1', 'tars.example.com', 'ftp://x']) {
    const error: unknown = await upload(url).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(PackageError);
    expect(String(error)).not.toContain('secret');
  }
});
