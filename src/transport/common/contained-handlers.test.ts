import { expect, test } from 'vitest';
import { containHandlers } from './contained-handlers.ts';
import type { TransportHandlers, TransportRequest, TransportResponse } from './transport.ts';

const BROKEN = { 'x-header': 'a\r\nset-cookie: stolen' };

/** Makes a handler answer with each of these responses, and returns what the transport gets. */
function contain(responses: Iterable<TransportResponse>) {
  const failures: unknown[] = [];
  let next: TransportResponse = { status: 200 };
  const handlers: Pick<TransportHandlers<unknown>, 'request' | 'failed'> = {
    request: () => next,
    failed: (error) => failures.push(error),
  };
  const contained = containHandlers(handlers as TransportHandlers<unknown>);
  const answers: unknown[] = [];
  for (const response of responses) {
    next = response;
    answers.push(contained.request({} as TransportRequest));
  }
  return { statuses: answers.map((answer) => (answer as TransportResponse).status), answers, failures };
}

test('invalid headers are refused each time, frozen or not', () => {
  for (const headers of [BROKEN, Object.freeze({ ...BROKEN })]) {
    const response = { status: 200, headers };
    const { statuses, failures } = contain([response, response]);
    expect(statuses).toEqual([500, 500]);
    expect(failures).toHaveLength(2);
  }
});

test('headers that were valid are checked again after a change', () => {
  const headers = { 'x-header': 'fine' };
  function* change(): Iterable<TransportResponse> {
    for (const value of ['fine', 'a\nb', 'fine again']) {
      headers['x-header'] = value;
      yield { status: 200, headers };
    }
  }
  const { statuses, failures } = contain(change());
  expect(statuses).toEqual([200, 500, 200]);
  expect(failures).toHaveLength(1);
});

test('valid frozen headers are passed on unchanged', () => {
  const response = { status: 200, headers: Object.freeze({ 'x-header': 'fine' }) };
  const { answers, failures } = contain([response, response]);
  expect(answers).toEqual([response, response]);
  expect(failures).toEqual([]);
});
