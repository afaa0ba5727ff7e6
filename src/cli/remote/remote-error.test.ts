import { expect, test } from 'vitest';
import { RemoteError } from './remote-error.ts';

test('what a server has said is not obeyed by a terminal', () => {
  const { message } = new RemoteError('closed with 4500 \u001b[2J\u009b\nnew line');
  expect(message).toBe(String.raw`closed with 4500 \u001b[2J\u009b\nnew line`);
});
