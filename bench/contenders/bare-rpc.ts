/** Calls the servant with `@tars/rpc` alone, so many calls in flight, and tells how many it made. */

import { sleep } from '../load/crowd.ts';
import type { Span } from '../load/jobs.ts';
import { beginSpan, warmUp } from '../load/span.ts';
import { connectBare, NAME } from './node-tars.ts';

const [port = 0, inFlight = 0, warmUpMs = 0, measureMs = 0] = process.argv.slice(2).map(Number);

process.on('disconnect', () => process.exit());
const proxy = connectBare(port);
const callers = { isOpen: true };
let done = 0;
const calling = Promise.all(Array.from({ length: inFlight }, call));
await warmUp(process.pid, warmUpMs);
const endSpan = beginSpan(process.pid, () => ({ done, deliveries: 0 }));
await sleep(measureMs);
const span: Span = endSpan();
callers.isOpen = false;
await calling;
process.send?.(span);

async function call(): Promise<void> {
  while (callers.isOpen) {
    const { response } = await proxy.getUsrName(NAME, {});
    if (response.arguments.sValue2 !== NAME) throw new Error('the servant answered something else');
    done += 1;
  }
}
