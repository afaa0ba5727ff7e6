/** Who says something, as the pages show it: a proven user, a guest with or without a chosen name, or the server. */

/** What the server says of a sender. */
export interface Sender {
  /** The id of the connection. */
  readonly client: string;
  /** The proven user; empty for a guest. */
  readonly user: string;
}

export interface Author {
  /** Equal for messages of one sender. */
  readonly key: string;
  readonly name: string;
  /** What tells two guests of the same chosen name apart. */
  readonly tag?: string;
  /** The server has proof of this name. */
  readonly isProven: boolean;
  /** From 0; which of the {@link COLOURS} it has. */
  readonly colour: number;
}

/** How many colours of names there are; the style sheet has them. */
export const COLOURS = 8;

/** Letters of a connection's id that tell guests apart. */
const TAG_LENGTH = 4;

/** @param claimed the name that the sender chose; a proven user's does not count */
export function authorOf({ client, user }: Sender, claimed: string | undefined): Author {
  if (user !== '') return { key: `user ${user}`, name: user, isProven: true, colour: colourOf(user) };
  const tag = `guest ${client.slice(0, TAG_LENGTH)}`;
  const key = `${client} ${claimed ?? ''}`;
  if (claimed === undefined) {
    return { key, name: tag.replace('g', 'G'), isProven: false, colour: colourOf(client) };
  }
  return { key, name: claimed, tag, isProven: false, colour: colourOf(claimed) };
}

/** The author where only the chosen name is known. */
export function claimedAuthor(name: string): Author {
  return { key: `name ${name}`, name, isProven: false, colour: colourOf(name) };
}

/** The author of what no client has sent. */
export const SERVER: Author = { key: 'server', name: 'Server', isProven: true, colour: 0 };

/** The same text has the same colour on every page. */
function colourOf(text: string): number {
  let hash = 0;
  for (let index = 0; index < text.length; index += 1) {
    hash = (Math.imul(hash, 31) + text.charCodeAt(index)) >>> 0;
  }
  return hash % COLOURS;
}
