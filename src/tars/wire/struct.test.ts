import { describe, expect, test } from 'vitest';
import { optional, required, struct } from './struct.ts';
import { t } from './types.ts';

interface Point {
  x: number;
  y?: number;
  label?: string;
}

const Point = struct<Point>('Test.Point', {
  label: optional(20, t.string, 'none'),
  y: required(1, t.int, 5),
  x: required(0, t.int),
});

interface Node {
  name: string;
  children: Node[];
  byName: Map<string, Node>;
}

const Node = struct<Node>('Test.Node', (self) => ({
  name: required(0, t.string),
  children: required(1, t.vector(self)),
  byName: required(2, t.map(t.string, self)),
}));

describe('a struct', () => {
  test('goes by rising tags, defaults in place of what is left out', () => {
    const hex = Buffer.from(Point.encode({ x: 1 })).toString('hex');
    expect(hex).toBe('00011005f614046e6f6e65');
  });

  test('has its defaults where optional fields are missing', () => {
    const bytes = struct<Point>('P', { x: required(0, t.int), y: required(1, t.int) } as never).encode({
      x: 1,
      y: 2,
    });
    expect(Point.decode(bytes)).toEqual({ x: 1, y: 2, label: 'none' });
  });

  test('is refused without a required field, default or not', () => {
    const bytes = struct<Point>('P', { x: required(0, t.int) } as never).encode({ x: 1 });
    expect(() => Point.decode(bytes)).toThrowError('Test.Point.y: tag 1 is missing');
  });

  test('can hold itself in vectors and maps', () => {
    const leaf = { name: 'leaf', children: [], byName: new Map() };
    const tree = { name: 'root', children: [leaf, leaf], byName: new Map([['leaf', leaf]]) };
    expect(Node.decode(Node.encode(tree))).toEqual(tree);
  });

  test('that contains its own value is refused', () => {
    const loop: Node = { name: 'loop', children: [], byName: new Map() };
    loop.children.push(loop);
    expect(() => Node.encode(loop)).toThrowError(/nested deeper than 64/);
  });

  test.each([undefined, null, 'text', 7])('refuses %s in its place', (value) => {
    expect(() => Point.encode(value as never)).toThrowError(/expected an object/);
  });

  test.each([[[]], [[1]], [new Map()], [new Uint8Array(1)]])(
    'of optional fields refuses %o in its place',
    (value) => {
      const codec = struct<{ a?: number }>('Test.Optional', { a: optional(0, t.int) });
      expect(() => codec.encode(value as never)).toThrowError('Test.Optional: expected an object');
      expect([...codec.encode({})]).toEqual([0x0c]);
    },
  );

  test.each([
    [
      'a tag of 256',
      { a: required(256, t.int) },
      'Test.Tags.a: a tag is a whole number from 0 to 255, not 256',
    ],
    [
      'a tag of 1.5',
      { a: required(1.5, t.int) },
      'Test.Tags.a: a tag is a whole number from 0 to 255, not 1.5',
    ],
    ['a tag twice', { a: required(1, t.int), b: required(1, t.int) }, 'Test.Tags.b: a has the tag 1 too'],
  ])('with %s cannot be made', (_, fields, message) => {
    expect(() => struct<object>('Test.Tags', fields as never)).toThrowError(message);
  });

  test('may have a field __proto__, and no prototype changes', () => {
    const fields = Object.fromEntries([['__proto__', required(0, t.map(t.string, t.int))]]);
    const codec = struct<object>('Test.Odd', fields);
    const value: object = Object.fromEntries([['__proto__', new Map([['polluted', 1]])]]);
    const decoded = codec.decode(codec.encode(value));
    for (const made of [decoded, codec.fromJson?.(codec.toJson?.(decoded)), codec.initial()] as object[]) {
      expect(Object.keys(made)).toEqual(['__proto__']);
      expect(Object.getPrototypeOf(made)).toBe(Object.prototype);
    }
  });

  test('ignores inherited properties', () => {
    const odd = struct<{ constructor?: string; toString?: string }>('Odd', {
      constructor: optional(0, t.string, 'c'),
      toString: optional(1, t.string, 's'),
    });
    expect(odd.decode(odd.encode({} as never))).toEqual({ constructor: 'c', toString: 's' });
  });

  test('has a value to start with', () => {
    expect(Point.initial()).toEqual({ x: 0, y: 5, label: 'none' });
  });
});

describe('errors name the place', () => {
  const leaf = { name: 'leaf', children: [], byName: new Map() };

  test('in a value that is sent', () => {
    const tree = { ...leaf, children: [leaf, { ...leaf, children: [{ ...leaf, name: 7 }] }] };
    expect(() => Node.encode(tree as never)).toThrowError(
      'Test.Node.children[1].children[0].name: expected a string, got 7',
    );
    const map = { ...leaf, byName: new Map([['a', { ...leaf, children: [undefined] }]]) };
    expect(() => Node.encode(map as never)).toThrowError(
      'Test.Node.byName[entry 0].children[0]: expected an object, got nothing',
    );
  });

  test('in bytes that arrive', () => {
    const other = struct<{ list: { name: number }[] }>('Other', {
      list: required(1, t.vector(struct<{ name: number }>('Item', { name: required(0, t.int) }))),
    });
    const name = struct<{ name: string }>('Name', { name: required(0, t.string) }).encode({ name: 'n' });
    const bytes = Buffer.concat([name, other.encode({ list: [{ name: 1 }] })]);
    expect(() => Node.decode(bytes)).toThrowError(/^Test\.Node\.children\[0\]\.name: expected a string/);
  });

  test('and tell nothing of a text that was given instead', () => {
    expect(() => Point.encode({ x: 'a password' } as never)).toThrowError(/got a string$/);
  });
});

describe('keyOf', () => {
  test('is the same exactly for equal members', () => {
    const key = (value: Point) => Point.keyOf(value, ['x', 'label']);
    expect(key({ x: 1, y: 2 })).toBe(key({ x: 1, y: 3, label: 'none' }));
    expect(key({ x: 1 })).not.toBe(key({ x: 2 }));
    expect(key({ x: 1, label: 'a' })).not.toBe(key({ x: 1, label: 'b' }));
  });
});
