/** The types of a TARS configuration: what the platform tells a server. */

import type { Endpoint } from '../../tars/client/endpoint.ts';

/** An adapter: an address to listen on, and its protocol. */
export interface TarsAdapter {
  /** The name on the platform, `Chat.RoomServer.RoomObjAdapter`. */
  readonly name: string;
  /** The object's name, `Chat.RoomServer.RoomObj`; empty if it is not given. */
  readonly servant: string;
  readonly endpoint: Endpoint;
  /** `not_tars` for HTTP and WebSocket, `tars` for servants. */
  readonly protocol: string;
  /** The line of the endpoint in the file. */
  readonly line: number;
}

/** A part of a set: `name.area.group`. */
export interface SetDivision {
  readonly name: string;
  readonly area: string;
  readonly group: string;
}

export type TarsLogLevel = 'DEBUG' | 'INFO' | 'WARN' | 'ERROR' | 'NONE';

/** The log as the platform configures it. */
export interface TarsLog {
  readonly level: TarsLogLevel;
  /** `<logpath>/<app>/<server>/<app>.<server>.log`; absent without a `logpath`. */
  readonly file?: string;
  /** The largest size of a file, in bytes; then the next file is begun. */
  readonly maxBytes: number;
  /** The largest number of files, including the current one. */
  readonly files: number;
}

/** The values of the sections `application`, `client` and `server`. Names of objects may include their endpoints. */
export interface TarsConf {
  /** The file it was read from. */
  readonly file: string;
  readonly app: string;
  readonly server: string;
  /** The name of this server in statistics. Default: `<app>.<server>`. */
  readonly moduleName: string;
  /** The address of this server on the platform; empty if it is not given. */
  readonly localIp: string;
  /** How many processes serve; 0: one a core. */
  readonly workers: number;
  /** Present when the server runs in a set. */
  readonly set?: SetDivision;
  /** Where the node daemon reaches the admin servant of this server. */
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
  /** The deadline of calls to servants, in milliseconds, unless `tars.callSeconds` is set. */
  readonly callTimeoutMs: number;
  /** How long the node daemon waits for this server to stop before it kills the process, in milliseconds. */
  readonly stopTimeoutMs: number;
  readonly basePath?: string;
  /** The directory of pulled configuration files: `saveTarsConfigFileDir`, relative to `basepath`. */
  readonly configDir?: string;
  /** The configuration files to pull at the start: `saveTarsConfigFileName`. */
  readonly configFiles?: readonly string[];
  readonly dataPath?: string;
  readonly log: TarsLog;
  /** In the order of the file. */
  readonly adapters: readonly TarsAdapter[];
}
