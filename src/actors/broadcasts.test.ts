import { describe, expect, test } from 'vitest';
import type { Json, MemberInfo } from '../protocol/command.ts';
import { FakeClock } from '../system/clock-harness.ts';
import { settle } from './actor-harness.ts';
import { createBroadcasts, type BroadcastsInput } from './broadcasts.ts';
import { MACHINES } from './machines.ts';
import { answer, change, drop } from './room/room-options.ts';
import type { PublishOutcome } from './room/ports.ts';

const ANN: MemberInfo = { id: 'c1', user: 'ann' };

function create(input: Partial<BroadcastsInput> = {}) {
  const clock = new FakeClock();
  const sent: Json[] = [];
  const failures: unknown[] = [];
  const broadcast = createBroadcasts({
    rule: 'anyone',
    perSecond: 2,
    onBroadcast: undefined,
    handlerMs: 1_000,
    messageBytes: 100,
    machine: MACHINES.moderation,
    clock,
    events: { emit: (_, event) => void failures.push(event), isHeard: () => true },
    send(data, publisher) {
      sent.push(data);
      publisher.settle({ type: 'broadcasted' }, 'library');
    },
    ...input,
  });
  return {
    clock,
    sent,
    failures,
    async say(data: Json, member?: MemberInfo): Promise<PublishOutcome | undefined> {
      let outcome: PublishOutcome | undefined;
      broadcast(data, {
        sender: 'library',
        ...(member !== undefined && { member }),
        settle: (settled) => void (outcome = settled),
      });
      await settle();
      return outcome;
    },
  };
}

test.each([
  ['anyone', true, true],
  ['users', false, true],
  ['nobody', false, false],
] as const)('where %s may broadcast', async (rule, anonymous, user) => {
  const { say } = create({ rule });
  expect(await say('a', { id: 'c2' })).toMatchObject({ type: anonymous ? 'broadcasted' : 'refused' });
  expect(await say('b', ANN)).toMatchObject({ type: user ? 'broadcasted' : 'refused' });
});

test('the server itself may always broadcast', async () => {
  const { say, sent } = create({ rule: 'nobody', perSecond: 1, onBroadcast: () => drop('never') });
  for (const data of ['a', 'b', 'c']) expect(await say(data)).toEqual({ type: 'broadcasted' });
  expect(sent).toEqual(['a', 'b', 'c']);
});

test('clients together may broadcast so often', async () => {
  const { say, clock } = create();
  await say('a', ANN);
  await say('b', { id: 'c2' });
  expect(await say('c', ANN)).toMatchObject({ refusal: { error: 'tooManyRequests' } });
  clock.increment(500);
  expect(await say('d', ANN)).toEqual({ type: 'broadcasted' });
});

describe('the handler', () => {
  test.each([
    ['lets it pass', undefined, { type: 'broadcasted' }, ['hi']],
    ['changes it', change('HI'), { type: 'broadcasted' }, ['HI']],
    ['drops it', drop('too loud'), { type: 'refused', refusal: { message: 'too loud' } }, []],
    ['answers the sender', answer('later'), { type: 'answered', data: 'later' }, []],
    ['makes it too long', change('x'.repeat(101)), { refusal: { error: 'limitExceeded' } }, []],
  ])('%s', async (_, verdict, outcome, expected) => {
    const { say, sent } = create({ onBroadcast: () => verdict });
    expect(await say('hi', ANN)).toMatchObject(outcome);
    expect(sent).toEqual(expected);
  });

  test('that throws refuses it, and is reported', async () => {
    const { say, sent, failures } = create({
      onBroadcast() {
        throw new Error('broken');
      },
    });
    expect(await say('hi', ANN)).toMatchObject({ refusal: { error: 'internal' } });
    expect([sent, failures]).toMatchObject([[], [{ handler: 'onBroadcast' }]]);
  });
});
