import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isRoomFileName, isTemporaryFileName, roomFileName } from './room-file-name.ts';

describe('the name of a room file', () => {
  test.each([
    ['room1', /^room1-[0-9a-f]{32}\.json$/],
    ['Team Chat / Süd', /^team-chat-s-d-[0-9a-f]{32}\.json$/],
    ['../../etc/passwd', /^etc-passwd-[0-9a-f]{32}\.json$/],
    ['CON', /^con-[0-9a-f]{32}\.json$/],
    ['room...', /^room-[0-9a-f]{32}\.json$/],
    ['👩‍👩‍👧', /^room-[0-9a-f]{32}\.json$/],
    ['', /^room-[0-9a-f]{32}\.json$/],
    ['x'.repeat(255), /^x{40}-[0-9a-f]{32}\.json$/],
  ])('%s is readable, short and harmless', (room, shape) => {
    expect(roomFileName(room)).toMatch(shape);
  });

  test('is the same in every run: the hash is SHA-256 of the name as JSON', () => {
    expect(roomFileName('room1')).toBe('room1-56a96e85ebc2d42384272b30da777d19.json');
  });

  test('differs for names that differ by case, by normal form, or by half a surrogate pair', () => {
    const rooms = [
      'room',
      'Room',
      'room ',
      '\u00e9',
      'e\u0301',
      '\ud800',
      '\udfff',
      '\ufffd',
      'x'.repeat(255),
    ];
    const names = rooms.map((room) => roomFileName(room).toLowerCase());
    expect(new Set(names).size).toBe(rooms.length);
  });

  test('is recognized for any room, and only with .tmp behind it as a left-over', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 255 }), (room) => {
        const name = roomFileName(room);
        expect(name.length).toBeLessThanOrEqual(78);
        expect(isRoomFileName(name)).toBe(true);
        expect(isTemporaryFileName(name)).toBe(false);
        expect(isRoomFileName(`${name}.tmp`)).toBe(false);
        expect(isTemporaryFileName(`${name}.tmp`)).toBe(true);
        expect(isRoomFileName(`${name}.broken-20260102T030405678Z`)).toBe(false);
      }),
    );
  });

  test.each(['notes.json', 'room.tmp', 'Room-00000000000000000000000000000000.json', '.json'])(
    '%s is no file of the store',
    (name) => {
      expect(isRoomFileName(name)).toBe(false);
      expect(isTemporaryFileName(name)).toBe(false);
    },
  );
});
