/** The page on the line protocol: puts its parts together. `?room=` names the room; without it, room1. */

import { layOut } from '../chat/layout.ts';
import { claimedAuthor } from '../chat/messages/author.ts';
import { createMessageList } from '../chat/messages/message-list.ts';
import { createOutbox } from '../chat/messages/outbox.ts';
import { readSaidLine } from '../chat/messages/said.ts';
import { createPeople } from '../chat/people/people.ts';
import { createConnectionPanel, describeClosure, describeOffline } from '../chat/session/connection-panel.ts';
import { createMembershipButton } from '../chat/session/membership-button.ts';
import { createNotice } from '../chat/session/notice.ts';
import type { ConnectionState, Membership } from '../chat/session/session-states.ts';
import { createAnnouncer } from '../shared/announcer.ts';
import { element, required } from '../shared/dom.ts';
import { fetchHealth } from '../shared/health.ts';
import { offerInspector } from '../shared/inspector-links.ts';
import { createCompose } from './compose.ts';
import { createLineClient } from './connection/line-client.ts';
import type { RoomClientEvent, Target } from './connection/room-client.ts';
import { createNameForm, storedUser } from './name-form.ts';
import { fetchPresence, toCrowd, watchPresence, type Presence } from './people/presence.ts';

const named = new URLSearchParams(location.search).get('room') ?? '';
const room = named === '' ? 'room1' : named;
document.title = `${room} · Statecast`;

const announcer = createAnnouncer();
const notice = createNotice(announcer);
const people = createPeople();
const outbox = createOutbox<{ target: Target; text: string }>({
  retry: ({ target, text }) => send(target, text),
  released: () => compose.focus(),
});
const messages = createMessageList(outbox.root);
const panel = createConnectionPanel({
  announcer,
  states: ['closed', 'connecting', 'open', 'waiting'],
  connect: () => client.connect(),
  disconnect: () => client.disconnect(),
});
const compose = createCompose({ room, send, remedy: panel.connectButton });
const membershipButton = createMembershipButton({
  room,
  join: () => client.join(room),
  leave: () => client.leave(room),
});
const presence = watchPresence({ ask: () => fetchPresence(room), listener: showPresence });
const connectionSection = element(
  'section',
  { class: 'connection', 'aria-label': 'Connection' },
  element('h2', {}, 'Connection'),
  panel.chart,
  element('div', { class: 'buttons' }, membershipButton.root, panel.disconnectButton),
);

let connection: ConnectionState = { name: 'closed' };
let membership: Membership = 'out';
let nameFormShown = false;

const client = createLineClient({
  url: `${location.protocol === 'https:' ? 'wss:' : 'ws:'}//${location.host}/`,
  listener: hear,
});

hearConnection(connection);
layOut(required('main', 'main'), {
  title: room,
  status: panel.status,
  notice: notice.root,
  side: [people.root, connectionSection],
  messages: messages.root,
  compose: compose.root,
  announcer: announcer.root,
});
window.addEventListener('online', () => client.checkNetwork());
document.addEventListener('visibilitychange', watchWhileVisible);
watchWhileVisible();
// Opening the page of a room joins it.
client.join(room);
await connectFirst();

/** A stored name is used only if this server accepts names, which the health route tells. */
async function connectFirst(): Promise<void> {
  const remembered = storedUser.read();
  if (remembered === undefined) return client.connect();
  const health = await fetchHealth();
  if (health?.userParameter === true) client.signIn(remembered);
  else client.connect();
}

function hear(event: RoomClientEvent): void {
  switch (event.type) {
    case 'connection.changed':
      return hearConnection(event.connection);
    case 'membership.changed':
      return hearMembership(event.room, event.membership, event.unasked === true);
    case 'message.received': {
      // The protocol does not tell who sent a message, but the page of a room writes a chosen name into it.
      const { text, name } = readSaidLine(event.text);
      const author = name !== undefined && { author: claimedAuthor(name) };
      return messages.add({ type: 'message', text, own: false, at: new Date(), ...author });
    }
    case 'message.copied': {
      const outgoing = outbox.take(event.id);
      if (outgoing === undefined) return;
      const { target, text } = outgoing;
      const isElsewhere = target.type === 'room' && target.room !== room;
      return messages.add({
        type: 'message',
        text,
        own: true,
        at: new Date(),
        isBroadcast: target.type === 'everybody',
        ...(isElsewhere && { marks: [`to ${target.room}`] }),
      });
    }
    case 'send.done': {
      const outgoing = outbox.take(event.id);
      if (event.copied || outgoing === undefined) return;
      const { target, text } = outgoing;
      const place = target.type === 'everybody' ? 'everybody' : target.room;
      return messages.add({ type: 'note', text: `sent to ${place}: ${text}`, at: new Date() });
    }
    case 'send.refused':
      outbox.refuse(event.id, event.reason);
      return notice.show('error', `Error: ${event.reason}`);
    case 'send.unconfirmed':
      outbox.markUnconfirmed(event.id);
      return announcer.announce('A message is not confirmed');
    case 'command.refused':
      return notice.show('error', `Error: ${event.reason}`);
  }
}

function hearConnection(next: ConnectionState): void {
  connection = next;
  panel.show(next);
  showMembership();
  compose.setObstacle(describeOffline(next));
  // What the notice said was about the connection before.
  notice.clear();
  const closure = describeClosure(next);
  if (closure !== undefined) notice.show('error', closure);
  if (next.name === 'open') void offerFeatures();
}

function hearMembership(where: string, next: Membership, unasked: boolean): void {
  if (unasked) notice.show('info', `The server put you back into ${where}.`);
  if (where !== room) return;
  const settled = next === 'joined' || next === 'out';
  if (settled && connection.name === 'open' && !unasked && next !== membership) {
    notice.show('info', next === 'joined' ? `You joined ${room}.` : `You left ${room}.`);
  }
  membership = next;
  showMembership();
  if (settled) presence.refresh();
}

function showMembership(): void {
  membershipButton.show(membership, connection.name === 'open');
  messages.setHint(
    membership === 'joined'
      ? 'No messages yet.'
      : `Join ${room} to get its messages. Messages to everybody arrive in any case.`,
  );
}

function showPresence(found: Presence): void {
  switch (found.type) {
    case 'members':
      return people.show(toCrowd(found.members));
    case 'hidden':
      return people.show({ people: [], remark: 'The list is hidden by this server’s settings.' });
    case 'unavailable':
      return people.say('The server does not answer right now.');
  }
}

function send(target: Target, text: string): boolean {
  const id = client.send(target, text);
  if (id === undefined) return false;
  outbox.add(id, { target, text });
  messages.scrollToEnd();
  return true;
}

/**
 * Shows the name field where the server accepts names. This is read at each connection: after a restart the server
 * may have other settings.
 */
async function offerFeatures(): Promise<void> {
  const health = await fetchHealth();
  if (health === undefined) return;
  offerInspector(health);
  if (!health.userParameter || nameFormShown) return;
  nameFormShown = true;
  connectionSection.append(createNameForm({ signIn: (name) => client.signIn(name) }));
}

function watchWhileVisible(): void {
  presence.setVisible(document.visibilityState === 'visible');
}
