/**
 * What people say in a room, as the data of a publication. A text alone is what the line protocol sends too; with a name
 * it is `{"text":…,"name":…}`. The name is the sender's own choice and proves nothing.
 */

/** In UTF-16 units; a longer name is cut. */
export const MAX_NAME_LENGTH = 40;

export interface Said {
  readonly text: string;
  /** The name that the sender goes by, if any. */
  readonly name?: string;
}

/** Makes the data of a message. Without a name it is a plain text, so that every client can show it. */
export function writeSaid({ text, name }: Said): string | { readonly text: string; readonly name: string } {
  return name === undefined ? text : { text, name };
}

/** Reads the data of any publication; what is no message of these pages is shown as JSON. */
export function readSaid(data: unknown): Said {
  if (typeof data === 'string') return { text: data };
  const { text, name } = Object(data) as Record<string, unknown>;
  if (typeof text !== 'string') return { text: JSON.stringify(data) };
  const claimed = readName(name);
  return { text, ...(claimed !== undefined && { name: claimed }) };
}

/** Reads the frame of a message on the line protocol, where objects come as their JSON. */
export function readSaidLine(frame: string): Said {
  if (!frame.startsWith('{')) return { text: frame };
  try {
    const data: unknown = JSON.parse(frame);
    return typeof Object(data).text === 'string' ? readSaid(data) : { text: frame };
  } catch {
    return { text: frame };
  }
}

/** A name in one line and of bounded length; `undefined` if nothing is left of it. */
export function readName(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const name = value.replace(/\s+/g, ' ').trim();
  if (name === '') return undefined;
  return name.length > MAX_NAME_LENGTH ? `${name.slice(0, MAX_NAME_LENGTH - 1)}…` : name;
}
