/**
 * Generated from platform.tars by statecast tars2ts; do not edit.
 *
 * What the objects of a TARS platform and a server on it say to each other, as far as this server speaks it. Names of
 * functions and tags of fields are the platform's; a call carries nothing else of this file.
 */

import {
  type AdapterOptions,
  type CallOptions,
  type Caller,
  type Decoded,
  type Nothing,
  type ServantAdapter,
  type ServantCall,
  createProxy,
  createServantAdapter,
  method,
  optional,
  required,
  struct,
  t,
} from '../runtime.ts';

/** A process that says it lives. */
export interface ServerInfo {
  application: string;
  serverName: string;
  pid: number;
  /** The adapter it is alive on. */
  adapter?: string;
}

/** Encodes and decodes `ServerInfo`. */
export const ServerInfo = struct<ServerInfo>('Platform.ServerInfo', {
  application: required(0, t.string),
  serverName: required(1, t.string),
  pid: required(2, t.int),
  adapter: optional(3, t.string),
});

/** What `Node.keepAlive` takes. */
export interface NodeKeepAliveArgs {
  info: ServerInfo;
}

/** What `Node.keepAlive` gives. */
export interface NodeKeepAliveResult {
  ret: number;
}

/** What `Node.reportVersion` takes. */
export interface NodeReportVersionArgs {
  application: string;
  serverName: string;
  version: string;
}

/** What `Node.reportVersion` gives. */
export interface NodeReportVersionResult {
  ret: number;
}

/** The functions of `Node` as they travel. */
export const NodeMethods = {
  keepAlive: method<NodeKeepAliveArgs, NodeKeepAliveResult>(
    'Platform.Node.keepAlive',
    { info: required(1, ServerInfo) },
    { ret: required(0, t.int) },
  ),
  reportVersion: method<NodeReportVersionArgs, NodeReportVersionResult>(
    'Platform.Node.reportVersion',
    { application: required(1, t.string), serverName: required(2, t.string), version: required(3, t.string) },
    { ret: required(0, t.int) },
  ),
};

/** The node daemon, which starts servers and restarts those it no longer hears of. */
export interface NodeProxy {
  /** Says that a process lives. @return 0, or another number when the daemon does not know the server */
  keepAlive(args: NodeKeepAliveArgs, options?: CallOptions): Promise<Decoded<NodeKeepAliveResult>>;
  /** Says which version runs. @return 0, or another number when the daemon does not know the server */
  reportVersion(
    args: NodeReportVersionArgs,
    options?: CallOptions,
  ): Promise<Decoded<NodeReportVersionResult>>;
}

/** Makes a proxy whose calls travel by `caller`. They reject with `TarsCallError` or `TarsEncodeError`. */
export function createNodeProxy(caller: Caller): NodeProxy {
  return createProxy(NodeMethods, caller);
}

/** The node daemon, which starts servers and restarts those it no longer hears of. */
export interface NodeServant {
  /** Says that a process lives. @return 0, or another number when the daemon does not know the server */
  keepAlive(args: Decoded<NodeKeepAliveArgs>, call: ServantCall): Promise<NodeKeepAliveResult>;
  /** Says which version runs. @return 0, or another number when the daemon does not know the server */
  reportVersion(args: Decoded<NodeReportVersionArgs>, call: ServantCall): Promise<NodeReportVersionResult>;
}

/** Makes the adapter that answers requests with what the servant does; when it fails, `options.failed` is told. */
export function createNodeAdapter(servant: NodeServant, options?: AdapterOptions): ServantAdapter {
  return createServantAdapter(NodeMethods, servant, options);
}

/** What `Admin.notify` takes. */
export interface AdminNotifyArgs {
  command: string;
}

/** What `Admin.notify` gives. */
export interface AdminNotifyResult {
  ret: string;
}

/** The functions of `Admin` as they travel. */
export const AdminMethods = {
  shutdown: method<Nothing, Nothing>('Platform.Admin.shutdown', {}, {}),
  notify: method<AdminNotifyArgs, AdminNotifyResult>(
    'Platform.Admin.notify',
    { command: required(1, t.string) },
    { ret: required(0, t.string) },
  ),
};

/** What the node daemon asks of a server. */
export interface AdminProxy {
  /** Asks it to stop; it answers first. */
  shutdown(options?: CallOptions): Promise<void>;
  /** Has a command carried out. @return what came of it, for a person to read */
  notify(args: AdminNotifyArgs, options?: CallOptions): Promise<Decoded<AdminNotifyResult>>;
}

/** Makes a proxy whose calls travel by `caller`. They reject with `TarsCallError` or `TarsEncodeError`. */
export function createAdminProxy(caller: Caller): AdminProxy {
  return createProxy(AdminMethods, caller);
}

/** What the node daemon asks of a server. */
export interface AdminServant {
  /** Asks it to stop; it answers first. */
  shutdown(call: ServantCall): Promise<void>;
  /** Has a command carried out. @return what came of it, for a person to read */
  notify(args: Decoded<AdminNotifyArgs>, call: ServantCall): Promise<AdminNotifyResult>;
}

/** Makes the adapter that answers requests with what the servant does; when it fails, `options.failed` is told. */
export function createAdminAdapter(servant: AdminServant, options?: AdapterOptions): ServantAdapter {
  return createServantAdapter(AdminMethods, servant, options);
}

/** A file that the platform keeps for servers. */
export interface ConfigInfo {
  application: string;
  /** Empty for a file of the whole application. */
  serverName: string;
  fileName: string;
  ofApplication?: boolean;
  /** For a file of one node: its address. */
  host?: string;
  /** For a file of a set: name.area.group. */
  setDivision?: string;
}

/** Encodes and decodes `ConfigInfo`. */
export const ConfigInfo = struct<ConfigInfo>('Platform.ConfigInfo', {
  application: required(0, t.string),
  serverName: required(1, t.string),
  fileName: required(2, t.string),
  ofApplication: required(3, t.bool, false),
  host: optional(4, t.string),
  setDivision: optional(5, t.string),
});

/** What `Config.loadConfigByInfo` takes. */
export interface ConfigLoadConfigByInfoArgs {
  info: ConfigInfo;
}

/** What `Config.loadConfigByInfo` gives. */
export interface ConfigLoadConfigByInfoResult {
  ret: number;
  content: string;
}

/** The functions of `Config` as they travel. */
export const ConfigMethods = {
  loadConfigByInfo: method<ConfigLoadConfigByInfoArgs, ConfigLoadConfigByInfoResult>(
    'Platform.Config.loadConfigByInfo',
    { info: required(1, ConfigInfo) },
    { ret: required(0, t.int), content: required(2, t.string) },
  ),
};

/** The keeper of configuration files. */
export interface ConfigProxy {
  /** Reads a file. @return 0, or another number when there is no such file */
  loadConfigByInfo(
    args: ConfigLoadConfigByInfoArgs,
    options?: CallOptions,
  ): Promise<Decoded<ConfigLoadConfigByInfoResult>>;
}

/** Makes a proxy whose calls travel by `caller`. They reject with `TarsCallError` or `TarsEncodeError`. */
export function createConfigProxy(caller: Caller): ConfigProxy {
  return createProxy(ConfigMethods, caller);
}

/** The keeper of configuration files. */
export interface ConfigServant {
  /** Reads a file. @return 0, or another number when there is no such file */
  loadConfigByInfo(
    args: Decoded<ConfigLoadConfigByInfoArgs>,
    call: ServantCall,
  ): Promise<ConfigLoadConfigByInfoResult>;
}

/** Makes the adapter that answers requests with what the servant does; when it fails, `options.failed` is told. */
export function createConfigAdapter(servant: ConfigServant, options?: AdapterOptions): ServantAdapter {
  return createServantAdapter(ConfigMethods, servant, options);
}

/** Which function of which server was called by whom, where, and with which return code it ended. */
export interface StatHead {
  masterName: string;
  slaveName: string;
  interfaceName: string;
  masterIp: string;
  slaveIp: string;
  slavePort: number;
  returnValue: number;
  slaveSetName?: string;
  slaveSetArea?: string;
  slaveSetId?: string;
  version?: string;
}

/** Encodes and decodes `StatHead`. */
export const StatHead = struct<StatHead>('Platform.StatHead', {
  masterName: required(0, t.string),
  slaveName: required(1, t.string),
  interfaceName: required(2, t.string),
  masterIp: required(3, t.string),
  slaveIp: required(4, t.string),
  slavePort: required(5, t.int),
  returnValue: required(6, t.int),
  slaveSetName: optional(7, t.string),
  slaveSetArea: optional(8, t.string),
  slaveSetId: optional(9, t.string),
  version: optional(10, t.string),
});

/** How many such calls there were; the times are those of the successful ones, in milliseconds. */
export interface StatBody {
  /** Calls that succeeded. */
  count: number;
  /** Calls without a reply in time. */
  timeoutCount: number;
  /** Calls that failed in any other way. */
  failureCount: number;
  /** How many took at most so long. */
  intervalCount: Map<number, number>;
  totalTime: number;
  maxTime: number;
  minTime: number;
}

/** Encodes and decodes `StatBody`. */
export const StatBody = struct<StatBody>('Platform.StatBody', {
  count: required(0, t.int),
  timeoutCount: required(1, t.int),
  failureCount: required(2, t.int),
  intervalCount: required(3, t.map(t.int, t.int)),
  totalTime: required(4, t.long),
  maxTime: required(5, t.int),
  minTime: required(6, t.int),
});

/** What `Stat.reportMicMsg` takes. */
export interface StatReportMicMsgArgs {
  calls: Map<StatHead, StatBody>;
  fromClient: boolean;
}

/** What `Stat.reportMicMsg` gives. */
export interface StatReportMicMsgResult {
  ret: number;
}

/** The functions of `Stat` as they travel. */
export const StatMethods = {
  reportMicMsg: method<StatReportMicMsgArgs, StatReportMicMsgResult>(
    'Platform.Stat.reportMicMsg',
    { calls: required(1, t.map(StatHead, StatBody)), fromClient: required(2, t.bool) },
    { ret: required(0, t.int) },
  ),
};

/** The collector of call statistics. */
export interface StatProxy {
  /** Adds statistics, which the caller of the calls made or their servant. */
  reportMicMsg(args: StatReportMicMsgArgs, options?: CallOptions): Promise<Decoded<StatReportMicMsgResult>>;
}

/** Makes a proxy whose calls travel by `caller`. They reject with `TarsCallError` or `TarsEncodeError`. */
export function createStatProxy(caller: Caller): StatProxy {
  return createProxy(StatMethods, caller);
}

/** The collector of call statistics. */
export interface StatServant {
  /** Adds statistics, which the caller of the calls made or their servant. */
  reportMicMsg(args: Decoded<StatReportMicMsgArgs>, call: ServantCall): Promise<StatReportMicMsgResult>;
}

/** Makes the adapter that answers requests with what the servant does; when it fails, `options.failed` is told. */
export function createStatAdapter(servant: StatServant, options?: AdapterOptions): ServantAdapter {
  return createServantAdapter(StatMethods, servant, options);
}

/** Which number of which server. */
export interface PropertyHead {
  moduleName: string;
  ip: string;
  propertyName: string;
  setName?: string;
  setArea?: string;
  setId?: string;
  container?: string;
  version?: number;
}

/** Encodes and decodes `PropertyHead`. */
export const PropertyHead = struct<PropertyHead>('Platform.PropertyHead', {
  moduleName: required(0, t.string),
  ip: required(1, t.string),
  propertyName: required(2, t.string),
  setName: optional(3, t.string),
  setArea: optional(4, t.string),
  setId: optional(5, t.string),
  container: optional(6, t.string),
  version: optional(7, t.int, 1),
});

/** A value, and how the platform puts several together: Sum, Avg, Count, Max or Min. */
export interface PropertyValue {
  policy: string;
  value: string;
}

/** Encodes and decodes `PropertyValue`. */
export const PropertyValue = struct<PropertyValue>('Platform.PropertyValue', {
  policy: required(0, t.string),
  value: required(1, t.string),
});

export interface PropertyBody {
  values: PropertyValue[];
}

/** Encodes and decodes `PropertyBody`. */
export const PropertyBody = struct<PropertyBody>('Platform.PropertyBody', {
  values: required(0, t.vector(PropertyValue)),
});

/** What `Property.reportPropMsg` takes. */
export interface PropertyReportPropMsgArgs {
  numbers: Map<PropertyHead, PropertyBody>;
}

/** What `Property.reportPropMsg` gives. */
export interface PropertyReportPropMsgResult {
  ret: number;
}

/** The functions of `Property` as they travel. */
export const PropertyMethods = {
  reportPropMsg: method<PropertyReportPropMsgArgs, PropertyReportPropMsgResult>(
    'Platform.Property.reportPropMsg',
    { numbers: required(1, t.map(PropertyHead, PropertyBody)) },
    { ret: required(0, t.int) },
  ),
};

/** The collector of servers' numbers. */
export interface PropertyProxy {
  reportPropMsg(
    args: PropertyReportPropMsgArgs,
    options?: CallOptions,
  ): Promise<Decoded<PropertyReportPropMsgResult>>;
}

/** Makes a proxy whose calls travel by `caller`. They reject with `TarsCallError` or `TarsEncodeError`. */
export function createPropertyProxy(caller: Caller): PropertyProxy {
  return createProxy(PropertyMethods, caller);
}

/** The collector of servers' numbers. */
export interface PropertyServant {
  reportPropMsg(
    args: Decoded<PropertyReportPropMsgArgs>,
    call: ServantCall,
  ): Promise<PropertyReportPropMsgResult>;
}

/** Makes the adapter that answers requests with what the servant does; when it fails, `options.failed` is told. */
export function createPropertyAdapter(servant: PropertyServant, options?: AdapterOptions): ServantAdapter {
  return createServantAdapter(PropertyMethods, servant, options);
}

/** What a message is: the doings of a server, or an alarm. */
export const MessageKind = {
  report: 0,
  alarm: 1,
} as const;
export type MessageKind = (typeof MessageKind)[keyof typeof MessageKind];

export const MessageLevel = {
  normal: 0,
  warning: 1,
  error: 2,
} as const;
export type MessageLevel = (typeof MessageLevel)[keyof typeof MessageLevel];

/** A message about a server. */
export interface Message {
  kind: MessageKind;
  application: string;
  setName: string;
  container: string;
  serverName: string;
  text: string;
  threadId?: string;
  level?: MessageLevel;
}

/** Encodes and decodes `Message`. */
export const Message = struct<Message>('Platform.Message', {
  kind: required(1, t.enum(MessageKind)),
  application: required(2, t.string),
  setName: required(3, t.string),
  container: required(4, t.string),
  serverName: required(5, t.string),
  text: required(6, t.string),
  threadId: optional(7, t.string),
  level: optional(8, t.enum(MessageLevel), MessageLevel.normal),
});

/** What `Notify.reportNotifyInfo` takes. */
export interface NotifyReportNotifyInfoArgs {
  message: Message;
}

/** The functions of `Notify` as they travel. */
export const NotifyMethods = {
  reportNotifyInfo: method<NotifyReportNotifyInfoArgs, Nothing>(
    'Platform.Notify.reportNotifyInfo',
    { message: required(1, Message) },
    {},
  ),
};

/** The collector of messages. */
export interface NotifyProxy {
  reportNotifyInfo(args: NotifyReportNotifyInfoArgs, options?: CallOptions): Promise<void>;
}

/** Makes a proxy whose calls travel by `caller`. They reject with `TarsCallError` or `TarsEncodeError`. */
export function createNotifyProxy(caller: Caller): NotifyProxy {
  return createProxy(NotifyMethods, caller);
}

/** The collector of messages. */
export interface NotifyServant {
  reportNotifyInfo(args: Decoded<NotifyReportNotifyInfoArgs>, call: ServantCall): Promise<void>;
}

/** Makes the adapter that answers requests with what the servant does; when it fails, `options.failed` is told. */
export function createNotifyAdapter(servant: NotifyServant, options?: AdapterOptions): ServantAdapter {
  return createServantAdapter(NotifyMethods, servant, options);
}
