/** What the platform calls a server in its reports, with and without a set. */

import type { TarsConf } from '../../config/tars-conf/tars-conf.ts';

/** The name of the module; in a set, the set's name stands behind it: `Chat.RoomServer.roomsz1`. */
export function nameModule({ moduleName, set }: TarsConf): string {
  return set === undefined ? moduleName : `${moduleName}.${set.name}${set.area}${set.group}`;
}

/** The set as the platform writes it, `name.area.group`; empty without one. */
export function nameSet({ set }: TarsConf): string {
  return set === undefined ? '' : `${set.name}.${set.area}.${set.group}`;
}
