/**
 * A project of your own that lives on a TARS platform. The node daemon starts it with the platform's configuration:
 * `node main.js --config=FILE`. At home, `node main.js` serves at 127.0.0.1:8000 with the settings below.
 */

import { createRequire } from 'node:module';
import { drop, serve } from 'statecast';

const { version } = createRequire(import.meta.url)('./package.json');

const { server, address, log } = await serve({
  version,
  rooms: {
    '*': {
      onMessage: ({ data }) => (data === 'spam' ? drop('no spam here') : undefined),
    },
  },
  routes: {
    'GET /version': () => version,
  },
});

server.on('member.joined', ({ room }) => void server.publish(room, 'somebody came in'));
log.info({ address }, 'my rooms are open');
console.log(`listening on http://${address.host}:${address.port}/`);
