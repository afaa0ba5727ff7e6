/** The page of one room: puts the parts together. The room's name comes from the page's markup. */

import { createAnnouncer } from '../shared/announcer.ts';
import { element, required } from '../shared/dom.ts';
import { fetchHealth } from '../shared/health.ts';
import { offerInspector } from '../shared/inspector-links.ts';
import { createCompose } from './messages/compose.ts';
import { createConnectionPanel, describeClosure } from './session/connection-panel.ts';
import { createLineClient } from './connection/line-client.ts';
import { createMembershipButton } from './session/membership-button.ts';
import { createMessageList } from './messages/message-list.ts';
import { createNameForm, storedUser } from './session/name-form.ts';
import { createNotice } from './session/notice.ts';
import { createOutbox } from './messages/outbox.ts';
import { createPeople } from './people/people.ts';
import { fetchPresence, watchPresence } from './people/presence.ts';
import { createServantPanel } from './calls/servant-panel.ts';
import type { Membership, RoomClientEvent, Target } from './connection/room-client.ts';

const main = required('main', 'main');
const room = main.dataset['room'] ?? '';
const joinedWords = `You joined ${room}.`;

const announcer = createAnnouncer();
const notice = createNotice(announcer);
const people = createPeople();
const outbox = createOutbox({
  retry: ({ target, text }) => send(target, text),
  released: () => compose.focus(),
});
const messages = createMessageList(outbox.root);
const compose = createCompose({ room, send });
const panel = createConnectionPanel({
  announcer,
  connect: () => client.connect(),
  disconnect: () => client.disconnect(),
});
const membershipButton = createMembershipButton({
  room,
  join: () => client.join(room),
  leave: () => client.leave(room),
});
const presence = watchPresence({ ask: () => fetchPresence(room), listener: (found) => people.show(found) });
const servantPanel = createServantPanel({
  announcer,
  askHealth: fetchHealth,
  call: (method, args) => client.call(room, method, args),
  // On a narrow screen the panel is above the messages, so it starts closed.
  unfolded: matchMedia('(width >= 48rem)').matches,
});
const session = element(
  'section',
  { class: 'session', 'aria-label': 'Connection' },
  element('div', { class: 'session-title' }, element('h1', {}, room), panel.status),
  element('div', { class: 'session-controls' }, membershipButton.root, panel.controls),
);
const chart = element(
  'div',
  { class: 'chart', 'aria-hidden': 'true' },
  'This page’s connection',
  panel.chart,
);
const side = element('div', { class: 'side' }, people.root, servantPanel.root, chart);

let online = false;
let membership: Membership = 'out';
let nameFormShown = false;
/** The notice about the end of the last connection. */
let closureTold: string | undefined;

const client = createLineClient({
  url: `${location.protocol === 'https:' ? 'wss:' : 'ws:'}//${location.host}/`,
  listener: hear,
});

panel.show({ name: 'closed' });
showMembership();
main.replaceChildren(session, notice.root, side, messages.root, compose.root, announcer.root);
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
    case 'connection.changed': {
      online = event.connection.name === 'open';
      panel.show(event.connection);
      showMembership();
      tellClosure(describeClosure(event.connection));
      if (online) void offerFeatures();
      return;
    }
    case 'membership.changed':
      return hearMembership(event.room, event.membership, event.unasked === true);
    case 'message.received':
      return messages.add({ type: 'message', text: event.text, own: false, at: new Date() });
    case 'message.copied': {
      const outgoing = outbox.take(event.id);
      if (outgoing === undefined) return;
      const { target, text } = outgoing;
      const label =
        target.type === 'everybody' ? 'to everybody' : target.room === room ? undefined : `to ${target.room}`;
      return messages.add({ type: 'message', text, own: true, at: new Date(), ...(label && { label }) });
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

/** Shows why a connection ended, until the next one opens. */
function tellClosure(words: string | undefined): void {
  if (words !== undefined) {
    notice.show('error', words);
    closureTold = words;
  } else if (online && closureTold !== undefined) {
    notice.withdraw(closureTold);
    closureTold = undefined;
  }
}

function hearMembership(where: string, next: Membership, unasked: boolean): void {
  if (unasked) notice.show('info', `The server put you back into ${where}.`);
  if (where !== room) return;
  const settled = next === 'joined' || next === 'out';
  if (settled && online && !unasked && next !== membership) {
    notice.show('info', next === 'joined' ? joinedWords : `You left ${room}.`);
  }
  membership = next;
  showMembership();
  if (settled) presence.refresh();
}

function showMembership(): void {
  membershipButton.show(membership, online);
  if (!online) notice.withdraw(joinedWords);
  messages.setHint(
    membership === 'joined'
      ? 'No messages yet.'
      : `Join ${room} to get its messages. Messages to everybody arrive in any case.`,
  );
}

function send(target: Target, text: string): boolean {
  const id = client.send(target, text);
  if (id === undefined) {
    notice.show('error', 'Not connected: the message was not sent.');
    return false;
  }
  outbox.add(id, { target, text });
  messages.scrollToEnd();
  return true;
}

/**
 * Shows the name field where the server accepts names, and the panel where it runs the example servant. This is
 * read at each connection: after a restart the server may have other settings.
 */
async function offerFeatures(): Promise<void> {
  const health = await fetchHealth();
  if (health === undefined) return;
  servantPanel.show(health);
  offerInspector(health);
  if (!health.userParameter || nameFormShown) return;
  nameFormShown = true;
  session.append(createNameForm({ signIn: (name) => client.signIn(name) }));
}

function watchWhileVisible(): void {
  const visible = document.visibilityState === 'visible';
  presence.setVisible(visible);
  servantPanel.setVisible(visible);
}
