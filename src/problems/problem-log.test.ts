import { describe, expect, test } from 'vitest';
import { ProblemLog } from './problem-log.ts';

function createLog(most?: number) {
  const time = { now: 1_000 };
  return { time, log: new ProblemLog({ now: () => time.now }, most) };
}

describe('the log of problems', () => {
  test('counts what happens again, and tells when it was first and last seen', () => {
    const { time, log } = createLog();
    const told: number[] = [];
    const end = log.listen(({ count }) => void told.push(count));
    log.add({ kind: 'refused', reason: 'too fast', client: 'c1', room: 'a' });
    time.now = 2_000;
    log.add({ kind: 'refused', reason: 'too fast', client: 'c1', room: 'a' });
    end();
    log.add({ kind: 'refused', reason: 'too fast', client: 'c2', room: 'a' });
    expect([
      log.find().map(({ id, client, count, since, at }) => [id, client, count, since, at]),
      told,
    ]).toEqual([
      [
        [2, 'c2', 1, 2_000, 2_000],
        [1, 'c1', 2, 1_000, 2_000],
      ],
      [1, 2],
    ]);
  });

  test('finds by client, user, room, kind, date and text', () => {
    const { time, log } = createLog();
    log.add({ kind: 'refused', reason: 'one', client: 'c1', user: 'ann', room: 'a', machine: 'room' });
    time.now = 5_000;
    log.add({ kind: 'closed', reason: 'two', client: 'c2', user: 'ann', machine: 'connection' });
    const reasons = (query: Parameters<ProblemLog['find']>[0]): string[] =>
      log.find(query).map(({ reason }) => reason);
    expect([
      reasons({ client: 'c1' }),
      reasons({ user: 'ann' }),
      reasons({ room: 'a' }),
      reasons({ kind: 'closed' }),
      reasons({ after: 2_000 }),
      reasons({ user: 'bob' }),
      reasons({ search: 'CONNECT' }),
    ]).toEqual([['one'], ['two', 'one'], ['one'], ['two'], ['two'], [], ['two']]);
  });

  test('forgets after an hour, and keeps the latest of many', () => {
    const { time, log } = createLog(3);
    for (let index = 0; index < 5; index += 1)
      log.add({ kind: 'failed', reason: String(index), client: 'c' });
    expect([log.find().map(({ reason }) => reason), log.find({ client: 'c' }).length]).toEqual([
      ['4', '3', '2'],
      3,
    ]);
    time.now += 3_600_001;
    expect([log.find(), log.find({ client: 'c' }), log.size]).toEqual([[], [], 0]);
  });

  test('has no client push out what others were refused', () => {
    const { log } = createLog();
    log.add({ kind: 'refused', reason: 'the only one', client: 'quiet' });
    for (let index = 0; index < 20_000; index += 1) {
      log.add({ kind: 'refused', reason: 'flood', client: 'loud', room: `room${index}` });
    }
    expect([log.size, log.find({ client: 'quiet' }).length]).toEqual([101, 1]);
  });
});
