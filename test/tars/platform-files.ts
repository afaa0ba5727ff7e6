/** The platform's own .tars files, each with the stub that the reference generator made of it, as they lie in npm packages. */

import { createRequire } from 'node:module';
import type { Server } from 'node:net';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);

// They are CommonJS, not all of it UTF-8, and import each other: this one goes first.
require('@tars/monitor');

/** The reference implementation, as far as it is used here. */
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
  /** Where it listens it tells nobody, so its insides are asked. */
  readonly _server: {
    readonly _adapters: readonly { readonly _netthread: { readonly _listener: Server } }[];
  };
}

/** A struct of a stub. */
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

/** Where a package of the platform lies. */
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
