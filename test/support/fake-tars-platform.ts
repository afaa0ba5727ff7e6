/**
 * A TARS platform on loopback: registry, node, config, stat, property and notify are real servants with real sockets. It
 * starts no servers. It records the calls that it gets.
 */

import { connect } from 'node:net';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import {
  AdminMethods,
  createConfigAdapter,
  createNodeAdapter,
  createNotifyAdapter,
  createPropertyAdapter,
  createStatAdapter,
  type ConfigInfo,
  type Message,
  type PropertyBody,
  type PropertyHead,
  type ServerInfo,
  type StatBody,
  type StatHead,
} from '../../src/tars/servants/platform.ts';
import { QUERY_F } from '../../src/tars/client/registry-types.ts';
import { createServantServer, type ServantServer } from '../../src/tars/server/servant-server.ts';
import { FrameSplitter } from '../../src/tars/wire/frame-splitter.ts';
import { RequestPacket, ResponsePacket } from '../../src/tars/wire/packets.ts';
import { createServantAdapter } from '../../src/tars/calls/servant-adapter.ts';
import { pickPort } from './pick-port.ts';

/** A report of a server to its platform. */
export type Told =
  | { readonly type: 'keepAlive'; readonly info: Required<ServerInfo> }
  | { readonly type: 'version'; readonly server: string; readonly version: string }
  | { readonly type: 'load'; readonly info: Required<ConfigInfo> }
  | { readonly type: 'stat'; readonly head: StatHead; readonly body: StatBody; readonly fromClient: boolean }
  | { readonly type: 'property'; readonly head: PropertyHead; readonly values: Record<string, string> }
  | { readonly type: 'message'; readonly message: Required<Message> };

type ToldOf<Type extends Told['type']> = Extract<Told, { type: Type }>;

export interface FakePlatform {
  /** The port of all objects. */
  readonly port: number;
  /** The registry, as in `locator=`. */
  readonly locator: string;
  /** The node daemon, as in `node=`. */
  readonly node: string;
  /** All reports, in order. */
  readonly told: readonly Told[];
  /** The configuration files by name. A name without a file is answered with -1. */
  readonly files: Map<string, string>;
  /** All reports of one kind. */
  all<Type extends Told['type']>(type: Type): ToldOf<Type>[];
  /** Resolves to the first matching report of a kind, also an earlier one. */
  hears<Type extends Told['type']>(type: Type, fits?: (told: ToldOf<Type>) => boolean): Promise<ToldOf<Type>>;
  /** Stops the platform; its connections are lost. */
  goDown(): Promise<void>;
  /** Starts it again on the same port. */
  comeBack(): Promise<void>;
}

/** The commands of a node daemon to a server. */
export interface AdminClient {
  shutdown(): Promise<void>;
  notify(command: string): Promise<string>;
}

const OBJECTS = {
  stat: 'tars.tarsstat.StatObj',
  property: 'tars.tarsproperty.PropertyObj',
  config: 'tars.tarsconfig.ConfigObj',
  notify: 'tars.tarsnotify.NotifyObj',
};

/** Starts a platform that ends with its test. It has the objects `tars.tarsstat.StatObj` and so on. */
export async function startFakePlatform(): Promise<FakePlatform> {
  const port = await pickPort();
  const told: Told[] = [];
  const waiting = new Set<() => void>();
  const files = new Map<string, string>();

  function tell(fact: Told): void {
    told.push(fact);
    for (const check of waiting) check();
  }

  const servants = new Map([
    [
      'tars.tarsregistry.QueryObj',
      createServantAdapter(QUERY_F, {
        async findObjectById({ id }) {
          const isKnown = Object.values(OBJECTS).includes(id);
          return { ret: isKnown ? [{ host: '127.0.0.1', port, timeout: 3000, istcp: 1, grid: 0 }] : [] };
        },
      }),
    ],
    [
      'tars.tarsnode.ServerObj',
      createNodeAdapter({
        async keepAlive({ info }) {
          tell({ type: 'keepAlive', info });
          return { ret: 0 };
        },
        async reportVersion({ application, serverName, version }) {
          tell({ type: 'version', server: `${application}.${serverName}`, version });
          return { ret: 0 };
        },
      }),
    ],
    [
      OBJECTS.config,
      createConfigAdapter({
        async loadConfigByInfo({ info }) {
          tell({ type: 'load', info });
          const content = files.get(info.fileName);
          return content === undefined ? { ret: -1, content: 'no such file' } : { ret: 0, content };
        },
      }),
    ],
    [
      OBJECTS.stat,
      createStatAdapter({
        async reportMicMsg({ calls, fromClient }) {
          for (const [head, body] of calls) tell({ type: 'stat', head, body, fromClient });
          return { ret: 0 };
        },
      }),
    ],
    [
      OBJECTS.property,
      createPropertyAdapter({
        async reportPropMsg({ numbers }) {
          for (const [head, body] of numbers) tell({ type: 'property', head, values: toValues(body) });
          return { ret: 0 };
        },
      }),
    ],
    [
      OBJECTS.notify,
      createNotifyAdapter({
        async reportNotifyInfo({ message }) {
          tell({ type: 'message', message });
        },
      }),
    ],
  ]);

  let server: ServantServer | undefined;
  const platform: FakePlatform = {
    port,
    locator: `tars.tarsregistry.QueryObj@tcp -h 127.0.0.1 -p ${port}`,
    node: `tars.tarsnode.ServerObj@tcp -h 127.0.0.1 -p ${port} -t 60000`,
    told,
    files,
    all: (type) => told.filter((fact) => fact.type === type) as ToldOf<typeof type>[],
    hears(type, fits = () => true) {
      return new Promise((resolve) => {
        const check = (): void => {
          const found = platform.all(type).find(fits);
          if (found === undefined) return;
          waiting.delete(check);
          resolve(found);
        };
        waiting.add(check);
        check();
      });
    },
    async goDown() {
      await server?.close();
      server = undefined;
    },
    async comeBack() {
      server = createServantServer({ host: '127.0.0.1', port, servants, closeTimeoutMs: 0 });
      await server.listen();
    },
  };
  await platform.comeBack();
  onTestFinished(() => platform.goDown());
  return platform;
}

export interface ConfOptions {
  readonly platform: Pick<FakePlatform, 'locator' | 'node'>;
  /** A directory for the log, the data and the pulled files. */
  readonly home: string;
  readonly port: number;
  readonly adminPort: number;
  /** Lines of the sections. */
  readonly client?: string;
  readonly server?: string;
  readonly own?: string;
}

/** Writes the configuration of a node daemon for the server `Chat.RoomServer`, and returns its path. */
export async function writePlatformConf(options: ConfOptions): Promise<string> {
  const { platform, home, port, adminPort, client = '', server = '', own = '' } = options;
  const file = join(home, 'Chat.RoomServer.config.conf');
  await mkdir(home, { recursive: true });
  await writeFile(
    file,
    `<tars>
  <application>
    enableset=n
    setdivision=NULL
    <client>
      locator =${platform.locator}
      sync-invoke-timeout = 3000
      async-invoke-timeout =5000
      refresh-endpoint-interval = 60000
      stat      = ${OBJECTS.stat}
      property          = ${OBJECTS.property}
      report-interval      = 60000
      asyncthread    = 1
      modulename    = Chat.RoomServer
      ${client}
    </client>
    <server>
      node=${platform.node}
      app    = Chat
      server  = RoomServer
      localip  = 127.0.0.1
      local  = tcp -h 127.0.0.1 -p ${adminPort} -t 3000
      basepath = ${home}/bin/
      datapath = ${home}/data/
      logpath  = ${home}/app_log/
      logsize = 10M
      lognum = 10
      logLevel=DEBUG
      config  = ${OBJECTS.config}
      notify  = ${OBJECTS.notify}
      log = tars.tarslog.LogObj
      deactivating-timeout = 3000
      activating-timeout = 60000
      ${server}
      <Chat.RoomServer.RoomObjAdapter>
        allow
        endpoint=tcp -h 127.0.0.1 -p ${port} -t 60000
        handlegroup=Chat.RoomServer.RoomObjAdapter
        maxconns=200000
        protocol=not_tars
        queuecap=10000
        queuetimeout=60000
        servant=Chat.RoomServer.RoomObj
        threads=1
      </Chat.RoomServer.RoomObjAdapter>
    </server>
    <statecast>
      ${own}
    </statecast>
  </application>
</tars>
`,
  );
  return file;
}

/** Sends a command as a node daemon does: to the short name of the admin object, with a new connection each time. */
export function createAdminClient(port: number): AdminClient {
  async function ask(func: string, body: Uint8Array): Promise<Uint8Array> {
    const reply = await exchange(
      port,
      RequestPacket.encodeFrame({ requestId: 1, servant: 'AdminObj', func, body }),
    );
    if (reply.ret !== 0) throw new Error(`the admin servant answered ${reply.ret} to ${func}`);
    return reply.body;
  }
  return {
    async shutdown() {
      await ask('shutdown', AdminMethods.shutdown.args.encode({}));
    },
    async notify(command) {
      const { notify } = AdminMethods;
      return notify.result.decode(await ask('notify', notify.args.encode({ command }))).ret;
    },
  };
}

function exchange(port: number, frame: Uint8Array) {
  return new Promise<ReturnType<typeof ResponsePacket.decode>>((resolve, reject) => {
    const splitter = new FrameSplitter();
    const socket = connect(port, '127.0.0.1', () => socket.write(frame));
    socket.on('data', (chunk) => {
      const [packet] = splitter.push(chunk);
      if (packet === undefined) return;
      resolve(ResponsePacket.decode(Uint8Array.from(packet)));
      socket.destroy();
    });
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('the admin servant hung up')));
  });
}

function toValues({ values }: PropertyBody): Record<string, string> {
  return Object.fromEntries(values.map(({ policy, value }) => [policy, value]));
}
