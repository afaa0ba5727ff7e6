import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { FakeClock } from '../system/clock-harness.ts';
import { KeysUnavailableError } from './key-set.ts';
import {
  makeEcKeys,
  makeEdKeys,
  makeRsaKeys,
  NOW,
  SECRET,
  signToken,
  type KeyPair,
} from './token-harness.ts';
import type { TokenOutcome, TokenVerifier } from './token-outcome.ts';
import { createTokenVerifier } from './token-verifier.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

let clock: FakeClock;

// The library that keeps the keys reads the date by itself.
beforeEach(() => {
  clock = new FakeClock(NOW * 1000);
  vi.useFakeTimers({ toFake: ['Date'], now: NOW * 1000 });
});
afterEach(() => {
  vi.useRealTimers();
});

function pass(ms: number): void {
  clock.increment(ms);
  vi.setSystemTime(Date.now() + ms);
}

/** A server of keys on this machine. */
class KeyServer {
  requests = 0;
  url = '';
  answer: Answer;

  constructor(answer: Answer) {
    this.answer = answer;
  }

  async listen(): Promise<this> {
    const server = createServer((request, response) => {
      this.requests += 1;
      this.answer(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    });
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`;
    return this;
  }

  makeVerifier(timeoutMs?: number): TokenVerifier {
    const options = timeoutMs === undefined ? {} : { timeoutMs };
    const verifier = createTokenVerifier({ jwksUrl: this.url }, clock, options);
    if (verifier === undefined) throw new Error('a URL of keys is a key');
    return verifier;
  }
}

function startKeyServer(answer: Answer): Promise<KeyServer> {
  return new KeyServer(answer).listen();
}

/** Answers with public keys, by their ids. */
function tell(keys: Readonly<Record<string, KeyPair>>): Answer {
  const set = {
    keys: Object.entries(keys).map(([kid, { publicKey }]) => ({
      kid,
      ...publicKey.export({ format: 'jwk' }),
    })),
  };
  return (_, response) => void response.end(JSON.stringify(set));
}

function sign({ privateKey }: KeyPair, kid: string | undefined, alg = 'ES256'): Promise<string> {
  return signToken({ sub: 'ann' }, privateKey, kid === undefined ? { alg } : { alg, kid });
}

const ANN = { type: 'valid', claims: { user: 'ann', rooms: {} } };

function errorOf(outcome: TokenOutcome<unknown>): Error | undefined {
  return outcome.type === 'unavailable' ? (outcome.error as Error) : undefined;
}

describe('keys at a URL', () => {
  test('are fetched once for all tokens, also for those that come together', async () => {
    const [ec, rsa, ed] = [makeEcKeys(), makeRsaKeys(), makeEdKeys()];
    const server = await startKeyServer(tell({ ec, rsa, ed }));
    const verifier = server.makeVerifier();
    expect(server.requests).toBe(0);
    const tokens = await Promise.all([sign(ec, 'ec'), sign(rsa, 'rsa', 'PS256'), sign(ed, 'ed', 'EdDSA')]);
    const outcomes = await Promise.all(tokens.map((token) => verifier.verifyConnection(token)));
    expect(outcomes).toEqual([ANN, ANN, ANN]);
    expect(await verifier.verifyConnection(await sign(ec, 'ec'))).toEqual(ANN);
    expect(server.requests).toBe(1);
  });

  test('are found without an id only if a single one fits', async () => {
    const server = await startKeyServer(tell({ a: makeEcKeys() }));
    const [first, second] = [makeEcKeys(), makeEcKeys()];
    server.answer = tell({ first, other: makeRsaKeys() });
    expect(await server.makeVerifier().verifyConnection(await sign(first, undefined))).toEqual(ANN);
    server.answer = tell({ first, second });
    const outcome = await server.makeVerifier().verifyConnection(await sign(second, undefined));
    expect(outcome).toMatchObject({ type: 'invalid', reason: expect.stringContaining('multiple') });
  });

  test('are fetched again for an id that is new, so that keys can be rotated', async () => {
    const [first, second] = [makeEcKeys(), makeEcKeys()];
    const server = await startKeyServer(tell({ first }));
    const verifier = server.makeVerifier();
    expect(await verifier.verifyConnection(await sign(first, 'first'))).toEqual(ANN);
    server.answer = tell({ first, second });
    pass(6_000);
    expect(await verifier.verifyConnection(await sign(second, 'second'))).toEqual(ANN);
    expect(await verifier.verifyConnection(await sign(first, 'first'))).toEqual(ANN);
    expect(server.requests).toBe(2);
  });

  test('are not fetched again and again for ids that nobody has', async () => {
    const keys = makeEcKeys();
    const server = await startKeyServer(tell({ known: keys }));
    const verifier = server.makeVerifier();
    for (let count = 0; count < 20; count += 1) {
      expect(await verifier.verifyConnection(await sign(keys, `made up ${count}`))).toMatchObject({
        type: 'invalid',
      });
    }
    expect(server.requests).toBe(1);
    pass(6_000);
    await verifier.verifyConnection(await sign(keys, 'made up again'));
    expect(server.requests).toBe(2);
  });

  test('are fetched again after ten minutes: a key that was taken back is refused', async () => {
    const [first, second] = [makeEcKeys(), makeEcKeys()];
    const server = await startKeyServer(tell({ first }));
    const verifier = server.makeVerifier();
    const token = await sign(first, 'first');
    expect(await verifier.verifyConnection(token)).toEqual(ANN);
    server.answer = tell({ second });
    pass(9 * 60_000);
    expect(await verifier.verifyConnection(token)).toEqual(ANN);
    pass(60_000);
    expect(await verifier.verifyConnection(token)).toMatchObject({ type: 'invalid' });
  });

  test('are used only for their own kind: no secret among them is one', async () => {
    const jwk = { kty: 'oct', kid: 'shared', k: Buffer.from(SECRET).toString('base64url') };
    const server = await startKeyServer((_, response) => void response.end(JSON.stringify({ keys: [jwk] })));
    const token = await signToken({ sub: 'ann' }, SECRET, { alg: 'HS256', kid: 'shared' });
    expect(await server.makeVerifier().verifyConnection(token)).toMatchObject({ type: 'invalid' });
    expect(server.requests).toBe(0);
  });

  test('do not verify what another key of the same id has signed', async () => {
    const server = await startKeyServer(tell({ first: makeEcKeys() }));
    const outcome = await server.makeVerifier().verifyConnection(await sign(makeEcKeys(), 'first'));
    expect(outcome).toMatchObject({ type: 'invalid' });
  });

  test('come from no address that a token names', async () => {
    const keys = makeEcKeys();
    const evil = await startKeyServer(tell({ mine: keys }));
    const server = await startKeyServer(tell({ first: makeEcKeys() }));
    const header = { alg: 'ES256', kid: 'mine', jku: evil.url, x5u: evil.url };
    const token = await signToken({ sub: 'ann', iss: evil.url }, keys.privateKey, header);
    expect(await server.makeVerifier().verifyConnection(token)).toMatchObject({ type: 'invalid' });
    expect(evil.requests).toBe(0);
  });

  test('stand beside a public key of the settings', async () => {
    const [own, fetched] = [makeEcKeys(), makeEcKeys()];
    const server = await startKeyServer(tell({ fetched }));
    const settings = { publicKey: own.pem, jwksUrl: server.url };
    const verifier = createTokenVerifier(settings, clock);
    expect(await verifier?.verifyConnection(await sign(own, undefined))).toEqual(ANN);
    expect(server.requests).toBe(0);
    expect(await verifier?.verifyConnection(await sign(fetched, 'fetched'))).toEqual(ANN);
  });
});

describe('keys that cannot be fetched', () => {
  const keys = makeEcKeys();

  test.each<[string, Answer, RegExp]>([
    ['because of an error', (_, response) => void response.writeHead(500).end('no'), /status 500/],
    [
      'because of a redirect, which is not followed',
      (request, response) => void response.writeHead(302, { location: `${request.url}/other` }).end(),
      /status 302/,
    ],
    ['because the answer is no JSON', (_, response) => void response.end('<html>'), /JSON/],
    ['because the answer is no set of keys', (_, response) => void response.end('{"keys":1}'), /malformed/],
    ['because the connection breaks', (request) => void request.socket.destroy(), /fetch failed/],
    [
      'because the answer never ends',
      (_, response) => {
        response.on('error', () => {});
        const more = (): void => {
          while (response.writable && response.write('x'.repeat(64 * 1024)));
        };
        response.on('drain', more);
        more();
      },
      /longer than 1048576 bytes/,
    ],
  ])('make tokens unavailable, not invalid: %s', async (_, answer, why) => {
    const server = await startKeyServer(answer);
    const error = errorOf(await server.makeVerifier().verifyConnection(await sign(keys, 'first')));
    expect(error).toBeInstanceOf(KeysUnavailableError);
    expect(error?.cause).toMatchObject({ message: expect.stringMatching(why) });
    expect(server.requests).toBe(1);
  });

  test.each<[string, Answer]>([
    ['before its first byte', () => {}],
    ['in the middle', (_, response) => void response.write('{"keys":[')],
  ])('because the answer stops %s, make tokens unavailable after the deadline', async (_, answer) => {
    const server = await startKeyServer(answer);
    const error = errorOf(await server.makeVerifier(50).verifyConnection(await sign(keys, 'first')));
    expect(error?.cause).toMatchObject({ code: 'ERR_JWKS_TIMEOUT' });
  });

  test.each<[string, Answer]>([
    ['there was an error', (_, response) => void response.writeHead(503).end()],
    ['the answer was no set of keys', (_, response) => void response.end('{}')],
  ])('are asked for again only after a pause if %s, and are then found', async (_, answer) => {
    const server = await startKeyServer(answer);
    const verifier = server.makeVerifier();
    const token = await sign(keys, 'first');
    for (let count = 0; count < 20; count += 1) {
      expect(await verifier.verifyConnection(token)).toMatchObject({ type: 'unavailable' });
    }
    expect(server.requests).toBe(1);
    server.answer = tell({ first: keys });
    pass(1_000);
    expect(await verifier.verifyConnection(token)).toEqual(ANN);
  });

  test('do no harm to tokens whose key is known, as long as it is kept', async () => {
    const server = await startKeyServer(tell({ first: keys }));
    const verifier = server.makeVerifier();
    expect(await verifier.verifyConnection(await sign(keys, 'first'))).toEqual(ANN);
    server.answer = (_, response) => void response.writeHead(503).end();
    pass(6_000);
    expect(await verifier.verifyConnection(await sign(keys, 'new'))).toMatchObject({ type: 'unavailable' });
    expect(await verifier.verifyConnection(await sign(keys, 'first'))).toEqual(ANN);
  });

  test('make tokens unavailable where nobody listens', async () => {
    const verifier = createTokenVerifier({ jwksUrl: 'http://127.0.0.1:1/keys' }, clock);
    expect(await verifier?.verifyConnection(await sign(keys, 'first'))).toMatchObject({
      type: 'unavailable',
    });
  });

  test('also if one of them is too short to be used', async () => {
    const short = makeRsaKeys(1024);
    const server = await startKeyServer(tell({ short }));
    // The library signs with no such key, so the signature is another's: the key is refused before it is compared.
    const token = await sign(makeRsaKeys(), 'short', 'RS256');
    expect(await server.makeVerifier().verifyConnection(token)).toMatchObject({ type: 'unavailable' });
  });
});
