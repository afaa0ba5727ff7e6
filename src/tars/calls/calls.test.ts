import { describe, expect, expectTypeOf, test } from 'vitest';
import { TarsCallError, type CallRequest, type Caller } from './caller.ts';
import { method, post, type Nothing } from './method.ts';
import { createProxy } from './proxy.ts';
import { createServantAdapter, type ServantCall } from './servant-adapter.ts';
import { optional, required, struct } from '../wire/struct.ts';
import { t } from '../wire/types.ts';
import { TarsDecodeError, TarsEncodeError } from '../wire/wire-errors.ts';

const methods = {
  greet: method<{ name: string; tone?: number }, { ret: string; length: number }>(
    'Test.Hello.greet',
    { name: required(1, t.string), tone: optional(2, t.int, 3) },
    { ret: required(0, t.string), length: required(3, t.int) },
    'name',
  ),
  ping: method<Nothing, { ret: number }>('Test.Hello.ping', {}, { ret: required(0, t.int) }),
  note: method<{ text: string }, Nothing>('Test.Hello.note', { text: required(1, t.string) }, {}),
};

class Servant {
  readonly notes: string[] = [];
  calls: ServantCall[] = [];
  async greet({ name, tone }: { name: string; tone: number }, call: ServantCall) {
    this.calls.push(call);
    return { ret: `${name}${tone}`, length: name.length };
  }
  async ping(call: ServantCall) {
    this.calls.push(call);
    return { ret: 7 };
  }
  async note({ text }: { text: string }) {
    this.notes.push(text);
  }
}

/** A caller that passes requests directly to an adapter. */
function callerOf(
  dispatch: ReturnType<typeof createServantAdapter>['dispatch'],
  seen: CallRequest[] = [],
): Caller {
  return {
    async call(request) {
      seen.push(request);
      const { ret, body } = await dispatch(request.func, request.body, {
        context: request.options.context ?? new Map(),
      });
      if (ret !== 0) throw new TarsCallError(request.func, ret, 'the servant failed');
      return body;
    },
  };
}

describe('a proxy and an adapter', () => {
  test('carry arguments, results, out parameters, defaults and the context', async () => {
    const servant = new Servant();
    const seen: CallRequest[] = [];
    const proxy = createProxy(methods, callerOf(createServantAdapter(methods, servant).dispatch, seen));
    const context = new Map([['from', 'test']]);
    const result = await proxy.greet({ name: 'Ada' }, { context, deadlineMs: 5, idempotent: true });
    expectTypeOf(result).toEqualTypeOf<{ ret: string; length: number }>();
    expect(result).toEqual({ ret: 'Ada3', length: 3 });
    expect(await proxy.ping()).toEqual({ ret: 7 });
    expect(await proxy.note({ text: 'x' })).toBeUndefined();
    expect(servant.notes).toEqual(['x']);
    expect(servant.calls.map((call) => call.context)).toEqual([context, new Map()]);
    expect(seen[0]).toMatchObject({
      func: 'greet',
      routeKey: 'Ada',
      options: { deadlineMs: 5, idempotent: true },
    });
    expect(seen[1]).not.toHaveProperty('routeKey');
  });

  test('post does not wait for a reply', async () => {
    const seen: CallRequest[] = [];
    const caller: Caller = {
      call: (request) => {
        seen.push(request);
        return Promise.resolve(new Uint8Array(0));
      },
    };
    await post(caller, methods.greet, { name: 'Ada' });
    expect(seen).toMatchObject([{ func: 'greet', oneWay: true }]);
  });
});

describe('a proxy', () => {
  test('sends nothing when an argument does not fit', async () => {
    const seen: CallRequest[] = [];
    const proxy = createProxy(methods, callerOf(createServantAdapter(methods, new Servant()).dispatch, seen));
    const error = await proxy.greet({ name: 7 } as never).catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(TarsEncodeError);
    expect(String(error)).toContain('Test.Hello.greet.name: expected a string, got 7');
    expect(seen).toEqual([]);
  });

  test('rejects with a call error when the reply does not decode', async () => {
    const proxy = createProxy(methods, { call: () => Promise.resolve(Uint8Array.of(0xff)) });
    const error = await proxy.ping().catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(TarsCallError);
    expect(error).toMatchObject({ func: 'ping', ret: -11_000, cause: expect.any(TarsDecodeError) });
  });
});

describe('an adapter', () => {
  const args = methods.greet.args.encode({ name: 'Ada' });

  test('answers the platform ping', async () => {
    const { ret, body } = await createServantAdapter(methods, new Servant()).dispatch(
      'tars_ping',
      new Uint8Array(0),
    );
    expect(ret).toBe(0);
    expect(struct<{ ret: number }>('Ping', { ret: required(0, t.int) }).decode(body)).toEqual({ ret: 0 });
  });

  test.each(['nothing', 'constructor', '__proto__', 'toString', ''])(
    'answers -3 to the function %j that it lacks',
    async (func) => {
      const adapter = createServantAdapter(methods, new Servant());
      expect(await adapter.dispatch(func, args)).toEqual({ ret: -3, body: new Uint8Array(0) });
    },
  );

  const failing = [
    [
      'a throw',
      () => {
        throw new Error('secret');
      },
      -1,
      'secret',
    ],
    ['a rejection', () => Promise.reject(new Error('secret')), -1, 'secret'],
    ['an encode error of its own', () => Promise.reject(new TarsEncodeError('own')), -1, 'own'],
    [
      'a result that does not fit',
      () => Promise.resolve({ ret: 1, length: 1 }),
      -2,
      'Test.Hello.greet.ret: expected a string, got 1',
    ],
    ['no result', () => Promise.resolve(undefined), -2, 'Test.Hello.greet: expected an object, got nothing'],
  ] as const;

  test.each(failing)('answers %s with a code alone and tells the log', async (_name, greet, ret, message) => {
    const failures: [string, string][] = [];
    const servant = Object.assign(new Servant(), { greet });
    const adapter = createServantAdapter(methods, servant as never, {
      failed: (error, func) => failures.push([func, (error as Error).message]),
    });
    expect(await adapter.dispatch('greet', args)).toEqual({ ret, body: new Uint8Array(0) });
    expect(failures).toEqual([['greet', message]]);
  });

  test('answers -1 to arguments that do not decode, without calling the servant', async () => {
    const servant = new Servant();
    const failures: unknown[] = [];
    const adapter = createServantAdapter(methods, servant, { failed: (error) => failures.push(error) });
    expect(await adapter.dispatch('greet', Uint8Array.of(1))).toEqual({ ret: -1, body: new Uint8Array(0) });
    expect(failures).toEqual([expect.any(TarsDecodeError)]);
    expect(servant.calls).toEqual([]);
  });
});
