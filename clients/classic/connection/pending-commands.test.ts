import { describe, expect, test } from 'vitest';
import type { LineCommand, SendCommand } from './line-commands.ts';
import { createPendingCommands } from './pending-commands.ts';

const JOINED = new Set(['room1']);
const NOWHERE = new Set<string>();
const PING: LineCommand = { type: 'ping' };
const JOIN: LineCommand = { type: 'join', room: 'room1' };

function sendTo(room: string, text: string, id = 1): SendCommand {
  return { type: 'send', id, target: { type: 'room', room }, text };
}

function tellEverybody(text: string, id = 1): SendCommand {
  return { type: 'send', id, target: { type: 'everybody' }, text };
}

function pendingWith(...commands: LineCommand[]) {
  const pending = createPendingCommands();
  commands.forEach((command) => pending.add(command));
  return pending;
}

describe('pending commands', () => {
  test('the success line of the oldest command finishes it', () => {
    const pending = pendingWith(PING, JOIN);
    expect(pending.read('pong', NOWHERE)).toEqual({ type: 'done', command: PING, copied: false });
    expect(pending.read('Subscribe roomNum:room1 success!', NOWHERE)).toEqual({
      type: 'done',
      command: JOIN,
      copied: false,
    });
  });

  test('a member’s own message comes back as a copy, then as done', () => {
    const hello = sendTo('room1', 'hello');
    const pending = pendingWith(hello);
    expect(pending.read('hello', JOINED)).toEqual({ type: 'copy', command: hello });
    expect(pending.read('SendByRoom success!', JOINED)).toEqual({
      type: 'done',
      command: hello,
      copied: true,
    });
  });

  test('a broadcast comes back even to a member of no room', () => {
    const hello = tellEverybody('hello');
    const pending = pendingWith(hello);
    expect(pending.read('hello', NOWHERE)).toEqual({ type: 'copy', command: hello });
    expect(pending.read('Broadcast success!', NOWHERE)).toMatchObject({ type: 'done', copied: true });
  });

  test('a message to a room this page is not in is done without a copy', () => {
    const hello = sendTo('room2', 'hello');
    const pending = pendingWith(hello);
    expect(pending.read('hello', JOINED)).toEqual({ type: 'message', text: 'hello' });
    expect(pending.read('SendByRoom success!', JOINED)).toEqual({
      type: 'done',
      command: hello,
      copied: false,
    });
  });

  test('the same text after the copy is a message of another member', () => {
    const pending = pendingWith(sendTo('room1', 'hello'));
    pending.read('hello', JOINED);
    expect(pending.read('hello', JOINED)).toEqual({ type: 'message', text: 'hello' });
  });

  test('copies of several messages are matched in the order of sending', () => {
    const first = sendTo('room1', 'same', 1);
    const second = sendTo('room1', 'same', 2);
    const pending = pendingWith(first, second);
    expect(pending.read('same', JOINED)).toEqual({ type: 'copy', command: first });
    expect(pending.read('same', JOINED)).toEqual({ type: 'copy', command: second });
    expect(pending.read('SendByRoom success!', JOINED)).toMatchObject({ command: first });
    expect(pending.read('SendByRoom success!', JOINED)).toMatchObject({ command: second });
  });

  test('a message with the text of its own answer is a copy first', () => {
    const tricky = sendTo('room1', 'SendByRoom success!');
    const pending = pendingWith(tricky);
    expect(pending.read('SendByRoom success!', JOINED)).toEqual({ type: 'copy', command: tricky });
    expect(pending.read('SendByRoom success!', JOINED)).toMatchObject({ type: 'done', copied: true });
  });

  test('an error line refuses the oldest command and no other', () => {
    const pending = pendingWith(JOIN, PING);
    expect(pending.read('Error: limit exceeded', NOWHERE)).toEqual({
      type: 'refused',
      command: JOIN,
      copied: false,
      reason: 'limit exceeded',
    });
    expect(pending.read('pong', NOWHERE)).toMatchObject({ type: 'done', command: PING });
  });

  test.each(['pong', 'SendByRoom success!', 'Subscribe roomNum:room1 success!', 'Error: nothing is wrong'])(
    '%j is a message when nothing is pending',
    (text) => {
      expect(pendingWith().read(text, JOINED)).toEqual({ type: 'message', text });
    },
  );

  test('a success line of another command than the oldest is a message', () => {
    const pending = pendingWith(JOIN, PING);
    expect(pending.read('pong', NOWHERE)).toEqual({ type: 'message', text: 'pong' });
    expect(pending.read('Subscribe roomNum:room2 success!', NOWHERE)).toMatchObject({ type: 'message' });
  });

  test('draining gives what nobody has seen, once', () => {
    const seen = sendTo('room1', 'seen', 1);
    const lost = sendTo('room1', 'lost', 2);
    const pending = pendingWith(seen, lost, PING);
    pending.read('seen', JOINED);
    expect(pending.drain()).toEqual([lost, PING]);
    expect(pending.drain()).toEqual([]);
    expect(pending.read('pong', NOWHERE)).toEqual({ type: 'message', text: 'pong' });
  });
});
