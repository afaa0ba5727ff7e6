/** What it takes to be a TARS type: how its values are written, read and made when they are absent. */

import type { TarsReader } from './reader.ts';
import type { TarsWriter } from './writer.ts';

/**
 * A value as it was decoded: what may be left out when sending is there, since absent fields get their defaults.
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
  /** Writes header and value. @throws {TarsEncodeError} when the value is not of this type. */
  write(this: void, writer: TarsWriter, tag: number, value: T): void;
  /** Reads the value whose header was just read. @throws {TarsDecodeError} */
  read(this: void, reader: TarsReader): Decoded<T>;
  /** What an absent field without a default of its own is: 0, '', empty. */
  readonly initial: () => Decoded<T>;
  /** The value as JSON; a type without it is JSON as it is (see json.ts). */
  toJson?(value: Decoded<T>): unknown;
  /**
   * A value from JSON (see json.ts), as far as JSON lacks its kind; whether it fits is judged when it is written. What is not
   * even of the right shape is passed on as it is, to be refused there.
   */
  fromJson?(json: unknown): unknown;
}
