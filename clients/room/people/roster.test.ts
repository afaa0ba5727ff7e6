import { describe, expect, test } from 'vitest';
import { createRoster } from './roster.ts';

const GUEST = { client: '3fa2-guest', user: '' };
const ANN = { client: 'ann-1', user: 'ann' };
const ANN_AGAIN = { client: 'ann-2', user: 'ann' };

function setUp() {
  let ownName: string | undefined;
  const roster = createRoster({ isOwn: (client) => client === 'mine', ownName: () => ownName });
  const listed = (): string[] =>
    roster.toCrowd().people.map(({ name, note }) => (note === undefined ? name : `${name} (${note})`));
  return { roster, listed, call: (name: string) => (ownName = name) };
}

describe('the people of a room', () => {
  test('are counted by user: two tabs are one, and each guest is one', () => {
    const { roster, listed } = setUp();
    roster.replace({ type: 'all', clients: [ANN, ANN_AGAIN, GUEST, { client: '9b00-guest', user: '' }] });
    expect(roster.toCrowd().count).toBe(3);
    expect(listed()).toEqual(['ann (2 tabs)', 'Guest 3fa2', 'Guest 9b00']);
  });

  test('follow joins and leaves', () => {
    const { roster, listed } = setUp();
    roster.replace({ type: 'all', clients: [GUEST] });
    roster.join(ANN);
    roster.join(ANN_AGAIN);
    roster.leave(ANN);
    roster.leave(GUEST);
    expect(listed()).toEqual(['ann']);
  });

  test('begin with the reader', () => {
    const { roster, listed } = setUp();
    roster.replace({ type: 'all', clients: [ANN, { client: 'mine', user: 'zoe' }] });
    expect(listed()).toEqual(['zoe (you)', 'ann']);
    expect(roster.ownUser()).toBe('zoe');
  });

  test('are only counted when they are too many', () => {
    const { roster } = setUp();
    roster.replace({ type: 'many', connections: 12_000, users: 9_000 });
    roster.join(ANN);
    expect(roster.toCrowd()).toMatchObject({ count: 9_000, people: [] });
    expect(roster.toCrowd().remark).toMatch(/connections, too many to list/);
  });

  test('stay on the page while the server does not answer, and not when it hides them', () => {
    const { roster, listed } = setUp();
    roster.replace({ type: 'all', clients: [ANN] });
    roster.replace({ type: 'unavailable' });
    expect(listed()).toEqual(['ann']);
    roster.replace({ type: 'hidden' });
    expect(roster.toCrowd()).toMatchObject({ people: [], remark: expect.stringContaining('hidden') });
  });
});

describe('the name that a guest chose', () => {
  test('is shown in the list once a message has told it', () => {
    const { roster, listed } = setUp();
    roster.replace({ type: 'all', clients: [GUEST] });
    expect(roster.recognise(GUEST, 'Gus')).toMatchObject({ name: 'Gus', tag: 'guest 3fa2' });
    expect(listed()).toEqual(['Gus']);
  });

  test('does not replace the name of a proven user', () => {
    const { roster, listed } = setUp();
    roster.replace({ type: 'all', clients: [ANN] });
    expect(roster.recognise(ANN, 'root')).toMatchObject({ name: 'ann', isProven: true });
    expect(listed()).toEqual(['ann']);
  });

  test('of the reader is shown at once, over any connection', () => {
    const { roster, listed, call } = setUp();
    roster.replace({ type: 'all', clients: [{ client: 'mine', user: '' }] });
    call('Mo');
    expect(listed()).toEqual(['Mo (you)']);
  });

  test('is forgotten after many others', () => {
    const { roster, listed } = setUp();
    roster.replace({ type: 'all', clients: [GUEST] });
    roster.recognise(GUEST, 'Gus');
    for (let id = 0; id < 1_000; id += 1) roster.recognise({ client: `c${id}`, user: '' }, 'x');
    expect(listed()).toEqual(['Guest 3fa2']);
  });
});
