/** The interface of a TARS type: how its values are written and read, and its default. */

import type { TarsReader } from './reader.ts';
import type { TarsWriter } from './writer.ts';

/**
 * A decoded value: properties that may be left out when sending are always present, because absent fields get defaults.
 *
 * @example
 * interface Greeting { name: string; title?: string }
 * // Decoded<Greeting> is { name: string; title: string }
 */
export type Decoded<T> = T extends Uint8Array
  ? T
  : T extends ReadonlyMap<infer Key, infer Value>
    ? Map<Decoded<Key>, Decoded<Value>>
    : T extends readonly (infer Item)[]
      ? Decoded<Item>[]
      : T extends object
        ? { [Name in keyof T]-?: Decoded<T[Name]> }
        : T;

export interface TarsType<T> {
  /** Writes header and value. @throws {TarsEncodeError} if the value does not have this type. */
  write(this: void, writer: TarsWriter, tag: number, value: T): void;
  /** Reads the value whose header was just read. @throws {TarsDecodeError} */
  read(this: void, reader: TarsReader): Decoded<T>;
  /** The value of an absent field without its own default: 0, '', empty. */
  readonly initial: () => Decoded<T>;
  /** Converts the value to JSON (see json.ts); missing if no conversion is needed. */
  toJson?(value: Decoded<T>): unknown;
  /**
   * Converts JSON to a value (see json.ts); missing if no conversion is needed. Whether the value fits is checked when
   * it is written. JSON of the wrong shape is returned as it is or as a `Misfit`, and is refused then.
   *
   * @param depth How many structs, lists and maps the value is in. Default 0.
   */
  fromJson?(json: unknown, depth?: number): unknown;
}
