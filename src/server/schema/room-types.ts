/** The types of messages by room: what TypeScript knows of a room by its name. It has no code. */

import type { Json } from '../../protocol/command.ts';
import type { StandardSchema } from './standard-schema.ts';

/** What a schema takes. Where nothing is known of it, or it takes anything: any JSON. */
export type SchemaInput<Schema> =
  Schema extends StandardSchema<infer Input, unknown> ? (unknown extends Input ? Json : Input) : Json;

/** What a schema makes of what it takes. Where nothing is known of it, or it makes anything: any JSON. */
export type SchemaOutput<Schema> =
  Schema extends StandardSchema<unknown, infer Output> ? (unknown extends Output ? Json : Output) : Json;

/** The patterns of `Rooms` that match a name; never for a name that is only known to be a text. */
type MatchingPatterns<Rooms, Name extends string> = {
  [Pattern in keyof Rooms & string]: Name extends Pattern
    ? Pattern
    : Pattern extends `${infer Prefix}*`
      ? Name extends `${Prefix}${string}`
        ? Pattern
        : never
      : never;
}[keyof Rooms & string];

/** Those of `Others` that begin as `Pattern` does, and are longer. */
type LongerThan<Pattern extends string, Others extends string> = Pattern extends `${infer Prefix}*`
  ? Extract<Others, `${Prefix}${string}`>
  : never;

/** The longest of patterns that match the same name. */
type Longest<All extends string, One extends string = All> = One extends unknown
  ? [LongerThan<One, Exclude<All, One>>] extends [never]
    ? One
    : never
  : never;

/** The schema of a room by its name, as the longest of the patterns that match decides. */
type SchemaOf<Rooms, Name extends string> = Rooms[Longest<MatchingPatterns<Rooms, Name>> & keyof Rooms];

/** What may be published in a room of this name. Any JSON, if the pattern of the room cannot be told. */
export type MessageTo<Rooms, Name extends string> = [MatchingPatterns<Rooms, Name>] extends [never]
  ? Json
  : SchemaInput<SchemaOf<Rooms, Name>>;

/** What is published in a room of this name, after its schema. */
export type MessageOf<Rooms, Name extends string> = [MatchingPatterns<Rooms, Name>] extends [never]
  ? Json
  : SchemaOutput<SchemaOf<Rooms, Name>>;
