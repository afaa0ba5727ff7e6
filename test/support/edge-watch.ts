/** Waits for, and keeps, what a server tells on its edge bus. */

import type { EdgeEventName, EdgeEvents, StatecastServer } from '../../src/index.ts';

/** The next event of a name that matches; ask before whatever brings it about. */
export function nextEvent<Name extends EdgeEventName>(
  server: StatecastServer,
  name: Name,
  matches: (event: EdgeEvents[Name]) => boolean = () => true,
): Promise<EdgeEvents[Name]> {
  return new Promise((resolve) => {
    function listen(event: EdgeEvents[Name]): void {
      if (!matches(event)) return;
      server.off(name, listen);
      resolve(event);
    }
    server.on(name, listen);
  });
}

/** All events of a name from now on. */
export function keepEvents<Name extends EdgeEventName>(
  server: StatecastServer,
  name: Name,
): readonly EdgeEvents[Name][] {
  const events: EdgeEvents[Name][] = [];
  server.on(name, (event) => events.push(event));
  return events;
}
