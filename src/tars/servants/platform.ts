/**
 * Generated from platform.tars by statecast tars2ts; do not edit.
 *
 * The interfaces between a TARS platform and a server on it, as far as this server uses them. The names of functions
 * and the tags of fields are those of the platform; other names of this file are not sent.
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

/** A running process. */
export interface ServerInfo {
  application: string;
  serverName: string;
  pid: number;
  /** The adapter that it serves. */
  adapter?: string;
}

/** Encodes and decodes `ServerInfo`. */
export const ServerInfo = struct<ServerInfo>('Platform.ServerInfo', {
  application: required(0, t.string),
  serverName: required(1, t.string),
  pid: required(2, t.int),
  adapter: optional(3, t.string),
});

/** The arguments of `Node.keepAlive`. */
export interface NodeKeepAliveArgs {
  info: ServerInfo;
}

/** The result of `Node.keepAlive`. */
export interface NodeKeepAliveResult {
  ret: number;
}

/** The arguments of `Node.reportVersion`. */
export interface NodeReportVersionArgs {
  application: string;
  serverName: string;
  version: string;
}

/** The result of `Node.reportVersion`. */
export interface NodeReportVersionResult {
  ret: number;
}

/** The functions of `Node` with the types of their parameters. */
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

/** The node daemon, which starts servers and restarts those without keep-alives. */
export interface NodeProxy {
  /**
   * Reports that a process is alive. @return 0, or another number when the daemon does not know the server
   */
  keepAlive(args: NodeKeepAliveArgs, options?: CallOptions): Promise<Decoded<NodeKeepAliveResult>>;
  /**
   * Reports the version of a server. @return 0, or another number when the daemon does not know the server
   */
  reportVersion(
    args: NodeReportVersionArgs,
    options?: CallOptions,
  ): Promise<Decoded<NodeReportVersionResult>>;
}

/** Makes a proxy that calls through `caller`. Calls reject with `TarsCallError` or `TarsEncodeError`. */
export function createNodeProxy(caller: Caller): NodeProxy {
  return createProxy(NodeMethods, caller);
}

/** The node daemon, which starts servers and restarts those without keep-alives. */
export interface NodeServant {
  /**
   * Reports that a process is alive. @return 0, or another number when the daemon does not know the server
   */
  keepAlive(args: Decoded<NodeKeepAliveArgs>, call: ServantCall): Promise<NodeKeepAliveResult>;
  /**
   * Reports the version of a server. @return 0, or another number when the daemon does not know the server
   */
  reportVersion(args: Decoded<NodeReportVersionArgs>, call: ServantCall): Promise<NodeReportVersionResult>;
}

/** Makes the adapter that answers requests by calling the servant; `options.failed` gets its errors. */
export function createNodeAdapter(servant: NodeServant, options?: AdapterOptions): ServantAdapter {
  return createServantAdapter(NodeMethods, servant, options);
}

/** The arguments of `Admin.notify`. */
export interface AdminNotifyArgs {
  command: string;
}

/** The result of `Admin.notify`. */
export interface AdminNotifyResult {
  ret: string;
}

/** The functions of `Admin` with the types of their parameters. */
export const AdminMethods = {
  shutdown: method<Nothing, Nothing>('Platform.Admin.shutdown', {}, {}),
  notify: method<AdminNotifyArgs, AdminNotifyResult>(
    'Platform.Admin.notify',
    { command: required(1, t.string) },
    { ret: required(0, t.string) },
  ),
};

/** The interface of a server that the node daemon calls. */
export interface AdminProxy {
  /** Stops the server; it answers first. */
  shutdown(options?: CallOptions): Promise<void>;
  /** Runs a command. @return its result, as a text for people */
  notify(args: AdminNotifyArgs, options?: CallOptions): Promise<Decoded<AdminNotifyResult>>;
}

/** Makes a proxy that calls through `caller`. Calls reject with `TarsCallError` or `TarsEncodeError`. */
export function createAdminProxy(caller: Caller): AdminProxy {
  return createProxy(AdminMethods, caller);
}

/** The interface of a server that the node daemon calls. */
export interface AdminServant {
  /** Stops the server; it answers first. */
  shutdown(call: ServantCall): Promise<void>;
  /** Runs a command. @return its result, as a text for people */
  notify(args: Decoded<AdminNotifyArgs>, call: ServantCall): Promise<AdminNotifyResult>;
}

/** Makes the adapter that answers requests by calling the servant; `options.failed` gets its errors. */
export function createAdminAdapter(servant: AdminServant, options?: AdapterOptions): ServantAdapter {
  return createServantAdapter(AdminMethods, servant, options);
}

/** A configuration file of a server on the platform. */
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

/** The arguments of `Config.loadConfigByInfo`. */
export interface ConfigLoadConfigByInfoArgs {
  info: ConfigInfo;
}

/** The result of `Config.loadConfigByInfo`. */
export interface ConfigLoadConfigByInfoResult {
  ret: number;
  content: string;
}

/** The functions of `Config` with the types of their parameters. */
export const ConfigMethods = {
  loadConfigByInfo: method<ConfigLoadConfigByInfoArgs, ConfigLoadConfigByInfoResult>(
    'Platform.Config.loadConfigByInfo',
    { info: required(1, ConfigInfo) },
    { ret: required(0, t.int), content: required(2, t.string) },
  ),
};

/** The configuration files of the platform. */
export interface ConfigProxy {
  /** Reads a file. @return 0, or another number when there is no such file */
  loadConfigByInfo(
    args: ConfigLoadConfigByInfoArgs,
    options?: CallOptions,
  ): Promise<Decoded<ConfigLoadConfigByInfoResult>>;
}

/** Makes a proxy that calls through `caller`. Calls reject with `TarsCallError` or `TarsEncodeError`. */
export function createConfigProxy(caller: Caller): ConfigProxy {
  return createProxy(ConfigMethods, caller);
}

/** The configuration files of the platform. */
export interface ConfigServant {
  /** Reads a file. @return 0, or another number when there is no such file */
  loadConfigByInfo(
    args: Decoded<ConfigLoadConfigByInfoArgs>,
    call: ServantCall,
  ): Promise<ConfigLoadConfigByInfoResult>;
}

/** Makes the adapter that answers requests by calling the servant; `options.failed` gets its errors. */
export function createConfigAdapter(servant: ConfigServant, options?: AdapterOptions): ServantAdapter {
  return createServantAdapter(ConfigMethods, servant, options);
}

/** The calls that a count is about: caller, server, function, address and return code. */
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

/** How many such calls there were. The times are of successful calls, in milliseconds. */
export interface StatBody {
  /** Calls that succeeded. */
  count: number;
  /** Calls without a reply in time. */
  timeoutCount: number;
  /** Calls that failed in any other way. */
  failureCount: number;
  /** How many calls took at most so many milliseconds. */
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

/** The arguments of `Stat.reportMicMsg`. */
export interface StatReportMicMsgArgs {
  calls: Map<StatHead, StatBody>;
  fromClient: boolean;
}

/** The result of `Stat.reportMicMsg`. */
export interface StatReportMicMsgResult {
  ret: number;
}

/** The functions of `Stat` with the types of their parameters. */
export const StatMethods = {
  reportMicMsg: method<StatReportMicMsgArgs, StatReportMicMsgResult>(
    'Platform.Stat.reportMicMsg',
    { calls: required(1, t.map(StatHead, StatBody)), fromClient: required(2, t.bool) },
    { ret: required(0, t.int) },
  ),
};

/** The collector of call statistics. */
export interface StatProxy {
  /** Adds statistics, which are counted by the caller or by the servant. */
  reportMicMsg(args: StatReportMicMsgArgs, options?: CallOptions): Promise<Decoded<StatReportMicMsgResult>>;
}

/** Makes a proxy that calls through `caller`. Calls reject with `TarsCallError` or `TarsEncodeError`. */
export function createStatProxy(caller: Caller): StatProxy {
  return createProxy(StatMethods, caller);
}

/** The collector of call statistics. */
export interface StatServant {
  /** Adds statistics, which are counted by the caller or by the servant. */
  reportMicMsg(args: Decoded<StatReportMicMsgArgs>, call: ServantCall): Promise<StatReportMicMsgResult>;
}

/** Makes the adapter that answers requests by calling the servant; `options.failed` gets its errors. */
export function createStatAdapter(servant: StatServant, options?: AdapterOptions): ServantAdapter {
  return createServantAdapter(StatMethods, servant, options);
}

/** Which metric of which server. */
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

/** A value, and how the platform combines several values: Sum, Avg, Count, Max or Min. */
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

/** The arguments of `Property.reportPropMsg`. */
export interface PropertyReportPropMsgArgs {
  numbers: Map<PropertyHead, PropertyBody>;
}

/** The result of `Property.reportPropMsg`. */
export interface PropertyReportPropMsgResult {
  ret: number;
}

/** The functions of `Property` with the types of their parameters. */
export const PropertyMethods = {
  reportPropMsg: method<PropertyReportPropMsgArgs, PropertyReportPropMsgResult>(
    'Platform.Property.reportPropMsg',
    { numbers: required(1, t.map(PropertyHead, PropertyBody)) },
    { ret: required(0, t.int) },
  ),
};

/** The collector of metrics. */
export interface PropertyProxy {
  reportPropMsg(
    args: PropertyReportPropMsgArgs,
    options?: CallOptions,
  ): Promise<Decoded<PropertyReportPropMsgResult>>;
}

/** Makes a proxy that calls through `caller`. Calls reject with `TarsCallError` or `TarsEncodeError`. */
export function createPropertyProxy(caller: Caller): PropertyProxy {
  return createProxy(PropertyMethods, caller);
}

/** The collector of metrics. */
export interface PropertyServant {
  reportPropMsg(
    args: Decoded<PropertyReportPropMsgArgs>,
    call: ServantCall,
  ): Promise<PropertyReportPropMsgResult>;
}

/** Makes the adapter that answers requests by calling the servant; `options.failed` gets its errors. */
export function createPropertyAdapter(servant: PropertyServant, options?: AdapterOptions): ServantAdapter {
  return createServantAdapter(PropertyMethods, servant, options);
}

/** A message is a report about what a server does, or an alarm. */
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

/** The arguments of `Notify.reportNotifyInfo`. */
export interface NotifyReportNotifyInfoArgs {
  message: Message;
}

/** The functions of `Notify` with the types of their parameters. */
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

/** Makes a proxy that calls through `caller`. Calls reject with `TarsCallError` or `TarsEncodeError`. */
export function createNotifyProxy(caller: Caller): NotifyProxy {
  return createProxy(NotifyMethods, caller);
}

/** The collector of messages. */
export interface NotifyServant {
  reportNotifyInfo(args: Decoded<NotifyReportNotifyInfoArgs>, call: ServantCall): Promise<void>;
}

/** Makes the adapter that answers requests by calling the servant; `options.failed` gets its errors. */
export function createNotifyAdapter(servant: NotifyServant, options?: AdapterOptions): ServantAdapter {
  return createServantAdapter(NotifyMethods, servant, options);
}
