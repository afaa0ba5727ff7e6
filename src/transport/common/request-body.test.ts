import { describe, expect, test } from 'vitest';
import { RequestBody, SKIPPED_BODY_BYTES, UNREAD_BODY_BYTES } from './request-body.ts';
import { BodyTooLargeError, RequestAbortedError } from './transport.ts';

function createBody() {
  const flow: string[] = [];
  const body = new RequestBody({ pause: () => flow.push('pause'), resume: () => flow.push('resume') });
  return { body, flow };
}

const NOTHING = new Uint8Array();

describe('the body of a request', () => {
  test('is joined from chunks, although the memory of a chunk is used again', async () => {
    const { body } = createBody();
    const memory = new Uint8Array([1, 2]);
    body.push(memory, false);
    const reading = body.read(4);
    memory.set([3, 4]);
    body.push(memory, true);
    memory.fill(0);
    expect(await reading).toEqual(new Uint8Array([1, 2, 3, 4]));
  });

  test('pauses the client while it is not read, but only when it is long', async () => {
    const { body, flow } = createBody();
    const half = new Uint8Array(UNREAD_BODY_BYTES / 2);
    body.push(half, false);
    body.push(half, false);
    expect(flow).toEqual([]);
    body.push(half, false);
    body.push(half, false);
    expect(flow).toEqual(['pause']);
    const reading = body.read(UNREAD_BODY_BYTES * 3);
    expect(flow).toEqual(['pause', 'resume']);
    body.push(half, true);
    expect((await reading).byteLength).toBe(half.byteLength * 5);
    expect(flow).toEqual(['pause', 'resume']);
  });

  test('is refused as soon as it is too long, and the client is resumed', async () => {
    const { body, flow } = createBody();
    body.push(new Uint8Array(UNREAD_BODY_BYTES + 1), false);
    await expect(body.read(10)).rejects.toBeInstanceOf(BodyTooLargeError);
    expect(flow).toEqual(['pause', 'resume']);
    expect(body.isComplete).toBe(false);
    body.push(NOTHING, true);
    expect(body.isComplete).toBe(true);
  });

  test('is skipped until its end', async () => {
    const { body, flow } = createBody();
    body.push(new Uint8Array(UNREAD_BODY_BYTES + 1), false);
    const skipped = body.skip().then(() => flow.push('skipped'));
    body.push(new Uint8Array(10), false);
    expect(flow).toEqual(['pause', 'resume']);
    body.push(NOTHING, true);
    await skipped;
    expect(flow).toEqual(['pause', 'resume', 'skipped']);
  });

  test('is skipped up to a limit', async () => {
    const { body } = createBody();
    const skipped = body.skip();
    body.push(new Uint8Array(SKIPPED_BODY_BYTES), false);
    body.push(new Uint8Array(1), false);
    await skipped;
    expect(body.isComplete).toBe(false);
  });

  test('ends when its client disconnects, if it is read before, after or never', async () => {
    const read = createBody().body;
    const reading = read.read(10);
    read.abort();
    await expect(reading).rejects.toBeInstanceOf(RequestAbortedError);
    const late = createBody().body;
    late.push(new Uint8Array(1), false);
    late.abort();
    await expect(late.read(10)).rejects.toBeInstanceOf(RequestAbortedError);
    const unread = createBody().body;
    const skipped = unread.skip();
    unread.abort();
    await expect(skipped).resolves.toBeUndefined();
  });

  test('can be read after its client has disconnected, if it was complete before', async () => {
    const { body } = createBody();
    body.push(new Uint8Array([7]), true);
    const reading = body.read(10);
    body.abort();
    expect(await reading).toEqual(new Uint8Array([7]));
  });
});
