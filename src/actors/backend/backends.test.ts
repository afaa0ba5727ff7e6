import { describe, expect, test } from 'vitest';
import type { ServerEventName } from '../../events/server-events.ts';
import { FakeClock } from '../../system/clock-harness.ts';
import { createMachines } from '../machines.ts';
import { NO_OBSERVER } from '../runtime/live-machine.ts';
import type { BackendAnswer, QuestionOutcome, UnusableAnswer } from './asking.ts';
import { DEFAULT_BACKEND_POLICY, type BackendPolicy } from './backend-events.ts';
import { createBackends } from './backends.ts';

const ASKER = {
  member: { id: 'c1', user: 'ann' },
  facts: undefined,
  sender: { id: 'c1', src: 'connection' },
};
const YES: BackendAnswer<string> = { type: 'result', result: 'yes' };

/** The test is the backend: it answers, fails or leaves each question. */
interface Sent {
  readonly signal: AbortSignal;
  answer(answer?: BackendAnswer<string> | UnusableAnswer): void;
  fail(): void;
}

function create(policy: Partial<BackendPolicy> = {}) {
  const clock = new FakeClock();
  const told: { name: ServerEventName; event: object }[] = [];
  const events = {
    emit: (name: ServerEventName, event: object) => void told.push({ name, event }),
    isHeard: () => true,
  };
  const backends = createBackends({
    machines: createMachines(NO_OBSERVER, () => clock.monotonic()),
    policy: { ...DEFAULT_BACKEND_POLICY, ...policy },
    clock,
    events,
    random: () => 0,
  });
  const sent: Sent[] = [];
  function ask(isBackend = true, gone = new AbortController().signal) {
    const outcomes: QuestionOutcome<string>[] = [];
    void backends
      .ask<string>(
        ASKER,
        {
          kind: 'subscribe',
          room: 'room1',
          target: 'http://b/ask',
          isBackend,
          timeoutMs: 1_000,
          pose: (signal) =>
            new Promise((resolve, reject) => {
              sent.push({
                signal,
                answer: (answer = YES) => resolve(answer),
                fail: () => reject(new Error('broken')),
              });
            }),
        },
        gone,
      )
      .then((outcome) => outcomes.push(outcome));
    return outcomes;
  }
  const state = () => backends.backends.get('http://b/ask')?.getSnapshot().value;
  const failures = () =>
    told
      .filter(({ name }) => name === 'question.failed')
      .map(({ event }) => (event as { error: Error }).error.message);
  return { clock, told, backends, sent, ask, state, failures };
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
}

describe('a question', () => {
  test('is answered, and no actor is left of it', async () => {
    const { ask, sent, backends } = create();
    const outcomes = ask();
    expect([...backends.questions.values()][0]?.getSnapshot().value).toEqual({ open: 'asking' });
    sent[0]?.answer();
    await settle();
    expect(outcomes).toEqual([YES]);
    expect(backends.questions.size).toBe(0);
  });

  test('is refused by an error, which is no failure of the backend', async () => {
    const { ask, sent, state, failures } = create({ failuresToOpen: 1 });
    const refused = { type: 'error', refusal: { error: 'permissionDenied', message: 'no' } } as const;
    const outcomes = ask();
    sent[0]?.answer(refused);
    await settle();
    expect([outcomes, state(), failures()]).toEqual([[refused], { serving: 'closed' }, []]);
  });

  test('that is late fails, and its request is ended', async () => {
    const { ask, sent, clock, failures } = create();
    const outcomes = ask();
    clock.increment(1_000);
    await settle();
    expect([outcomes, failures()]).toEqual([[{ type: 'failed' }], ['no answer within 1000 ms']]);
    expect(sent[0]?.signal.aborted).toBe(true);
  });

  test('for which nobody waits is abandoned: its request is ended, and nothing is reported', async () => {
    const gone = new AbortController();
    const { ask, sent, state, failures, backends } = create({ failuresToOpen: 1 });
    const outcomes = ask(true, gone.signal);
    gone.abort();
    await settle();
    expect([outcomes, failures()]).toEqual([[{ type: 'failed' }], []]);
    expect([sent[0]?.signal.aborted, state(), backends.questions.size]).toEqual([
      true,
      { serving: 'closed' },
      0,
    ]);
  });

  test('of somebody who is gone already is not asked', async () => {
    const { ask, sent } = create();
    const outcomes = ask(true, AbortSignal.abort());
    await settle();
    expect([outcomes, sent]).toEqual([[{ type: 'failed' }], []]);
  });

  test('for a servant needs no turn', async () => {
    const { ask, sent, backends } = create();
    const outcomes = ask(false);
    sent[0]?.answer();
    await settle();
    expect([outcomes, backends.backends.size]).toEqual([[YES], 0]);
  });
});

describe('a backend', () => {
  test('is asked so many questions at a time; others wait, and the rest fail at once', async () => {
    const { ask, sent, failures } = create({ maxInFlight: 2, maxWaiting: 1 });
    const outcomes = [ask(), ask(), ask(), ask()];
    await settle();
    expect([sent.length, outcomes[3], failures()]).toEqual([
      2,
      [{ type: 'failed' }],
      ['it was not asked: too many questions wait for it'],
    ]);
    sent[0]?.answer();
    await settle();
    expect(sent.length).toBe(3);
    sent[1]?.answer();
    sent[2]?.answer();
    await settle();
    expect(outcomes.slice(0, 3)).toEqual([[YES], [YES], [YES]]);
  });

  test('loses the place of a question that leaves while it waits', async () => {
    const gone = new AbortController();
    const { ask, sent } = create({ maxInFlight: 1, maxWaiting: 1 });
    ask();
    ask(true, gone.signal);
    gone.abort();
    const next = ask();
    sent[0]?.answer();
    await settle();
    sent[1]?.answer();
    await settle();
    expect([next, sent.length]).toEqual([[YES], 2]);
  });

  /** The circuit opens by one failure, with another question that waits. */
  async function fail(made: ReturnType<typeof create>) {
    const outcomes = [made.ask(), made.ask()];
    made.sent.at(-1)?.fail();
    await settle();
    return outcomes;
  }

  test('that does not answer is left alone, and then tried by one question', async () => {
    const made = create({ failuresToOpen: 1, maxInFlight: 1 });
    const { ask, sent, state, clock, told, failures } = made;
    expect(await fail(made)).toEqual([[{ type: 'failed' }], [{ type: 'failed' }]]);
    expect([state(), failures()[1]]).toEqual([
      { serving: 'open' },
      'it was not asked: it has not answered lately, and is left alone for a moment',
    ]);
    ask();
    expect(sent.length).toBe(1);
    clock.increment(500);
    expect(state()).toEqual({ serving: { halfOpen: 'inviting' } });
    const attempt = ask();
    const other = ask();
    await settle();
    expect([state(), other, sent.length]).toEqual([
      { serving: { halfOpen: 'trying' } },
      [{ type: 'failed' }],
      2,
    ]);
    sent[1]?.answer();
    await settle();
    expect([attempt, state()]).toEqual([[YES], { serving: 'closed' }]);
    expect(told.filter(({ name }) => name === 'backend.circuit').map(({ event }) => event)).toEqual([
      { backend: 'http://b/ask', circuit: 'open' },
      { backend: 'http://b/ask', circuit: 'halfOpen' },
      { backend: 'http://b/ask', circuit: 'closed' },
    ]);
  });

  test('rests longer after each failed try, up to a limit', async () => {
    const made = create({ failuresToOpen: 1, maxInFlight: 1, openMs: 1_000, maxOpenMs: 3_000 });
    await fail(made);
    for (const restMs of [500, 1_000, 1_500, 1_500]) {
      made.clock.increment(restMs - 1);
      expect(made.state()).toEqual({ serving: 'open' });
      made.clock.increment(1);
      made.ask();
      made.sent.at(-1)?.fail();
      await settle();
    }
    expect(made.state()).toEqual({ serving: 'open' });
  });

  test('is tried by the next question when the one that tried has left', async () => {
    const made = create({ failuresToOpen: 1, maxInFlight: 1 });
    await fail(made);
    made.clock.increment(500);
    const gone = new AbortController();
    made.ask(true, gone.signal);
    gone.abort();
    await settle();
    expect(made.state()).toEqual({ serving: { halfOpen: 'inviting' } });
  });

  test('counts failures in a row only', async () => {
    const { ask, sent, state } = create({ failuresToOpen: 2 });
    for (const [index, isFailure] of [true, false, true].entries()) {
      ask();
      if (isFailure) sent[index]?.fail();
      else sent[index]?.answer();
      await settle();
    }
    expect(state()).toEqual({ serving: 'closed' });
  });

  test('that answers, but not all in time, is no backend that does not answer', async () => {
    const { ask, sent, state, clock, failures } = create({ failuresToOpen: 2, maxInFlight: 4 });
    const outcomes = Array.from({ length: 8 }, () => ask());
    clock.increment(600);
    for (let turn = 0; turn < 4; turn += 1) {
      sent[turn]?.answer();
      await settle();
    }
    expect(sent.length).toBe(8);
    clock.increment(400);
    await settle();
    expect(outcomes.map(([outcome]) => outcome?.type).join(' ')).toBe(
      'result result result result failed failed failed failed',
    );
    expect([failures().length, state()]).toEqual([4, { serving: 'closed' }]);
  });

  test('whose answers are of no use is asked on', async () => {
    const { ask, sent, state, failures } = create({ failuresToOpen: 1 });
    const outcomes = ask();
    sent[0]?.answer({ type: 'unusable', error: new Error('the answer is no JSON') });
    await settle();
    expect([outcomes, failures(), state()]).toEqual([
      [{ type: 'failed' }],
      ['the answer is no JSON'],
      { serving: 'closed' },
    ]);
  });

  test('that stops waits for what is under way, and turns the others away', async () => {
    const { ask, sent, backends, failures } = create({ maxInFlight: 1 });
    const outcomes = [ask(), ask()];
    let isStopped = false;
    const stopped = backends.stop().then(() => (isStopped = true));
    await settle();
    expect([isStopped, failures()]).toEqual([false, ['it was not asked: the server is shutting down']]);
    sent[0]?.answer();
    await stopped;
    expect(outcomes).toEqual([[YES], [{ type: 'failed' }]]);
  });
});
