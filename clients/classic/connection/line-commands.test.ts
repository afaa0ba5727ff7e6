import { describe, expect, test } from 'vitest';
import { encodeCommand, parseJoinedRoom, successLine, type LineCommand } from './line-commands.ts';

const toRoom = (text: string): LineCommand => ({
  type: 'send',
  id: 1,
  target: { type: 'room', room: 'room1' },
  text,
});

describe('line commands', () => {
  test.each<[LineCommand, string, string]>([
    [{ type: 'ping' }, 'ping', 'pong'],
    [{ type: 'join', room: 'a|b' }, 'subscribe|a|b', 'Subscribe roomNum:a|b success!'],
    [{ type: 'leave', room: 'room1' }, 'unsubscribe|room1', 'Unsubscribe roomNum:room1 success!'],
    [toRoom('hi'), 'sendByRoom|{"roomNum":"room1","message":"hi"}', 'SendByRoom success!'],
    [
      { type: 'send', id: 1, target: { type: 'everybody' }, text: 'hi' },
      'broadcast|{"message":"hi"}',
      'Broadcast success!',
    ],
  ])('%o is written as one frame and known by one answer', (command, frame, answer) => {
    expect(encodeCommand(command)).toBe(frame);
    expect(successLine(command)).toBe(answer);
  });

  test('any text survives the way through JSON', () => {
    const text = '|"\\\n\u2028 </script> 🙂';
    const [, argument = ''] = /^sendByRoom\|(.*)$/s.exec(encodeCommand(toRoom(text))) ?? [];
    expect(JSON.parse(argument)).toEqual({ roomNum: 'room1', message: text });
  });

  test('a join line gives its room, any other line none', () => {
    expect(parseJoinedRoom('Subscribe roomNum:a success! success!')).toBe('a success!');
    expect(parseJoinedRoom('Unsubscribe roomNum:a success!')).toBeUndefined();
    expect(parseJoinedRoom('He said: Subscribe roomNum:a success!')).toBeUndefined();
  });
});
