/** The .tars files of the platform, each with the stub of the reference generator, from npm packages. */

import { createRequire } from 'node:module';
import type { Server } from 'node:net';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);

// The packages are CommonJS, not always UTF-8, and import each other: this one must be loaded first.
require('@tars/monitor');

/** The part of the reference implementation that is used here. */
export const { client, server } = require('@tars/rpc') as {
  readonly client: {
    stringToProxy(proxy: unknown, object: string): ReferenceProxy;
    disconnect(): void;
  };
  readonly server: {
    createServer(implementation: unknown): ReferenceServer;
  };
};

export interface ReferenceProxy {
  [func: string]: (
    ...args: unknown[]
  ) => Promise<{ response: { return: unknown; arguments?: Record<string, unknown> } }>;
}

export interface ReferenceServer {
  start(options: object): unknown;
  stop(): void;
  /** There is no public way to get its port, so an internal property is read. */
  readonly _server: {
    readonly _adapters: readonly { readonly _netthread: { readonly _listener: Server } }[];
  };
}

/** A struct in a stub. */
export interface ReferenceClass {
  new (): ReferenceStruct;
  create(input: unknown): ReferenceStruct;
}

export interface ReferenceStruct {
  [field: string]: unknown;
  toBinBuffer(): ReferenceBuffer;
}

export interface ReferenceBuffer {
  readonly length: number;
  toNodeBuffer(): Buffer;
  writeNodeBuffer(bytes: Uint8Array): void;
  position: number;
}

/** The parts of a stub, `stub[module][name]`. */
export type Stub = Readonly<Record<string, Readonly<Record<string, ReferenceClass>>>>;

export interface PlatformFile {
  readonly tars: string;
  readonly stubs: readonly Stub[];
}

const FILES: readonly (readonly [tars: string, ...stubs: string[]])[] = [
  ['config/ConfigF.tars', 'config/ConfigFProxy.js'],
  ['notify/NotifyF.tars', 'notify/NotifyFProxy.js'],
  ['registry/EndpointF.tars', 'registry/EndpointFTars.js'],
  ['registry/QueryF.tars', 'registry/QueryFProxy.js', 'registry/EndpointFTars.js'],
  ['monitor/property/PropertyF.tars', 'monitor/property/PropertyFProxy.js'],
  ['monitor/propertyplus/PropertyPlusF.tars', 'monitor/propertyplus/PropertyPlusFProxy.js'],
  ['monitor/stat/StatF.tars', 'monitor/stat/StatFProxy.js'],
  ['rpc/core/rpc-tars/RequestF.tars', 'rpc/core/rpc-tars/RequestF.js'],
  ['rpc/examples/gateway/Hello2.tars', 'rpc/examples/gateway/Hello2Proxy.js'],
  [
    'rpc/examples/rpc-tars/demo.1/server.node.1/NodeTars.tars',
    'rpc/examples/rpc-tars/demo.1/server.node.1/NodeTars.js',
  ],
  ['stream/sample/tars/Ext.tars', 'stream/sample/tars/Ext.js'],
];

/** The directory of a package of the platform. */
export function platformPath(path: string): string {
  return join(dirname(require.resolve('@tars/stream')), '..', path);
}

export function loadStub(path: string): Stub {
  return require(platformPath(path)) as Stub;
}

export const PLATFORM_FILES: readonly PlatformFile[] = FILES.map(([tars, ...stubs]) => ({
  tars: platformPath(tars),
  stubs: stubs.map((path) => loadStub(path)),
}));
