/**
 * A TARS servant that a room server asks before something happens: who may connect, join and publish. Its interface is
 * tars/hooks.tars, so any TARS language can serve it. Run it with `npx tsx examples/hooks-servant.ts`.
 */

import { fileURLToPath } from 'node:url';
// In a project of your own this is `from 'statecast/tars'`, and the module that `statecast tars2ts tars/hooks.tars` wrote.
import { serveTars, type ServedTars } from '../src/tars.ts';
import { createHooksAdapter, Decision, type HooksServant } from '../src/tars/servants/hooks.ts';

const OBJECT = 'Examples.HooksServer.HooksObj';

/** Where nothing is refused. */
const FINE = { code: 0 };

/** Serves it. Port 0 takes a free one. */
export function serveHooks(endpoint: string): Promise<ServedTars> {
  const adapter = createHooksAdapter(createHooksServant(), {
    failed: (error, func) => console.error(`${func} failed`, error),
  });
  return serveTars({ endpoint, servants: { [OBJECT]: adapter } });
}

/** What `tars.servants` says of it. */
export function describeHooks(port: number): { object: string } {
  return { object: `${OBJECT}@tcp -h 127.0.0.1 -p ${port}` };
}

function createHooksServant(): HooksServant {
  return {
    /** A session is looked up by its cookie, which the settings pass on: `headers: ['cookie']`. */
    async connect({ client }) {
      const user = /\bsession=(\w+)/.exec(client.headers?.get('cookie') ?? '')?.[1] ?? '';
      return {
        ret: Decision.allow,
        answer: { user, infoJson: JSON.stringify({ name: user }), metaJson: '{"plan":"free"}' },
        reason: FINE,
      };
    },
    async refresh() {
      return { ret: Decision.allow, answer: {}, reason: FINE };
    },
    /** A room `team:NAME` is for users only. */
    async subscribe({ client, channel }) {
      if (channel.startsWith('team:') && !client.user) {
        return { ret: Decision.refuse, answer: {}, reason: { code: 403, message: 'log in first' } };
      }
      return {
        ret: Decision.allow,
        answer: { dataJson: JSON.stringify({ welcome: channel }) },
        reason: FINE,
      };
    },
    async publish({ dataJson }) {
      if (dataJson.includes('spam')) {
        return { ret: Decision.close, answer: {}, reason: { code: 4500, message: 'no spam' } };
      }
      return { ret: Decision.allow, answer: { tags: new Map([['checked', 'yes']]) }, reason: FINE };
    },
    async rpc({ client, method }) {
      return {
        ret: Decision.allow,
        resultJson: JSON.stringify({ method, meta: client.metaJson }),
        reason: FINE,
      };
    },
    async subRefresh() {
      return { ret: Decision.allow, answer: {}, reason: FINE };
    },
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { address } = await serveHooks('tcp -h 127.0.0.1 -p 14010');
  console.log(`asked at ${describeHooks(address.port).object}`);
}
