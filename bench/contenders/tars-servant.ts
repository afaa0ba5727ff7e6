/** The TARS servant that the room server and `@tars/rpc` call. It does as little as possible. */

import { createServantAdapter } from '../../src/tars/calls/servant-adapter.ts';
import { createServantServer } from '../../src/tars/server/servant-server.ts';
import { method } from '../../src/tars/calls/method.ts';
import { required } from '../../src/tars/wire/struct.ts';
import { t } from '../../src/tars/wire/types.ts';
import { OBJECT } from './node-tars.ts';

const NODE_TARS = {
  getUsrName: method<{ sUsrName: string }, { ret: number; sValue1: string; sValue2: string }>(
    'tars.NodeTars.getUsrName',
    { sUsrName: required(1, t.string) },
    { ret: required(0, t.int), sValue1: required(2, t.string), sValue2: required(3, t.string) },
  ),
};

const adapter = createServantAdapter(NODE_TARS, {
  getUsrName: async ({ sUsrName }) => ({ ret: 0, sValue1: sUsrName, sValue2: sUsrName }),
});
const server = createServantServer({ host: '127.0.0.1', port: 0, servants: new Map([[OBJECT, adapter]]) });
const { port } = await server.listen();
console.log(`servant listening on tcp://127.0.0.1:${port}/`);
