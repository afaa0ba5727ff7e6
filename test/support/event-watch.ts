/** Waits for events of a server's event bus, and records them. */

import type { ServerEventName, ServerEvents, StatecastServer } from '../../src/index.ts';

/** Resolves to the next matching event with this name. Call it before the code that causes the event. */
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

/** All events with this name from now on. */
export function keepEvents<Name extends ServerEventName>(
  server: StatecastServer,
  name: Name,
): readonly ServerEvents[Name][] {
  const events: ServerEvents[Name][] = [];
  server.on(name, (event) => events.push(event));
  return events;
}
