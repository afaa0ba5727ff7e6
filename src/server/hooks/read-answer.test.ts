import { describe, expect, test } from 'vitest';
import { RESULT_READERS, readAnswer, readJson } from './read-answer.ts';

const read = (kind: keyof typeof RESULT_READERS, answer: string) =>
  readAnswer<object>(readJson(answer), RESULT_READERS[kind]);

describe('what other languages write for nothing', () => {
  test.each([
    ['connect', 'user info b64info data b64data expire_at channels subs meta'],
    ['refresh', 'expired expire_at info b64info'],
    ['subRefresh', 'expired expire_at info b64info'],
    ['subscribe', 'info b64info data b64data expire_at override'],
    ['publish', 'data b64data skip_history tags idempotency_key'],
    ['rpc', 'data b64data'],
  ] as const)('null in each field of %s is as no field', (kind, names) => {
    const result = Object.fromEntries(names.split(' ').map((name) => [name, null]));
    const answer = JSON.stringify({ result, error: null, disconnect: null });
    expect(read(kind, answer)).toEqual(read(kind, '{"result":{}}'));
  });

  test('an empty list of PHP is an empty object', () => {
    expect(read('subscribe', '{"result":[]}')).toEqual(read('subscribe', '{"result":{}}'));
    expect(read('publish', '{"result":{"tags":[]}}')).toMatchObject({ result: { tags: {} } });
    expect(read('connect', '{"result":{"subs":{"a":[],"b":null,"c":{"info":null}}}}')).toMatchObject({
      result: { rooms: { a: { isAskedAgain: true }, b: {}, c: { info: undefined } } },
    });
    expect(read('connect', '{"result":{"subs":[]}}')).toMatchObject({ result: { rooms: {} } });
  });

  test('null is a result of rpc', () => {
    expect(read('rpc', '{"result":{"data":null}}')).toEqual({ type: 'result', result: { data: null } });
  });
});

describe('an error', () => {
  test('of the table of errors keeps its meaning, others have a code of the owner', () => {
    expect(read('rpc', '{"error":{"code":103,"message":null,"temporary":null}}')).toEqual({
      type: 'error',
      refusal: { error: 'permissionDenied', message: 'permission denied' },
    });
    expect(read('rpc', '{"error":{"code":450,"message":"full","temporary":true}}')).toEqual({
      type: 'error',
      refusal: { error: 'permissionDenied', message: 'full', code: 450, temporary: true },
    });
  });

  test('stands above a result, and a disconnect above both', () => {
    const error = '"result":{},"error":{"code":450}';
    expect(read('rpc', `{${error}}`).type).toBe('error');
    expect(read('rpc', `{${error},"disconnect":{"code":4500}}`)).toEqual({
      type: 'disconnect',
      close: { code: 4500, reason: '' },
    });
  });
});

test.each([
  ['{"result":{"data":1e400}}', 'the answer has a number that would lose digits: send it as a string'],
  [`{"result":{"b64data":"${btoa('[9007199254740993]')}"}}`, /^b64data has a number that would lose digits/],
  ['{"result":{"b64data":"/w=="}}', 'b64data is not UTF-8 in base64'],
])('%s is refused, without a value in the words', (answer, words) => {
  expect(() => read('rpc', answer)).toThrow(words);
});
