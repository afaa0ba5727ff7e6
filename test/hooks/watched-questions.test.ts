/** Questions and backends in the inspector: listed, timed, explained by their states, and without what is secret. */

import { expect, test } from 'vitest';
import { watchServer } from '../support/feed-client.ts';
import { createGate } from '../support/gate.ts';
import { startHookBackend, type HookRequest } from '../support/hook-backend.ts';
import { startServer } from '../support/start-server.ts';

test('a question and its backend are seen from when it is asked to its answer', async () => {
  const held = createGate<HookRequest>();
  const backend = await startHookBackend(({ path, ...request }) => {
    if (path.startsWith('/connect')) return { result: { user: 'ann', meta: 'meta-secret' } };
    held.open({ path, ...request });
    return undefined;
  });
  const asked = { timeoutSeconds: 30, setHeaders: { 'x-key': 'header-secret' }, headers: ['cookie'] };
  const { url, connect } = await startServer({
    inspector: { access: 'open' },
    hooks: {
      connect: { ...asked, url: `${backend.url}/connect?key=url-secret` },
      subscribe: { ...asked, includeMeta: true, url: `${backend.url}/subscribe?key=url-secret` },
    },
  });
  const client = await connect({ headers: { cookie: 'cookie-secret' } });
  client.send('subscribe|room1');
  const { response } = await held.opened;

  const feed = await watchServer(url);
  const { actors, counts } = await feed.expect('catalogue', {
    type: 'catalogue',
    kinds: ['question', 'backend'],
  });
  const name = `${backend.url}/subscribe`;
  const found = Object.fromEntries(actors.map((actor) => [actor.id, actor]));
  const question = actors.find(({ kind }) => kind === 'question');
  expect(question).toMatchObject({
    id: expect.stringMatching(/@room1$/),
    states: ['open.asking'],
    user: 'ann',
    figures: { ageMs: expect.any(Number) },
  });
  expect(found[name]).toMatchObject({
    kind: 'backend',
    states: ['serving.closed'],
    figures: { inFlight: 1, waiting: 0, failures: 0 },
  });
  expect(counts.membership.states).toMatchObject({ 'requesting.asking': 1 });

  await feed.watch({ kind: 'question', id: question?.id ?? '' });
  await feed.watch({ kind: 'backend', id: name });
  response.end('{"result":{"data":"data-secret","info":"info-secret"}}');
  const answered = await feed.until(() =>
    feed.transitions.find(({ actor, states }) => actor.kind === 'question' && states?.includes('answered')),
  );
  expect(answered.actions).toEqual(expect.arrayContaining(['settle', 'endVisit']));
  expect((await feed.untilEvent('backend', 'question.ended')).actions).toContain('release');
  expect(await client.next()).toContain('success');
  expect(feed.frames.join('\n')).not.toMatch(/-secret/);
});
