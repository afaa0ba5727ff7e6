import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createLowdbStore } from './lowdb-store.ts';
import type { MembershipChange, MembershipStore } from './membership-store.ts';
import { roomFileName } from './room-file-name.ts';
import { describeMembershipStore } from './store-contract.ts';

describeMembershipStore(
  { describe, test },
  {
    name: 'the lowdb store',
    persistent: true,
    async createPlace() {
      const dir = await mkdtemp(join(tmpdir(), 'statecast-contract-'));
      return {
        open: async () => createLowdbStore({ dir }),
        dispose: () => rm(dir, { recursive: true }),
      };
    },
  },
);

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
const ada = { id: 'ada', user: 'ada', joinedAt: 1, awaySince: 2 };
const bob = { id: 'bob', joinedAt: 3 };

let parent: string;
let dir: string;
let store: MembershipStore;

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'statecast-lowdb-'));
  dir = join(parent, 'data', 'rooms');
  store = createLowdbStore({ dir, now: () => NOW });
});

afterEach(async () => {
  await store.close();
  await rm(parent, { recursive: true });
});

async function reopen(): Promise<void> {
  await store.close();
  store = createLowdbStore({ dir, now: () => NOW });
}

/** Writes a file directly, like a person, another program or a broken disk. */
async function plant(fileName: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dir, { recursive: true });
  await writeFile(join(dir, fileName), content);
}

function fileOf(room: string): string {
  return join(dir, roomFileName(room));
}

describe('the data directory', () => {
  test('has one readable file a room, one member a line', async () => {
    await store.write('Room 1', [
      { type: 'put', member: ada },
      { type: 'put', member: bob },
    ]);
    expect(await readdir(dir)).toEqual([roomFileName('Room 1')]);
    expect(roomFileName('Room 1')).toMatch(/^room-1-[0-9a-f]{32}\.json$/);
    expect(await readFile(fileOf('Room 1'), 'utf8')).toBe(
      [
        '{',
        '  "schema": 1,',
        '  "room": "Room 1",',
        '  "members": [',
        '    {"id":"ada","user":"ada","joinedAt":1,"awaySince":2},',
        '    {"id":"bob","joinedAt":3}',
        '  ]',
        '}',
        '',
      ].join('\n'),
    );
  });

  test('is made with its parents, and is empty again when no room has members', async () => {
    await store.write('r', [{ type: 'put', member: ada }]);
    await store.write('r', [{ type: 'remove', id: 'ada' }]);
    expect(await readdir(dir)).toEqual([]);
  });

  test('is not touched before the store is used', async () => {
    await store.close();
    expect(await readdir(parent)).toEqual([]);
  });

  test('fields that a member object carries beyond its own do not reach the file', async () => {
    const member = { ...bob, socket: 'secret' };
    await store.write('r', [{ type: 'put', member }]);
    await reopen();
    expect(await store.load('r')).toEqual({ members: [bob] });
  });

  test('left-overs of a crashed run are removed, and files of others are left alone', async () => {
    await store.write('r', [{ type: 'put', member: ada }]);
    const foreign = ['notes.txt', 'r.json', '.hidden', 'other.tmp', `${roomFileName('r')}.bak`];
    for (const name of foreign) await plant(name, 'mine');
    await mkdir(fileOf('a directory'));
    await plant(`${roomFileName('r')}.tmp`, '{"schema":1,"roo');
    await plant(`${roomFileName('gone')}.tmp`, '');
    await reopen();
    expect(await store.rooms()).toEqual({ rooms: ['r'] });
    expect((await readdir(dir)).toSorted()).toEqual(
      [...foreign, roomFileName('r'), roomFileName('a directory')].toSorted(),
    );
  });

  test('a file without members, made by hand, is no room, and takes members', async () => {
    await plant(roomFileName('r'), '{"schema":1,"room":"r","members":[]}');
    expect(await store.rooms()).toEqual({ rooms: [] });
    await store.write('r', [{ type: 'put', member: ada }]);
    expect(await store.rooms()).toEqual({ rooms: ['r'] });
  });

  test('a file saved by an editor that puts a byte order mark first is read', async () => {
    await plant(roomFileName('r'), '\ufeff{"schema":1,"room":"r","members":[{"id":"bob","joinedAt":3}]}');
    expect(await store.load('r')).toEqual({ members: [bob] });
  });
});

describe('an unreadable file', () => {
  const name = roomFileName('r');
  const aside = `${name}.broken-20260102T030405678Z`;
  const unreadable: [string, string | Uint8Array, RegExp][] = [
    ['empty', '', /it is not JSON/],
    ['cut short', '{"schema":1,"room":"r","members":[{"id":"a', /it is not JSON/],
    ['not UTF-8', Uint8Array.of(0x22, 0xff, 0x22), /it is not JSON/],
    ['not an object', '[]', /its shape is wrong \(.*expected object/],
    ['a member without an id', '{"schema":1,"room":"r","members":[{"joinedAt":1}]}', /members\.0\.id: /],
    ['with an unknown field', '{"schema":1,"room":"r","members":[],"x":1}', /its shape is wrong .*"x"/],
    ['without a schema', '{"room":"r","members":[]}', /schema: /],
    ['of a newer server', '{"schema":2,"room":"r","people":{}}', /it has schema 2, .* reads schema 1 only/],
    ['of another room', '{"schema":1,"room":"s","members":[{"id":"a","joinedAt":1}]}', /it names, "s"/],
    [
      'with one id twice',
      '{"schema":1,"room":"r","members":[{"id":"a","joinedAt":1},{"id":"a","joinedAt":2}]}',
      /same id/,
    ],
  ];

  test.each(unreadable)('%s is put aside by load, and the room is empty', async (_, content, reason) => {
    await plant(name, content);
    const { members, setAside } = await store.load('r');
    expect(members).toEqual([]);
    expect(setAside).toEqual({ place: join(dir, aside), reason: expect.stringMatching(reason) });
    expect(setAside?.reason).toContain(fileOf('r'));
    expect(await readdir(dir)).toEqual([aside]);
    expect(await readFile(join(dir, aside))).toEqual(Buffer.from(content));
    expect(await store.load('r')).toEqual({ members: [] });
  });

  test('is put aside by rooms, which lists the others, and is no room ever after', async () => {
    await plant(name, 'rubbish');
    await store.write('fine', [{ type: 'put', member: ada }]);
    const { rooms, setAside } = await store.rooms();
    expect(rooms).toEqual(['fine']);
    expect(setAside).toEqual([
      { place: join(dir, aside), reason: expect.stringContaining('it is not JSON') },
    ]);
    await reopen();
    expect(await store.rooms()).toEqual({ rooms: ['fine'] });
    expect(await readFile(join(dir, aside), 'utf8')).toBe('rubbish');
  });

  test('is put aside by a write, too, and told by the next load', async () => {
    await plant(name, 'rubbish');
    await store.write('r', [{ type: 'put', member: ada }]);
    expect(await readFile(join(dir, aside), 'utf8')).toBe('rubbish');
    const { members, setAside } = await store.load('r');
    expect(members).toEqual([ada]);
    expect(setAside?.place).toBe(join(dir, aside));
    expect(await store.load('r')).toEqual({ members: [ada] });
  });

  test('never replaces one that was put aside before', async () => {
    for (const content of ['one', 'two', 'three']) {
      await plant(name, content);
      await store.load('r');
    }
    const names = [aside, `${aside}-2`, `${aside}-3`];
    expect((await readdir(dir)).toSorted()).toEqual(names);
    expect(await Promise.all(names.map((name) => readFile(join(dir, name), 'utf8')))).toEqual([
      'one',
      'two',
      'three',
    ]);
  });
});

describe('calls at the same time', () => {
  test('writes to one room apply one after another, in the order of the calls', async () => {
    const ids = Array.from({ length: 50 }, (_, index) => `member ${index}`);
    await Promise.all(
      ids.map((id, index) => store.write('r', [{ type: 'put', member: { id, joinedAt: index } }])),
    );
    await reopen();
    expect((await store.load('r')).members.map(({ id }) => id)).toEqual(ids);
  });

  test('a thousand rooms are written at the same time', async () => {
    const rooms = Array.from({ length: 1_000 }, (_, index) => `room ${index}`);
    await Promise.all(rooms.map((room) => store.write(room, [{ type: 'put', member: ada }])));
    await reopen();
    expect((await store.rooms()).rooms.toSorted()).toEqual(rooms.toSorted());
  });

  test('rooms asked for in the middle of writes neither harms nor hides one', async () => {
    await store.write('r', [{ type: 'put', member: ada }]);
    await reopen();
    const [listed] = await Promise.all([
      store.rooms(),
      store.write('r', [{ type: 'put', member: bob }]),
      store.rooms(),
      store.write('s', [{ type: 'put', member: bob }]),
    ]);
    expect(listed.rooms).toContain('r');
    await reopen();
    expect((await store.rooms()).rooms.toSorted()).toEqual(['r', 's']);
    expect((await store.load('r')).members).toEqual([ada, bob]);
  });

  test('close lets writes under way end', async () => {
    const writing = store.write('r', [{ type: 'put', member: ada }]);
    await reopen();
    await writing;
    expect(await store.load('r')).toEqual({ members: [ada] });
  });
});

test('a room that had no file when they were listed is not looked for again, and one that had is found', async () => {
  await store.write('r', [{ type: 'put', member: ada }]);
  await reopen();
  await store.rooms();
  await plant(roomFileName('s'), 'rubbish');
  expect(await store.load('s')).toEqual({ members: [] });
  expect(await store.load('r')).toEqual({ members: [ada] });
  await store.write('s', [{ type: 'put', member: bob }]);
  await reopen();
  expect((await store.load('s')).members).toEqual([bob]);
});

test('what is called like a file of a room and is none is in the way after it was listed, too', async () => {
  await mkdir(fileOf('r'), { recursive: true });
  expect(await store.rooms()).toEqual({ rooms: [] });
  await expect(store.load('r')).rejects.toMatchObject({ code: 'EISDIR' });
  await expect(store.write('r', [{ type: 'put', member: ada }])).rejects.toMatchObject({ code: 'EISDIR' });
});

test('a directory that is gone is made again by the next write, be it a removal', async () => {
  await store.rooms();
  await rm(dir, { recursive: true });
  await store.write('r', [{ type: 'remove', id: 'ada' }]);
  await rm(dir, { recursive: true });
  await store.write('r', [{ type: 'put', member: ada }]);
  await reopen();
  expect(await store.rooms()).toEqual({ rooms: ['r'] });
});

test('a closed store refuses everything', async () => {
  await store.close();
  const closed = expect.objectContaining({ code: 'ECLOSED' });
  await expect(store.rooms()).rejects.toEqual(closed);
  await expect(store.load('r')).rejects.toEqual(closed);
  await expect(store.write('r', [])).rejects.toEqual(closed);
  expect(await readdir(parent)).toEqual([]);
});

test('a directory that was moved away and came back goes on where it was', async () => {
  await store.write('r', [{ type: 'put', member: ada }]);
  await rename(dir, `${dir} elsewhere`);
  await store.write('s', [{ type: 'put', member: ada }]);
  await rm(dir, { recursive: true });
  await rename(`${dir} elsewhere`, dir);
  await store.write('r', [{ type: 'put', member: bob }]);
  await reopen();
  expect(await store.rooms()).toEqual({ rooms: ['r'] });
  expect((await store.load('r')).members).toEqual([ada, bob]);
});

test('whatever is written, and whenever the store is opened again, it holds what a plain map would', async () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 20 });
  const id = fc.constantFrom('a', 'b', 'c', 'd');
  const room = fc.constantFrom('r', 'R', '../r');
  const requiredKeys: ['id', 'joinedAt'] = ['id', 'joinedAt'];
  const member = fc.record({ id, user: text, joinedAt: fc.nat(), awaySince: fc.nat() }, { requiredKeys });
  const change: fc.Arbitrary<MembershipChange> = fc.oneof(
    fc.record({ type: fc.constant('put' as const), member }),
    fc.record({ type: fc.constant('remove' as const), id }),
  );
  const step = fc.oneof(
    { weight: 5, arbitrary: fc.tuple(room, fc.array(change, { maxLength: 4 })) },
    { weight: 1, arbitrary: fc.constant('reopen' as const) },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
      const model = new Map<string, Map<string, unknown>>();
      for (const step of steps) {
        if (step === 'reopen') {
          await reopen();
          continue;
        }
        const [room, changes] = step;
        await store.write(room, changes);
        const members = model.get(room) ?? new Map<string, unknown>();
        for (const change of changes) {
          if (change.type === 'put') members.set(change.member.id, change.member);
          else members.delete(change.id);
        }
        model.set(room, members);
      }
      await reopen();
      const occupied = [...model].filter(([, members]) => members.size > 0).map(([room]) => room);
      expect((await store.rooms()).rooms.toSorted()).toEqual(occupied.toSorted());
      for (const [room, members] of model) {
        expect(await store.load(room)).toEqual({ members: [...members.values()] });
      }
      await store.close();
      await rm(dir, { recursive: true, force: true });
      await reopen();
    }),
    { numRuns: 60 },
  );
});
