/**
 * The orders to all nodes as a stream in Redis, which also publishes each of them. One node takes each order once and in
 * their order, those that it did not hear included. What the orders say is not known here.
 */

import type { RedisKeys } from '../../redis/keys.ts';
import type { Redis, RedisReply, RedisScript } from '../../redis/redis.ts';

/** What scripts publish with: on a cluster, only the servers of one slot are told. */
export function publishCommand({ isSharded }: Pick<Redis, 'isSharded'>): 'PUBLISH' | 'SPUBLISH' {
  return isSharded ? 'SPUBLISH' : 'PUBLISH';
}

/** Before the words of an order that is in the stream. */
export const ORDER_LETTER = 'o';

/** Orders that are kept for nodes that do not hear them at once. */
const MAX_ORDERS = 10_000;
const MAX_AGE_MS = 10 * 60_000;
const MAX_BYTES = 16 * 1024 * 1024;
const PAGE_SIZE = 100;
/** Orders that wait while the stream is read; it has them as well. */
const MAX_WAITING = 1_000;

/**
 * Adds an order, and publishes it with its id, the id of the one before and the epoch of the stream, by which a node sees
 * that it has missed one. A stream that was lost begins with another epoch. An entry knows how many bytes all orders have
 * had up to it, so the oldest one and the latest one tell how many are kept.
 */
export const GIVE_ORDER: RedisScript = {
  name: 'giveOrder',
  text: `
local body, most, age, bytes, epoch, publish, letter = unpack(ARGV)
local previous, total = '0-0', #body
local latest = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
if latest then
  previous = latest[1]
  epoch = latest[2][2]
  total = total + (tonumber(latest[2][8]) or 0)
end
local id = redis.call('XADD', KEYS[1], 'MAXLEN', '~', most, '*',
  'epoch', epoch, 'previous', previous, 'body', body, 'total', string.format('%.0f', total))
local oldest = redis.call('TIME')[1] * 1000 - age
redis.call('XTRIM', KEYS[1], 'MINID', '~', string.format('%.0f', oldest))
if total > tonumber(bytes) then
  -- Some for each that is added: never many at once.
  for _ = 1, 10 do
    local oldest = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', 1)[1]
    local before = (tonumber(oldest[2][8]) or 0) - #oldest[2][6]
    if oldest[1] == id or total - before <= tonumber(bytes) then break end
    redis.call('XDEL', KEYS[1], oldest[1])
  end
end
redis.call(publish, KEYS[2], letter .. id .. ' ' .. previous .. ' ' .. epoch .. ' ' .. body)
return id`,
};

export interface OrderStreamOptions {
  readonly redis: Pick<Redis, 'run' | 'command' | 'isSharded'>;
  readonly keys: RedisKeys;
  /** Names a stream that begins; another one each time. */
  readonly newEpoch: () => string;
  /** Takes an order, and must not throw. */
  readonly take: (body: string) => void;
  /** Orders were lost before this node has read them. */
  readonly onGap: () => void;
}

/** An order that is in the stream. */
interface Entry {
  readonly id: string;
  readonly previous: string;
  readonly epoch: string;
  readonly body: string;
}

export class OrderStream {
  readonly #options: OrderStreamOptions;
  /** The latest order that was taken; undefined until the end of the stream was read once. */
  #latest: { readonly id: string; readonly epoch: string } | undefined;
  /** What came while the stream was read. One without an id is for this node only, and is not in the stream. */
  #waiting: (Entry | { readonly body: string })[] = [];
  #reading: Promise<void> | undefined;
  #readsAgain = false;

  constructor(options: OrderStreamOptions) {
    this.#options = options;
  }

  async give(body: string): Promise<void> {
    const { redis, keys, newEpoch } = this.#options;
    const limits = [MAX_ORDERS, MAX_AGE_MS, MAX_BYTES].map(String);
    const words = [body, ...limits, newEpoch(), publishCommand(redis), ORDER_LETTER];
    await redis.run(GIVE_ORDER, [keys.orders, keys.control], words);
  }

  /** Finds the end of the stream, once: what was ordered before is not for this node. */
  async begin(): Promise<void> {
    if (this.#latest !== undefined) return;
    const [latest] = await this.#read('XREVRANGE', '+', '-', 1);
    this.#latest ??= latest ?? { id: '0-0', epoch: '' };
  }

  /** Takes the words of a published order, without their letter. */
  hear(words: string): void {
    const entry = parseWords(words);
    if (this.#isBusy) this.#wait(entry);
    else this.#takeNext(entry);
  }

  /** Takes an order that is for this node only, after those that were heard before it. */
  hearOwn(body: string): void {
    if (this.#isBusy) this.#wait({ body });
    else this.#options.take(body);
  }

  /** Reads what was missed. */
  catchUp(): Promise<void> {
    this.#readsAgain = true;
    this.#reading ??= this.#readAll().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  get #isBusy(): boolean {
    return this.#latest === undefined || this.#reading !== undefined;
  }

  #wait(one: Entry | { readonly body: string }): void {
    if (!('id' in one) || this.#waiting.length < MAX_WAITING) this.#waiting.push(one);
    // It is read from the stream, together with what would have come after it.
    else this.#readsAgain = true;
  }

  #takeNext(entry: Entry): void {
    const latest = this.#latest;
    if (latest?.epoch === entry.epoch && latest.id === entry.previous) this.#take(entry);
    else if (latest?.epoch !== entry.epoch || isAfter(entry.id, latest.id)) {
      this.#wait(entry);
      // What fails is read again when the connection is back, as all that was missed meanwhile.
      this.catchUp().catch(() => undefined);
    }
  }

  #take({ id, epoch, body }: Entry): void {
    this.#latest = { id, epoch };
    this.#options.take(body);
  }

  async #readAll(): Promise<void> {
    await this.begin();
    while (this.#readsAgain) {
      this.#readsAgain = false;
      await this.#readOn();
      const waiting = this.#waiting;
      this.#waiting = [];
      for (const one of waiting) {
        if (!('id' in one)) this.#options.take(one.body);
        else if (one.epoch !== this.#latest?.epoch) this.#readsAgain = true;
        else if (one.previous === this.#latest.id) this.#take(one);
        else if (isAfter(one.id, this.#latest.id)) this.#readsAgain = true;
      }
    }
  }

  async #readOn(): Promise<void> {
    for (;;) {
      const after = this.#latest?.id ?? '0-0';
      const entries = await this.#read('XRANGE', `(${after}`, '+', PAGE_SIZE);
      for (const entry of entries) {
        if (entry.epoch !== this.#latest?.epoch) {
          // The stream was lost, and another one has begun: all of it is new.
          if (after !== '0-0') {
            this.#latest = { id: '0-0', epoch: entry.epoch };
            break;
          }
        } else if (entry.previous !== this.#latest.id) this.#options.onGap();
        this.#takeWaitingBefore(entry.id);
        this.#take(entry);
      }
      if (entries.length < PAGE_SIZE && this.#latest?.id === (entries.at(-1)?.id ?? after)) return;
    }
  }

  /** Orders for this node only that were heard before one that is read now. */
  #takeWaitingBefore(id: string): void {
    const at = this.#waiting.findIndex((one) => 'id' in one);
    const known = this.#waiting[at];
    if (known === undefined || !('id' in known) || known.id !== id) return;
    for (const { body } of this.#waiting.splice(0, at + 1).slice(0, -1)) this.#options.take(body);
  }

  async #read(command: string, from: string, to: string, count: number): Promise<Entry[]> {
    const { orders } = this.#options.keys;
    const reply = await this.#options.redis.command(orders, [
      command,
      orders,
      from,
      to,
      'COUNT',
      String(count),
    ]);
    return (reply as readonly RedisReply[]).map(toEntry);
  }
}

function toEntry(reply: RedisReply): Entry {
  const [id, fields] = reply as readonly [string, readonly string[]];
  const [, epoch = '', , previous = '', , body = ''] = fields;
  return { id, previous, epoch, body };
}

function parseWords(words: string): Entry {
  const [id = '', previous = '', epoch = ''] = words.split(' ', 3);
  return { id, previous, epoch, body: words.slice(id.length + previous.length + epoch.length + 3) };
}

/** Ids are a time and a number. */
function isAfter(one: string, other: string): boolean {
  const [time = 0, number = 0] = one.split('-').map(Number);
  const [otherTime = 0, otherNumber = 0] = other.split('-').map(Number);
  return time > otherTime || (time === otherTime && number > otherNumber);
}
