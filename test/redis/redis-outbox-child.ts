/** The process that redis-outbox.test.ts kills: it appends events to an outbox without end, and prints how many are written. */

import { connectDirectly } from '../../src/redis/direct-redis-harness.ts';
import { RedisKeys } from '../../src/redis/keys.ts';
import { systemClock } from '../../src/system/clock.ts';
import { nextTurn } from '../../src/system/turns.ts';
import { OUTBOX_SCRIPTS } from '../../src/webhooks/outbox/redis-outbox-scripts.ts';
import { createRedisOutboxes } from '../../src/webhooks/outbox/redis-outbox.ts';

const [url = '', prefix = '', node = ''] = process.argv.slice(2);
/** It ends after some seconds of work if it is not killed. */
const MAX_EVENTS = 30_000;
const PER_TURN = 3;

const redis = await connectDirectly(url, OUTBOX_SCRIPTS);
const create = createRedisOutboxes({
  redis,
  keys: new RedisKeys(prefix),
  node,
  living: async () => new Set(),
});
const outbox = create('crm', {
  maxEvents: MAX_EVENTS,
  maxBytes: 10_000_000,
  clock: systemClock,
  state: () => '{}',
  onTrouble: ({ error }) => {
    throw error;
  },
  onDropped: () => undefined,
});
await outbox.open();
for (let number = 0; number < MAX_EVENTS;) {
  for (let index = 0; index < PER_TURN; index += 1, number += 1) {
    outbox.append({ kind: 'event', text: JSON.stringify({ id: `e${number}`, time: 1 }) });
  }
  const appended = number;
  void outbox.written?.().then(() => process.stdout.write(`${appended}\n`));
  await nextTurn();
}
await outbox.close();
await redis.close();
