/** What stands in a room's file: JSON with one member a line, for people to read. It knows no file system. */

import * as z from 'zod';
import type { StoredMember } from './membership-store.ts';
import { roomFileName } from './room-file-name.ts';

/** Rises when an older server could no longer read the file. */
const SCHEMA = 1;

/** A room's file, read. */
export interface RoomFile {
  readonly room: string;
  /** By the member's id: its line, encoded once, since every write writes all of them. */
  readonly lines: ReadonlyMap<string, string>;
}

/** A file's content as a room, or one clause that says what is wrong with it. */
export type ParsedRoomFile =
  | { readonly ok: true; readonly file: RoomFile }
  | { readonly ok: false; readonly problem: string };

// Strict: a field that is not known here would be lost with the next write.
const schema = z.strictObject({
  schema: z.literal(SCHEMA),
  room: z.string(),
  members: z.array(
    z.strictObject({
      id: z.string(),
      user: z.string().exactOptional(),
      joinedAt: z.number(),
      awaySince: z.number().exactOptional(),
    }),
  ),
});

/** Reads a file's bytes. `fileName` is checked against the room's name inside. */
export function parseRoomFile(bytes: Uint8Array, fileName: string): ParsedRoomFile {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    return fail(`it is not JSON (${error instanceof Error ? error.message : 'unreadable'})`);
  }
  const version = z.object({ schema: z.int() }).safeParse(json);
  if (version.success && version.data.schema !== SCHEMA) {
    return fail(`it has schema ${version.data.schema}, and this server reads schema ${SCHEMA} only`);
  }
  const content = schema.safeParse(json);
  if (!content.success) return fail(describeIssue(content.error.issues[0]));
  const { room, members } = content.data;
  if (roomFileName(room) !== fileName)
    return fail(`it is not the file of the room it names, ${JSON.stringify(room)}`);
  const lines = new Map(members.map((member) => [member.id, encodeMember(member)]));
  if (lines.size < members.length) return fail('two members in it have the same id');
  return { ok: true, file: { room, lines } };
}

export function encodeRoomFile({ room, lines }: RoomFile): string {
  const list = [...lines.values()].join(',\n');
  return `{\n  "schema": ${SCHEMA},\n  "room": ${JSON.stringify(room)},\n  "members": [\n${list}\n  ]\n}\n`;
}

/** A member's line. Fields are picked by name: an unknown one would make the file unreadable. */
export function encodeMember({ id, user, joinedAt, awaySince }: StoredMember): string {
  return `    ${JSON.stringify({ id, user, joinedAt, awaySince })}`;
}

/** The member of a line that {@link encodeMember} made. */
export function decodeMember(line: string): StoredMember {
  return JSON.parse(line) as StoredMember;
}

function fail(problem: string): ParsedRoomFile {
  return { ok: false, problem };
}

function describeIssue(issue: z.core.$ZodIssue | undefined): string {
  const path = issue?.path.join('.') ?? '';
  const what = issue?.message ?? 'invalid';
  return path === '' ? `its shape is wrong (${what})` : `its shape is wrong (${path}: ${what})`;
}
