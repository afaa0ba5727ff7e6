/** Waits for, and keeps, what a server tells on its event bus. */

import type { ServerEventName, ServerEvents, StatecastServer } from '../../src/index.ts';

/** The next event of a name that matches; ask before whatever brings it about. */
export function nextEvent<Name extends ServerEventName>(
  server: StatecastServer,
  name: Name,
  matches: (event: ServerEvents[Name]) => boolean = () => true,
): Promise<ServerEvents[Name]> {
  return new Promise((resolve) => {
    function listen(event: ServerEvents[Name]): void {
      if (!matches(event)) return;
      server.off(name, listen);
      resolve(event);
    }
    server.on(name, listen);
  });
}

/** All events of a name from now on. */
export function keepEvents<Name extends ServerEventName>(
  server: StatecastServer,
  name: Name,
): readonly ServerEvents[Name][] {
  const events: ServerEvents[Name][] = [];
  server.on(name, (event) => events.push(event));
  return events;
}
