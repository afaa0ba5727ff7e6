import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { signWebhook, verifyWebhook } from './signature.ts';

const SECRET = 'a secret of the backend';
const BODY = '{"id":"b1","events":[{"text":"é"}]}';
const TIME = '1700000000000';

function check(signature: string, changes: Partial<Parameters<typeof verifyWebhook>[0]> = {}) {
  const headers = { 'x-statecast-signature': signature, 'x-statecast-time': TIME };
  return verifyWebhook({ secret: SECRET, headers, body: BODY, now: Number(TIME) + 1_000, ...changes });
}

test('a signature is the HMAC of time and body, for each secret', () => {
  const hex = (secret: string): string =>
    createHmac('sha256', secret).update(`${TIME}.${BODY}`).digest('hex');
  expect(signWebhook(['one', 'two'], TIME, BODY)).toBe(`sha256=${hex('one')},sha256=${hex('two')}`);
});

describe('a receiver', () => {
  const signature = signWebhook([SECRET], TIME, BODY);

  test('takes the right signature, of a text and of bytes', () => {
    expect(check(signature)).toEqual({ ok: true });
    expect(check(signature, { body: Buffer.from(BODY) })).toEqual({ ok: true });
  });

  test('takes either of two secrets while one is replaced', () => {
    const both = signWebhook(['a new secret', SECRET], TIME, BODY);
    expect([check(both), check(both, { secret: 'a new secret' })]).toEqual([{ ok: true }, { ok: true }]);
  });

  test.each([
    ['another secret', check(signWebhook(['another'], TIME, BODY)), 'wrong signature'],
    ['another body', check(signature, { body: `${BODY} ` }), 'wrong signature'],
    ['another time', check(signWebhook([SECRET], '1700000000001', BODY)), 'wrong signature'],
    ['no signature', check(''), 'no signature'],
    ['no time', check(signature, { headers: { 'x-statecast-signature': signature } }), 'no time'],
    ['an old request', check(signature, { now: Number(TIME) + 301_000 }), 'too old'],
    ['a request of the future', check(signature, { now: Number(TIME) - 301_000 }), 'too old'],
    ['a request over its own tolerance', check(signature, { toleranceSeconds: 0.5 }), 'too old'],
  ])('refuses %s', (_, outcome, reason) => {
    expect(outcome).toEqual({ ok: false, reason });
  });
});
