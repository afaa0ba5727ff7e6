/**
 * The names of all keys and channels in Redis. The name of a room stands in a hash tag, so that all keys of a room are on
 * one slot of a cluster, and on one server where rooms are spread over several.
 */

export class RedisKeys {
  readonly #prefix: string;

  /** @param prefix Without braces, which would be a hash tag. */
  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  /** Channel of publications, joins and leaves of a room. */
  live(room: string): string {
    return this.#ofRoom('live', room);
  }

  /** Stream of the publications that are kept; the id of an entry is its offset. */
  stream(room: string): string {
    return this.#ofRoom('stream', room);
  }

  /** Hash with epoch, offset and version of a stream, and what the script of publishing remembers. */
  position(room: string): string {
    return this.#ofRoom('pos', room);
  }

  /** The result of a publication with an idempotency key. */
  done(room: string, key: string): string {
    return `${this.#ofRoom('done', room)}:${key}`;
  }

  /** Hash of who is present. */
  here(room: string): string {
    return this.#ofRoom('here', room);
  }

  /** Sorted set of those who are present, by the time until which they are, in milliseconds by the clock of Redis. */
  until(room: string): string {
    return this.#ofRoom('until', room);
  }

  /** Hash of the number of connections of each user who is present. */
  users(room: string): string {
    return this.#ofRoom('users', room);
  }

  /** Hash of durable members, each with its node. */
  roster(room: string): string {
    return this.#ofRoom('roster', room);
  }

  /** Set of where a user is away: the id of the member and the room, as JSON. */
  away(user: string): string {
    return `${this.#prefix}:away:{${escapeTag(user)}}`;
  }

  /** The number of the format. */
  get format(): string {
    return `${this.#prefix}:{nodes}:format`;
  }

  /** An id of all that a server keeps; each of several servers has its own. */
  get data(): string {
    return `${this.#prefix}:{nodes}:data`;
  }

  /** Hash with an id of all that is kept, and the number of the newest lease. */
  get leases(): string {
    return `${this.#prefix}:{nodes}:leases`;
  }

  /** Sorted set of the leases of nodes, by their ends, in milliseconds by the clock of Redis. */
  get nodes(): string {
    return `${this.#prefix}:{nodes}`;
  }

  /** Set of the rooms that a node looks after, by its lease. */
  roomsOf(lease: string): string {
    return `${this.#prefix}:{nodes}:rooms:${lease}`;
  }

  /** Set of the rooms that nobody looks after: their nodes have no lease any more. */
  get orphans(): string {
    return `${this.#prefix}:{nodes}:orphans`;
  }

  /** Channel on which a node tells that it has ended. */
  get ended(): string {
    return `${this.#prefix}:{nodes}:ended`;
  }

  /** Stream of orders to all nodes. */
  get orders(): string {
    return `${this.#prefix}:{control}:orders`;
  }

  /** Channel of orders and questions to all nodes. */
  get control(): string {
    return `${this.#prefix}:{control}`;
  }

  /** Channel of what is for one node. */
  node(id: string): string {
    return `${this.#prefix}:{control}:node:${id}`;
  }

  /** Channel on which a node hears itself. */
  probe(node: string): string {
    return `${this.#prefix}:{probe:${escapeTag(node)}}`;
  }

  /** Channel of messages to all sockets. */
  get everybody(): string {
    return `${this.#prefix}:{control}:everybody`;
  }

  /** Set of the rooms that are muted. */
  get muted(): string {
    return `${this.#prefix}:{control}:muted`;
  }

  /** Hash of revocations. */
  get revocations(): string {
    return `${this.#prefix}:{control}:revocations`;
  }

  /** Sorted set of the events of a webhook that a node has yet to deliver, in their order. */
  outbox(webhook: string, node: string): string {
    return `${this.outboxes(webhook)}:${node}`;
  }

  /** Set of the nodes that have an outbox of a webhook, or have left one. */
  outboxes(webhook: string): string {
    return `${this.#prefix}:outbox:{${escapeTag(webhook)}}`;
  }

  /** Set of the rooms that the receiver of a webhook knows to be occupied. */
  occupied(webhook: string): string {
    return `${this.#prefix}:occupied:{${escapeTag(webhook)}}`;
  }

  #ofRoom(kind: string, room: string): string {
    return `${this.#prefix}:${kind}:{${escapeTag(room)}}`;
  }
}

/** The part of a key that decides where it is. */
export function tagOf(key: string): string {
  const open = key.indexOf('{');
  const close = open === -1 ? -1 : key.indexOf('}', open + 1);
  return close <= open + 1 ? key : key.slice(open + 1, close);
}

/** A hash tag ends with its first closing brace, and an empty one is none. */
function escapeTag(text: string): string {
  if (text === '') return '%';
  return text.includes('}') || text.includes('%') ? text.replaceAll('%', '%25').replaceAll('}', '%7D') : text;
}
