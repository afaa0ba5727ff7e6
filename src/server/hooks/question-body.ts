/** What a backend is told with a question. The field names are those of Centrifugo's proxy. */

import type { QuestionAsker } from '../../actors/backend/asking.ts';
import type { Json } from '../../protocol/command.ts';

/** Which parts of what is known of a client a question passes on. */
export interface Passing {
  /** Headers of the handshake. */
  readonly headers: readonly string[];
  /** Headers that the client only claims. */
  readonly claimedHeaders: readonly string[];
  readonly includeMeta: boolean;
}

/** All that a question may say; each kind has some of it. What is undefined is left out. */
export interface QuestionBody {
  readonly client: string;
  readonly transport: string;
  readonly protocol: string;
  /** Messages are JSON. */
  readonly encoding: 'json';
  readonly user?: string | undefined;
  readonly meta?: Json | undefined;
  readonly name?: string | undefined;
  readonly version?: string | undefined;
  readonly channels?: readonly string[] | undefined;
  readonly channel?: string | undefined;
  readonly token?: string | undefined;
  readonly method?: string | undefined;
  readonly data?: Json | undefined;
}

/** What a kind adds to the description of the client. */
export type BodyPart = Partial<Omit<QuestionBody, 'client' | 'transport' | 'protocol' | 'encoding' | 'meta'>>;

export function toBody(
  { member, facts }: QuestionAsker,
  { includeMeta }: Passing,
  part: BodyPart,
): QuestionBody {
  return {
    client: member.id,
    transport: facts?.transport ?? 'websocket',
    protocol: facts?.protocol ?? 'json',
    encoding: 'json',
    ...part,
    ...(includeMeta && facts?.meta !== undefined && { meta: facts.meta }),
  };
}

/** No control characters except tabs. */
const HEADER_VALUE = /^[\t\x20-\x7e\u0080-\uffff]*$/;
/** A claimed header beyond this length is left out. */
const MAX_CLAIMED_LENGTH = 4_096;

/** Those of the headers that the question passes on, by lower-case name. One that cannot be sent is left out. */
export function pickHeaders(
  headers: Readonly<Record<string, string>> | undefined,
  names: Iterable<string>,
): Record<string, string> {
  const picked: Record<string, string> = {};
  for (const name of names) {
    const key = name.toLowerCase();
    const value = headers !== undefined && Object.hasOwn(headers, key) ? headers[key] : undefined;
    if (value !== undefined && HEADER_VALUE.test(value)) picked[key] = value;
  }
  return picked;
}

/** The same of what a client claims, whose names may have any case. */
export function pickClaimed(
  claimed: Readonly<Record<string, string>> | undefined,
  names: ReadonlySet<string>,
): Record<string, string> {
  if (names.size === 0) return {};
  const byName = Object.entries(claimed ?? {})
    .filter(([, { length }]) => length <= MAX_CLAIMED_LENGTH)
    .map(([name, value]) => [name.toLowerCase(), value] as const);
  return pickHeaders(Object.fromEntries(byName), names);
}
