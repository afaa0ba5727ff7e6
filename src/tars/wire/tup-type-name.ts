/** The names of types in TUP version 2. They are found out by letting a type read from a probe. */

import { TarsReader } from './reader.ts';
import type { TarsType } from './tars-type.ts';
import { WIRE } from './wire-type.ts';

/**
 * The name of a type as other TARS languages write it: `int32`, `list<char>`, `map<string,int64>`, `Module.Struct`.
 * The name of a struct inside a list or a map is not known here; it is `struct`.
 */
export function tupTypeName(type: TarsType<unknown>): string {
  if ('name' in type && typeof type.name === 'string') return type.name;
  const probe = new TypeProbe();
  const value = type.read(probe);
  return nameOf(value, probe.leaves);
}

/** A reader that returns one empty value for each read, and notes what was read. */
class TypeProbe extends TarsReader {
  readonly leaves: string[] = [];

  constructor() {
    super(new Uint8Array(0));
  }

  #note<Value>(name: string, value: Value): Value {
    this.leaves.push(name);
    return value;
  }

  override integer(widest: number): number {
    return this.#note(INTEGER_NAMES[widest] ?? 'int32', 0);
  }
  override long(): number {
    return this.#note('int64', 0);
  }
  override float(): number {
    return this.#note('float', 0);
  }
  override double(): number {
    return this.#note('double', 0);
  }
  override string(): string {
    return this.#note('string', '');
  }
  override bytes(): Uint8Array {
    return this.#note('list<char>', new Uint8Array(0));
  }
  override beginStruct(): void {
    this.#note('struct', undefined);
  }
  override beginList(): number {
    return 1;
  }
  override beginMap(): number {
    return 1;
  }
  override seek(): boolean {
    return false;
  }
  override require(): void {}
  override endStruct(): void {}
  override leave(): void {}
}

const INTEGER_NAMES: Readonly<Record<number, string>> = {
  [WIRE.int8]: 'char',
  [WIRE.int16]: 'short',
  [WIRE.int32]: 'int32',
};

/** Builds the name from the shape of the read value, and takes the noted names in their order. */
function nameOf(value: unknown, leaves: string[]): string {
  if (Array.isArray(value)) return `list<${nameOf(value[0], leaves)}>`;
  if (value instanceof Map) {
    const [[key, item]] = [...value] as [[unknown, unknown]];
    const keyName = nameOf(key, leaves);
    return `map<${keyName},${nameOf(item, leaves)}>`;
  }
  const leaf = leaves.shift()!;
  return typeof value === 'boolean' ? 'bool' : leaf;
}
