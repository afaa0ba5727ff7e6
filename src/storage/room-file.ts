/** The content of a room's file: JSON with one member on each line, so that people can read it. */

import * as z from 'zod';
import type { StoredMember } from './membership-store.ts';
import { roomFileName } from './room-file-name.ts';

/** Increased when older servers cannot read the file any more. */
const SCHEMA = 1;

/** A parsed room file. */
export interface RoomFile {
  readonly room: string;
  /** The encoded line of each member by id. It is encoded once, because every write writes all members. */
  readonly lines: ReadonlyMap<string, string>;
}

/** A parsed file, or a clause that says what is wrong with it. */
export type ParsedRoomFile =
  | { readonly ok: true; readonly file: RoomFile }
  | { readonly ok: false; readonly problem: string };

// Strict: an unknown field would be lost with the next write.
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

/** It is made once: to make one takes longer than to read a file. */
const versionSchema = z.object({ schema: z.int() });

/** Parses the bytes of a file. Its name must match the name of the room inside. */
export function parseRoomFile(bytes: Uint8Array, fileName: string): ParsedRoomFile {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    return fail(`it is not JSON (${error instanceof Error ? error.message : 'unreadable'})`);
  }
  const content = schema.safeParse(json);
  if (!content.success) {
    const version = versionSchema.safeParse(json);
    return version.success && version.data.schema !== SCHEMA
      ? fail(`it has schema ${version.data.schema}, and this server reads schema ${SCHEMA} only`)
      : fail(describeIssue(content.error.issues[0]));
  }
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

/** The line of a member. Only known fields are written: others would make the file unreadable. */
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
