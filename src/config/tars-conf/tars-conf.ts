/** What a TARS configuration says to a server, typed. It knows none of our own settings. */

import type { Endpoint } from '../../tars/client/endpoint.ts';

/** One adapter: an address to listen on, and what is spoken there. */
export interface TarsAdapter {
  /** As the platform calls it, `Chat.RoomServer.RoomObjAdapter`. */
  readonly name: string;
  /** The object's name, `Chat.RoomServer.RoomObj`; empty if the section does not say. */
  readonly servant: string;
  readonly endpoint: Endpoint;
  /** `not_tars` for HTTP and WebSocket, `tars` for servants. */
  readonly protocol: string;
  /** The line of its endpoint. */
  readonly line: number;
}

/** A part of a set: `name.area.group`. */
export interface SetDivision {
  readonly name: string;
  readonly area: string;
  readonly group: string;
}

export type TarsLogLevel = 'DEBUG' | 'INFO' | 'WARN' | 'ERROR' | 'NONE';

/** The log as the platform wants it: where, how much, and from which level on. */
export interface TarsLog {
  readonly level: TarsLogLevel;
  /** `<logpath>/<app>/<server>/<app>.<server>.log`; absent without a `logpath`. */
  readonly file?: string;
  /** How large a file gets before the next one is begun, in bytes. */
  readonly maxBytes: number;
  /** How many files there are at most, the current one included. */
  readonly files: number;
}

/** What is read from the sections `application`, `client` and `server`. Names of objects may carry their endpoints. */
export interface TarsConf {
  /** The file it was read from. */
  readonly file: string;
  readonly app: string;
  readonly server: string;
  /** What we are called in statistics. Default: `<app>.<server>`. */
  readonly moduleName: string;
  /** Our address as the platform knows it; empty if it does not say. */
  readonly localIp: string;
  /** Present when the server runs in a set. */
  readonly set?: SetDivision;
  /** Where the node daemon finds our admin servant. */
  readonly admin?: Endpoint;
  /** The node daemon's object. */
  readonly node?: string;
  readonly config?: string;
  readonly notify?: string;
  readonly stat?: string;
  readonly property?: string;
  /** The registry's object with its endpoints. */
  readonly locator?: string;
  /** How often statistics and properties are sent, in milliseconds; at least 10 s. */
  readonly reportIntervalMs: number;
  /** How long a call to a servant may take, in milliseconds, unless our settings say otherwise. */
  readonly callTimeoutMs: number;
  /** How long the node daemon waits for us to stop before it kills us, in milliseconds. */
  readonly stopTimeoutMs: number;
  readonly basePath?: string;
  readonly dataPath?: string;
  readonly log: TarsLog;
  /** In the order of the file. */
  readonly adapters: readonly TarsAdapter[];
}
