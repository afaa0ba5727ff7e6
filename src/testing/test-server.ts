/** A server for tests of its owner's code: the real one, on a transport in memory and a clock that the test moves. */

import { ConfigError } from '../config/layer/config-error.ts';
import type { ConnectRequest } from '../protocol/command.ts';
import type { Authenticate, ClientIdentity, ClientRequest } from '../server/identity/authentication.ts';
import { findOptionProblems } from '../server/check-options.ts';
import { composeServer, eraseTypes } from '../server/create-server.ts';
import type { ServantDefinitions } from '../server/servants/rpc.ts';
import type { ServerOptions, TypedServer } from '../server/server-options.ts';
import { createInMemoryTransport, type ClientResponse, type RequestOptions } from '../transport/in-memory.ts';
import { CodeErrors, type CodeError } from './failures.ts';
import { Mailbox } from './mailbox.ts';
import { TestClient } from './test-client.ts';
import { TestClock } from './test-clock.ts';
import { TEST_PATH, testCodec } from './test-codec.ts';
import { TestConnection } from './test-connection.ts';
import { watchOptions } from './watched-options.ts';
import { Work } from './work.ts';

/** What a client says of itself when it connects. `authenticate` is asked, and tokens are checked. */
export interface TestHandshake extends Pick<ConnectRequest, 'token' | 'data' | 'name' | 'version'> {
  /** Of the request, without the `?`. */
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Default `127.0.0.1`. */
  readonly address?: string;
  /** The name of the protocol. Default `centrifuge`. */
  readonly protocol?: string;
}

export interface TestKitOptions {
  /** What the clock says at the start. Default: the date of now. */
  readonly date?: Date | number;
  /**
   * How long an expectation waits for something to happen before it fails, in real milliseconds. What happens inside of
   * the server needs none of it. Default 1,000.
   */
  readonly patienceMs?: number;
}

/** The clock of a server under test. It stands still until the test moves it. */
export interface TestTime {
  /** Milliseconds since 1970. */
  now(): number;
  /** Lets time pass: everything that is due in it happens in its order, with what follows of it. */
  advance(seconds: number): Promise<void>;
}

export interface TestServer<
  All extends ServantDefinitions = {},
  MemberData = unknown,
  Rooms = Readonly<Record<string, unknown>>,
> {
  /** The server under test: `publish`, `mute`, `kick`, `on` and all else. */
  readonly server: TypedServer<All, Rooms>;
  readonly clock: TestTime;
  /**
   * Connects a client that is who the test says. `authenticate` is not asked.
   * @param identity what `authenticate` would answer. Default: anonymous.
   */
  connect(identity?: ClientIdentity<MemberData>): Promise<TestClient<Rooms>>;
  /**
   * Connects a client that says this of itself. Tokens are checked, and `authenticate` is asked.
   * @throws {CommandRefusedError} (as a rejection) if it is refused, or closed.
   */
  connectWith(handshake?: TestHandshake): Promise<TestClient<Rooms>>;
  /** Sends an HTTP request from this machine, as to a route of your own. */
  request(options?: RequestOptions): Promise<ClientResponse>;
  /** Returns the errors of your code that no client was told of, and forgets them: `close` does not reject for them. */
  takeErrors(): readonly CodeError[];
  /** Resolves when nothing is under way: no command, no handler, no call of a part that was given. */
  settled(): Promise<void>;
  /**
   * Closes the server; the clock moves as far as that needs.
   * @throws {Error} (as a rejection) if handlers or listeners have failed and no client was told of it, unless the options
   * have an `onError`.
   */
  close(): Promise<void>;
}

/** The header by which a client that the test knows is found again. It is not shown to `authenticate`. */
const KNOWN_HEADER = 'x-statecast-test';

const PATIENCE_MS = 1_000;

/**
 * Makes a server without sockets, for tests of your rooms. It starts with the first client.
 * @param options those of `createServer`; a `transport` is not used, and a broker or a store of your own has its own clock.
 * @throws {ConfigError} as `createServer`.
 */
export function createTestServer<
  All extends ServantDefinitions = {},
  MemberData = unknown,
  Rooms = Readonly<Record<string, unknown>>,
>(
  options: ServerOptions<All, MemberData, Rooms> = {},
  { date = Date.now(), patienceMs = PATIENCE_MS }: TestKitOptions = {},
): TestServer<All, MemberData, Rooms> {
  const problems = findOptionProblems(options);
  if (problems.length > 0) throw new ConfigError(problems);
  const erased = eraseTypes(options);
  const work = new Work();
  const errors = new CodeErrors();
  const clock = new TestClock(Number(date), () => work.note());
  const transport = createInMemoryTransport();
  const known = new Map<string, KnownClient>();
  const surroundings = { work, patienceMs };
  const server: TypedServer<All, Rooms> = composeServer<All>(
    {
      ...watchOptions(erased, work),
      authenticate: recognize(known, work, erased.authenticate),
      codecs: { ...erased.codecs, [TEST_PATH]: testCodec },
      transport: transport.create,
      onError: erased.onError ?? ((error, where) => errors.add(error, where)),
    },
    undefined,
    clock,
  );
  let clients = 0;
  /** Who the connections are, by their ids. */
  const users = new Map<string, string | undefined>();
  server.on('connection.opened', ({ id, user }) => users.set(id, user));

  async function connect(client: KnownClient): Promise<TestClient<Rooms>> {
    await server.listen();
    clients += 1;
    const { handshake, identity } = client;
    const key = String(clients);
    const name = identity?.user ?? `client ${key}`;
    known.set(key, client);
    const { token, data, name: program, version, query = '', headers = {} } = handshake;
    const socket = await transport.connect({
      path: TEST_PATH,
      query,
      headers: { ...headers, [KNOWN_HEADER]: key },
    });
    const mailbox = new Mailbox(name, surroundings);
    const connection = new TestConnection({ name, socket, mailbox, work, errors });
    const request = {
      ...(token !== undefined && { token }),
      ...(data !== undefined && { data }),
      ...(program !== undefined && { name: program }),
      ...(version !== undefined && { version }),
    };
    return connection.ask('the connection', { type: 'connect', request }, ['connected'], (connected) => {
      const { client: id, data: answer } = connected;
      return new TestClient<Rooms>({ id, user: users.get(id), answer, connection, mailbox, surroundings });
    });
  }

  async function advance(seconds: number): Promise<void> {
    await work.quiet();
    const end = clock.monotonic() + seconds * 1000;
    for (let due = clock.nextDue(); due !== undefined && due <= end; due = clock.nextDue()) {
      clock.moveTo(due);
      clock.runDue();
      await work.quiet();
    }
    clock.moveTo(end);
  }

  async function close(): Promise<void> {
    const progress = { isClosed: false };
    const closing = server.close().finally(() => {
      progress.isClosed = true;
      work.note();
    });
    // What waits for something outside is waited for once.
    let isStuck = !(await work.done(patienceMs));
    while (!progress.isClosed) {
      await work.quiet();
      const due = clock.nextDue();
      if (!isStuck && work.names.length > 0) {
        isStuck = !(await work.happens(patienceMs));
      } else if (due !== undefined) {
        clock.moveTo(due);
        clock.runDue();
      } else if (!(await work.happens(patienceMs))) {
        throw new Error(
          `the server does not close; still under way is ${work.names.join(', ') || 'nothing'}`,
        );
      }
    }
    await closing;
    errors.throwRest();
  }

  return {
    server,
    clock: { now: () => clock.now(), advance },
    connect: (identity = {}) => connect({ handshake: {}, identity }),
    connectWith: (handshake = {}) => connect({ handshake, identity: undefined }),
    async request({ headers, ...request } = {}) {
      await server.listen();
      const sent = { ...request, headers: { host: 'localhost', ...headers } };
      return work.track('a request', () => transport.request(sent));
    },
    takeErrors: () => errors.takeAll(),
    async settled() {
      if (await work.done(patienceMs)) return;
      throw new Error(`still under way is ${work.names.join(', ')}`);
    },
    close,
  };
}

interface KnownClient {
  readonly handshake: TestHandshake;
  /** Who the test says it is. Undefined: `authenticate` is asked. */
  readonly identity: ClientIdentity | undefined;
}

/** Answers for the clients that the test knows, and has the user's own function answer for the others. */
function recognize(
  known: ReadonlyMap<string, KnownClient>,
  work: Work,
  authenticate: Authenticate | undefined,
): Authenticate {
  return (client) => {
    const { [KNOWN_HEADER]: key = '', ...headers } = client.headers;
    const found = known.get(key);
    if (found === undefined) throw new Error('a connection that is not of a test client');
    if (found.identity !== undefined) return found.identity;
    if (authenticate === undefined) return undefined;
    const { address = client.address, protocol = 'centrifuge' } = found.handshake;
    const request: ClientRequest = { ...client, headers, address, protocol };
    return work.track('authenticate', () => authenticate(request), client.signal);
  };
}
