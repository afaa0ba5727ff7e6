/** The page of a room: puts the parts together. The room's name comes from the address. */

import { layOut } from '../chat/layout.ts';
import { SERVER } from '../chat/messages/author.ts';
import type { MessageEntry } from '../chat/messages/entries.ts';
import { createMessageList, formatTime } from '../chat/messages/message-list.ts';
import { createOutbox } from '../chat/messages/outbox.ts';
import { readSaid, type Said } from '../chat/messages/said.ts';
import { createWriteField } from '../chat/messages/write-field.ts';
import { createPeople, LISTED_PEOPLE } from '../chat/people/people.ts';
import { createConnectionPanel, describeClosure, describeOffline } from '../chat/session/connection-panel.ts';
import { createMembershipButton } from '../chat/session/membership-button.ts';
import { shortenName } from '../chat/session/short-name.ts';
import { createNotice } from '../chat/session/notice.ts';
import type { ConnectionState, Membership } from '../chat/session/session-states.ts';
import { createAnnouncer } from '../shared/announcer.ts';
import { element, required } from '../shared/dom.ts';
import { fetchHealth } from '../shared/health.ts';
import { offerInspector } from '../shared/inspector-links.ts';
import { createPolling } from '../shared/polling.ts';
import { createStoredText } from '../shared/stored-text.ts';
import { createServantPanel } from './calls/servant-panel.ts';
import { createNameField } from './name-field.ts';
import { createRoster } from './people/roster.ts';
import { describeAbsence } from './session/absence.ts';
import { describeEnd } from './session/end-words.ts';
import { readRoomAddress } from '../shared/room-address.ts';
import type { RoomEvent } from './session/room-events.ts';
import { createRoomSession } from './session/room-session.ts';
import { takeToken } from './session/token.ts';
import { createTypists } from './typing/typists.ts';

/** Joins and leaves are told at once where the room has that; in any case the list is asked for this often. */
const PEOPLE_INTERVAL_MS = 10_000;

const main = required('main', 'main');
const address = readRoomAddress(location.pathname);
if (address.type === 'room') openRoom(address.room);
else explainAddress(address.reason);

function explainAddress(reason: string): void {
  document.title = 'No such room · Statecast';
  main.classList.add('lost');
  main.replaceChildren(
    element('h1', {}, 'No such room'),
    element('p', { 'data-testid': 'bad-address', dir: 'auto' }, reason),
    element('p', {}, element('a', { href: '/room1' }, 'Go to room1')),
  );
}

function openRoom(room: string): void {
  document.title = `${room} · Statecast`;
  for (const link of document.querySelectorAll('nav a')) {
    if (link.getAttribute('href') === location.pathname) link.setAttribute('aria-current', 'page');
  }
  const token = takeToken({
    hash: location.hash,
    clearHash: () => history.replaceState(null, '', location.pathname + location.search),
    stored: createStoredText('statecast.token', () => sessionStorage),
  });

  const called = shortenName(room);
  const announcer = createAnnouncer();
  const notice = createNotice(announcer);
  const people = createPeople();
  const nameField = createNameField(() => showPeople());
  const typingLine = element('p', { class: 'typing', 'data-testid': 'typing', dir: 'auto' });
  const typists = createTypists((line) => {
    typingLine.textContent = line;
  });
  const outbox = createOutbox<Said>({ retry: say, released: () => write.focus() });
  const messages = createMessageList(outbox.root);
  const panel = createConnectionPanel({
    announcer,
    states: ['closed', 'connecting', 'open'],
    connect: () => session.connect(),
    disconnect: () => session.disconnect(),
  });
  const write = createWriteField({
    send: (text) => say({ text, ...named() }),
    typed: () => session.tellTyping(nameField.name()),
    remedy: panel.connectButton,
  });
  const compose = element(
    'form',
    { class: 'compose', 'aria-label': 'Send a message' },
    typingLine,
    write.root,
  );
  const membershipButton = createMembershipButton({
    room,
    join: () => session.join(),
    leave: () => session.leave(),
  });
  const servantPanel = createServantPanel({
    announcer,
    askHealth: fetchHealth,
    call: (method, args) => session.call(method, args),
  });

  let connection: ConnectionState = { name: 'closed' };
  let membership: Membership = 'out';
  let hasHistory = false;

  const session = createRoomSession({
    server: `${location.protocol === 'https:' ? 'wss:' : 'ws:'}//${location.host}`,
    room,
    token,
    listener: hear,
  });
  const roster = createRoster({ isOwn: (client) => session.isOwn(client), ownName: () => nameField.name() });
  const polling = createPolling({
    ask: () => session.countHeads(LISTED_PEOPLE),
    intervalMs: PEOPLE_INTERVAL_MS,
    listener(headcount) {
      roster.replace(headcount);
      showPeople();
    },
  });

  compose.addEventListener('submit', (event) => {
    event.preventDefault();
    write.submit();
  });
  panel.show(connection);
  showMembership();
  layOut(main, {
    title: room,
    status: panel.status,
    notice: notice.root,
    side: [
      people.root,
      nameField.root,
      servantPanel.root,
      element(
        'section',
        { class: 'connection', 'aria-label': 'Connection' },
        element('h2', {}, 'Connection'),
        panel.chart,
        element('div', { class: 'buttons' }, membershipButton.root, panel.disconnectButton),
        element(
          'p',
          { class: 'remark' },
          'Messages to everybody are sent from the ',
          element('a', { href: `/classic?room=${encodeURIComponent(room)}` }, 'classic page'),
          '.',
        ),
      ),
    ],
    messages: messages.root,
    compose,
    announcer: announcer.root,
  });
  document.addEventListener('visibilitychange', watchWhileVisible);
  watchWhileVisible();
  session.join();
  session.connect();

  function hear(event: RoomEvent): void {
    switch (event.type) {
      case 'connection.changed':
        return hearConnection(event.connection);
      case 'membership.changed':
        return hearMembership(event.membership, event.refusal);
      case 'returned':
        return messages.add({
          type: 'divider',
          text: describeAbsence(event.absence, event.fate, formatTime),
        });
      case 'heard':
        return hearPublication(event);
      case 'broadcast': {
        const { text } = readSaid(event.data);
        return messages.add({ type: 'message', text, own: false, at: new Date(), isBroadcast: true });
      }
      case 'joined':
        roster.join(event.info);
        return showPeople();
      case 'left':
        roster.leave(event.info);
        typists.forget(event.info.client);
        return showPeople();
      case 'typing': {
        const author = roster.recognise(event.info, event.name);
        typists.note(event.info.client, author.name);
        return showPeople();
      }
      case 'said':
        outbox.take(event.id);
        return;
      case 'say.refused':
        outbox.refuse(event.id, event.reason);
        return notice.show('error', `The message was not sent: ${event.reason}.`);
      case 'say.unconfirmed':
        outbox.markUnconfirmed(event.id);
        return announcer.announce('A message is not confirmed');
    }
  }

  function hearPublication({ publication, arrival, own }: Extract<RoomEvent, { type: 'heard' }>): void {
    const { data, info } = publication;
    const { text, name } = readSaid(data);
    const author = info === undefined ? SERVER : roster.recognise(info, name);
    if (info !== undefined) typists.forget(info.client);
    if (own) outbox.takeByText(text);
    if (arrival === 'earlier' && !hasHistory) {
      hasHistory = true;
      messages.add({ type: 'divider', text: 'earlier messages' });
    }
    if (arrival === 'live' && hasHistory) {
      hasHistory = false;
      messages.add({ type: 'divider', text: 'new messages' });
    }
    const entry: MessageEntry = { type: 'message', text, own, author };
    if (arrival === 'live') messages.add({ ...entry, at: new Date() });
    else messages.add({ ...entry, ...(arrival === 'recovered' && { marks: ['missed'] }) });
    if (name !== undefined) showPeople();
  }

  function hearConnection(next: ConnectionState): void {
    connection = next;
    panel.show(next);
    showMembership();
    // What the notice said was about the connection before.
    notice.clear();
    if (next.name !== 'open') typists.clear();
    const end = describeEnd(next, room, token !== undefined) ?? describeClosure(next);
    if (end !== undefined) notice.show('error', end);
    if (next.name === 'open') void offerFeatures();
  }

  function hearMembership(next: Membership, refusal: string | undefined): void {
    membership = next;
    showMembership();
    if (refusal !== undefined) notice.show('error', refusal);
    if (next === 'joined') polling.refresh();
  }

  function showMembership(): void {
    const online = connection.name === 'open';
    membershipButton.show(membership, online);
    write.setObstacle(
      describeOffline(connection) ??
        (membership === 'joined'
          ? undefined
          : membership === 'out'
            ? `Join ${called} to write.`
            : `Joining ${called}…`),
    );
    messages.setHint(
      membership === 'out' && online ? `Join ${called} to get its messages.` : 'No messages yet.',
    );
  }

  function showPeople(): void {
    people.show(roster.toCrowd());
    const user = roster.ownUser();
    if (user !== undefined) nameField.showProven(user);
  }

  function named(): { name?: string } {
    const name = nameField.name();
    return name === undefined ? {} : { name };
  }

  function say(said: Said): boolean {
    const id = session.say(said);
    if (id === undefined) return false;
    outbox.add(id, said);
    messages.scrollToEnd();
    return true;
  }

  /** Read at each connection: after a restart the server may have other settings. */
  async function offerFeatures(): Promise<void> {
    const health = await fetchHealth();
    if (health === undefined) return;
    servantPanel.show(health);
    offerInspector(health);
  }

  function watchWhileVisible(): void {
    const visible = document.visibilityState === 'visible';
    polling.setVisible(visible);
    servantPanel.setVisible(visible);
  }
}
