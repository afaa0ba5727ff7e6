import { describe, expect, test } from 'vitest';
import { formatEndpoint, parseEndpoint, parseObject } from './endpoint.ts';

describe('an object', () => {
  test('has a name and endpoints', () => {
    expect(parseObject('App.Server.Obj@tcp -h 10.0.0.1 -p 1000:tcp -h host.example -p 2000 -t 3000')).toEqual(
      {
        ok: true,
        name: 'App.Server.Obj',
        endpoints: [
          { host: '10.0.0.1', port: 1000 },
          { host: 'host.example', port: 2000, timeoutMs: 3000 },
        ],
      },
    );
  });

  test('may be a name alone, for the registry to know its endpoints', () => {
    expect(parseObject(' tars.tarsregistry.QueryObj ')).toEqual({
      ok: true,
      name: 'tars.tarsregistry.QueryObj',
      endpoints: [],
    });
  });

  test('keeps the colons of IPv6 hosts apart from those between endpoints', () => {
    expect(parseObject('A.B.C@tcp -h fe80::abc -p 1 : TCP -p 2 -h ::1:tcp -h ::2 -p 3')).toMatchObject({
      endpoints: [
        { host: 'fe80::abc', port: 1 },
        { host: '::1', port: 2 },
        { host: '::2', port: 3 },
      ],
    });
  });

  test.each([
    ['', 'an object is named App.Server.Obj, not ""'],
    ['App.Server@tcp -h a -p 1', 'an object is named App.Server.Obj, not "App.Server"'],
    ['App..Obj', 'an object is named App.Server.Obj, not "App..Obj"'],
    ['A.B.C@', 'A.B.C: an endpoint is missing: it reads tcp -h HOST -p PORT'],
    ['A.B.C@udp -h a -p 1', 'A.B.C: endpoints are reached by tcp only, and "udp" was given'],
    ['A.B.C@tcp -h a -p 1:ssl -h a -p 2', 'A.B.C: endpoints are reached by tcp only, and "ssl" was given'],
    ['A.B.C@tcp -p 1', 'A.B.C: the endpoint has no host: -h HOST'],
    ['A.B.C@tcp -h a', "A.B.C: the endpoint's port is a number from 1 to 65535: -p PORT"],
  ])('%j is refused', (text, problem) => {
    expect(parseObject(text)).toEqual({ ok: false, problem });
  });
});

describe('an endpoint', () => {
  test('may carry the flags of the platform, also those that stand alone', () => {
    expect(parseEndpoint('tcp -h a -p 1 -t 60000 -q 0 -g 1 -s x -w 100 -v 0 -x -e 0')).toEqual({
      ok: true,
      endpoint: { host: 'a', port: 1, timeoutMs: 60_000 },
    });
  });

  test.each([
    ['tcp -h a -p 0', "the endpoint's port is a number from 1 to 65535: -p 0"],
    ['tcp -h a -p 65536', "the endpoint's port is a number from 1 to 65535: -p 65536"],
    ['tcp -h a -p 1:foo -h b -p 2', '-h is given twice in one endpoint'],
    ['tcp -h a -p x', "the endpoint's port is a number from 1 to 65535: -p x"],
    ['tcp -h -p 1', 'the endpoint has no host: -h HOST'],
    ['tcp -h a -p 1 -t soon', "the endpoint's time-out is in whole milliseconds: -t soon"],
    ['tcp 10.0.0.1 -p 1', 'a flag such as -h is expected before "10.0.0.1"'],
    ['tcp -h a b -p 1', 'a flag such as -h is expected before "b"'],
  ])('%j is refused', (text, problem) => {
    expect(parseEndpoint(text)).toEqual({ ok: false, problem });
  });

  test('is written as it is read', () => {
    const text = 'tcp -h 10.0.0.1 -p 1000';
    const parsed = parseEndpoint(text);
    expect(parsed.ok && formatEndpoint(parsed.endpoint)).toBe(text);
  });
});
