import { describe, expect, test } from 'vitest';
import type { Clock } from '../../system/clock.ts';
import { systemClock } from '../../system/clock.ts';
import type { ResponseSink, SendStatus } from '../../transport/common/transport.ts';
import { answerInPortions, STALLED_MS, writeInTurns, writeParts } from './long-answer.ts';

const LONG = { list: Array.from({ length: 100 }, (_, index) => 'x'.repeat(10_000) + index) };

/** A client that takes one portion at a time. */
class SlowSink implements ResponseSink {
  isOpen = true;
  bufferedBytes = 0;
  text = '';
  told: (what: string) => void = () => {};
  closed: () => void = () => {};

  write(chunk: string): SendStatus {
    this.text += chunk;
    this.bufferedBytes += chunk.length;
    this.told('write');
    return 'queued';
  }

  end(last = ''): void {
    this.text += last;
    this.#close('end');
  }

  terminate(): void {
    this.#close('terminate');
  }

  until(): Promise<string> {
    return new Promise((resolve) => {
      this.told = resolve;
    });
  }

  #close(how: string): void {
    this.isOpen = false;
    this.told(how);
    this.closed();
  }
}

function open(clock: Clock) {
  const { stream } = answerInPortions(writeParts(LONG, 2), '\n', clock);
  if (stream === undefined) throw new Error('the answer has no stream');
  const sink = new SlowSink();
  sink.closed = () => stream.closed();
  return { stream, sink };
}

describe('a long answer', () => {
  test.each<[unknown]>([[[]], [{}], [null], ['a'], [{ a: [1, { b: [] }], 'c"': {} }], [[[[1]], {}]], [LONG]])(
    'is the same JSON in parts as in one',
    async (value) => {
      for (const depth of [0, 1, 2, 3]) {
        const text = [...writeParts(value as never, depth)].join('');
        expect(text).toBe(JSON.stringify(value));
        expect(await writeInTurns(value as never, depth, Infinity)).toBe(text);
      }
    },
  );

  test('that is short has a body, and no stream', () => {
    const { body, stream } = answerInPortions(writeParts([1, 2], 1), '\n', systemClock);
    expect([body, stream]).toEqual(['[1,2]\n', undefined]);
  });

  test('is written no further than it may be long', async () => {
    let read = 0;
    const list = Array.from({ length: 100 }, () => ({
      toJSON: () => {
        read += 1;
        return 'x'.repeat(100_000);
      },
    }));
    expect(await writeInTurns(list as never, 1, 1_000_000)).toBeUndefined();
    expect(read).toBeLessThan(20);
  });

  test('is sent portion by portion, as the client takes them', async () => {
    const { stream, sink } = open(systemClock);
    stream.opened(sink);
    let portions = 1;
    for (let how = 'write'; how === 'write'; portions += 1) {
      expect(sink.bufferedBytes).toBeLessThan(300_000);
      stream.drained();
      const next = sink.until();
      sink.bufferedBytes = 0;
      stream.drained();
      how = await next;
    }
    expect(portions).toBe(4);
    expect(sink.text).toBe(`${JSON.stringify(LONG)}\n`);
  });

  test('of which the client reads nothing is dropped after half a minute', () => {
    const timers: { fn: () => void; delayMs: number }[] = [];
    const cleared: unknown[] = [];
    const clock: Clock = {
      ...systemClock,
      setTimeout: (fn, delayMs) => timers[timers.push({ fn, delayMs }) - 1],
      clearTimeout: (timer) => cleared.push(timer),
    };
    const { stream, sink } = open(clock);
    stream.opened(sink);
    expect(timers.map(({ delayMs }) => delayMs)).toEqual([STALLED_MS]);
    timers[0]?.fn();
    expect(sink.isOpen).toBe(false);
    expect(cleared).toContain(timers[0]);
  });
});
