/** The chat of examples/php-chat: its backend runs on PHP, and its users have the SDK. */

import { UnauthorizedError, type Subscription } from 'centrifuge';
import { expect, test } from 'vitest';
import { Inbox } from '../src/system/inbox-harness.ts';
import { form } from './support/http-request.ts';
import { describeWithPhp, startPhpChat } from './support/php-chat.ts';
import { createSdkClient } from './support/sdk-client.ts';

/** Users of the chat who have no page. */
async function startChat() {
  const { url, ask } = await startPhpChat();

  /** Logs in, and returns the cookie. */
  async function logIn(name: string): Promise<string> {
    const { status, headers } = await ask('/login', form({ name }));
    expect(status).toBe(303);
    return headers['set-cookie']?.at(-1)?.split(';')[0] ?? '';
  }

  /** Opens a tab of a user, in a room. */
  function open(cookie: string, room: string) {
    const { centrifuge } = createSdkClient(url, {
      async getToken() {
        const { status, body } = await ask('/token', { headers: { cookie } });
        if (status === 403) throw new UnauthorizedError('403');
        return (JSON.parse(body) as { token: string }).token;
      },
    });
    const subscription = centrifuge.newSubscription(room);
    const said = new Inbox<unknown>();
    const people = new Inbox<unknown>();
    subscription.on('publication', ({ data, info }) => {
      const { text, people: here } = data as { text?: string; people?: string[] };
      if (here === undefined) said.push([info?.user, text]);
      else people.push(here);
    });
    subscription.subscribe();
    return { centrifuge, room: subscription, said, people };
  }

  return { ask, logIn, open };
}

function refusal(room: Subscription): Promise<unknown> {
  return new Promise((resolve) => void room.once('unsubscribed', resolve));
}

describeWithPhp('the chat with PHP', () => {
  test('shows who is here and what they say, also to who comes later', async () => {
    const { ask, logIn, open } = await startChat();
    const cookie = await logIn('ada');
    const ada = open(cookie, 'chat:lobby');
    expect(await ada.people.next()).toEqual(['ada']);
    const bob = open(await logIn('bob'), 'chat:lobby');
    expect(await ada.people.next()).toEqual(['ada', 'bob']);
    await bob.room.publish({ text: '  hello  ' });
    expect(await ada.said.next()).toEqual(['bob', 'hello']);
    const { publications } = await ada.room.history({ limit: 50 });
    expect(publications.map(({ data }) => data as unknown)).toEqual([{ text: 'hello' }]);
    const { body } = await ask('/people?room=chat:lobby', { headers: { cookie } });
    expect(JSON.parse(body)).toEqual(['ada', 'bob']);
    bob.centrifuge.disconnect();
    expect(await ada.people.next()).toEqual(['ada']);
  });

  test('keeps out of a room who may not join it', async () => {
    const { ask, logIn, open } = await startChat();
    const ada = open(await logIn('ada'), 'chat:staff');
    await ada.room.ready();
    const cookie = await logIn('eve');
    expect(await refusal(open(cookie, 'chat:staff').room)).toMatchObject({
      code: 403,
      reason: 'this room is not for you',
    });
    expect(await refusal(open(cookie, 'chat:secret').room)).toMatchObject({ code: 404 });
    expect((await ask('/people?room=chat:staff', { headers: { cookie } })).status).toBe(403);
  });

  test('refuses what may not be said', async () => {
    const { logIn, open } = await startChat();
    const ada = open(await logIn('ada'), 'chat:lobby');
    await ada.room.ready();
    await expect(ada.room.publish({ text: 'buy SPAM' })).rejects.toMatchObject({
      code: 403,
      message: '"spam" is not a word for this room',
    });
    await expect(ada.room.publish({ text: ' ' })).rejects.toMatchObject({ code: 400 });
    await expect(ada.room.publish('no object')).rejects.toMatchObject({ code: 400 });
    await ada.room.publish({ text: 'buy ham' });
    expect(await ada.said.next()).toEqual(['ada', 'buy ham']);
  });

  test('closes the tabs of who leaves, and gives no token to who is not logged in', async () => {
    const { ask, logIn, open } = await startChat();
    const cookie = await logIn('ada');
    const ada = open(cookie, 'chat:lobby');
    await ada.room.ready();
    const gone = new Promise((resolve) => void ada.centrifuge.once('disconnected', resolve));
    expect(await ask('/logout', { method: 'POST', headers: { cookie } })).toMatchObject({ status: 303 });
    expect(await gone).toMatchObject({ code: 3503 });
    expect((await ask('/token', { headers: { cookie } })).status).toBe(403);
    const stranger = open('', 'chat:lobby');
    const refused = new Promise((resolve) => void stranger.centrifuge.once('disconnected', resolve));
    expect(await refused).toMatchObject({ code: 1 });
  });

  test('believes no webhook that is not signed, and no name with other characters', async () => {
    const { ask } = await startChat();
    const body = JSON.stringify({ id: '1', time: 0, events: [] });
    expect((await ask('/webhooks', { method: 'POST', body })).status).toBe(403);
    expect((await ask('/login', form({ name: '<b>' }))).status).toBe(400);
    expect((await ask('/')).body).toContain('Your name');
  });
});
