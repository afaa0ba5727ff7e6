/** The names of a server in reports to its TARS platform, with and without a set. */

import type { TarsConf } from '../../config/tars-conf/tars-conf.ts';

/** The name of the module; in a set, followed by the set's name: `Chat.RoomServer.roomsz1`. */
export function nameModule({ moduleName, set }: TarsConf): string {
  return set === undefined ? moduleName : `${moduleName}.${set.name}${set.area}${set.group}`;
}

/** The set as the platform writes it, `name.area.group`; empty without one. */
export function nameSet({ set }: TarsConf): string {
  return set === undefined ? '' : `${set.name}.${set.area}.${set.group}`;
}
