/** Compares tars/platform.tars with the stubs that the platform's own generator made. */

import { createRequire } from 'node:module';
import { describe, expect, test } from 'vitest';
import {
  ConfigInfo,
  Message,
  PropertyBody,
  PropertyHead,
  StatBody,
  StatHead,
} from '../tars/servants/platform.ts';
import type { TarsStruct } from '../tars/wire/struct.ts';

interface ReferenceStruct {
  toBinBuffer(): { toNodeBuffer(): Buffer };
  toObject(): Record<string, unknown>;
}
interface ReferenceClass {
  new (): ReferenceStruct & Record<string, unknown>;
}

const require = createRequire(import.meta.url);

/** The stub of a struct, such as `StatF.tars.StatMicMsgHead`. */
function stub(path: string, name: string): ReferenceClass {
  const module = require(path) as { tars: Record<string, ReferenceClass> };
  return module.tars[name] ?? expect.unreachable(`${path} has no ${name}`);
}

/** Our fields in the order of tags, with the names of the same fields in the reference. */
const STRUCTS: readonly [string, TarsStruct<never>, ReferenceClass, readonly [string, string, unknown][]][] =
  [
    [
      'StatHead',
      StatHead as unknown as TarsStruct<never>,
      stub('@tars/monitor/stat/StatFProxy.js', 'StatMicMsgHead'),
      [
        ['masterName', 'masterName', 'Chat.RoomServer'],
        ['slaveName', 'slaveName', 'Demo.Hello'],
        ['interfaceName', 'interfaceName', 'sayHello'],
        ['masterIp', 'masterIp', '10.0.0.5'],
        ['slaveIp', 'slaveIp', '10.0.0.9'],
        ['slavePort', 'slavePort', 14_002],
        ['returnValue', 'returnValue', -13_001],
        ['slaveSetName', 'slaveSetName', 'a'],
        ['slaveSetArea', 'slaveSetArea', 'b'],
        ['slaveSetId', 'slaveSetID', 'c'],
        ['version', 'tarsVersion', 'd'],
      ],
    ],
    [
      'ConfigInfo',
      ConfigInfo as unknown as TarsStruct<never>,
      stub('@tars/config/ConfigFProxy.js', 'ConfigInfo'),
      [
        ['application', 'appname', 'Chat'],
        ['serverName', 'servername', 'RoomServer'],
        ['fileName', 'filename', 'words.json'],
        ['ofApplication', 'bAppOnly', true],
        ['host', 'host', '10.0.0.5'],
        ['setDivision', 'setdivision', 'a.b.c'],
      ],
    ],
    [
      'PropertyHead',
      PropertyHead as unknown as TarsStruct<never>,
      stub('@tars/monitor/property/PropertyFProxy.js', 'StatPropMsgHead'),
      [
        ['moduleName', 'moduleName', 'Chat.RoomServer'],
        ['ip', 'ip', '10.0.0.5'],
        ['propertyName', 'propertyName', 'connections'],
        ['setName', 'setName', 'a'],
        ['setArea', 'setArea', 'b'],
        ['setId', 'setID', 'c'],
        ['container', 'sContainer', 'd'],
        ['version', 'iPropertyVer', 2],
      ],
    ],
    [
      'Message',
      Message as unknown as TarsStruct<never>,
      stub('@tars/notify/NotifyFProxy.js', 'ReportInfo'),
      [
        ['kind', 'eType', 1],
        ['application', 'sApp', 'Chat'],
        ['setName', 'sSet', 'a.b.c'],
        ['container', 'sContainer', 'd'],
        ['serverName', 'sServer', 'RoomServer'],
        ['text', 'sMessage', 'the store failed'],
        ['threadId', 'sThreadId', '4711'],
        ['level', 'eLevel', 2],
      ],
    ],
  ];

describe.each(STRUCTS)('%s', (_, ours, Reference, fields) => {
  test('is the same bytes as the reference writes', () => {
    const reference = new Reference();
    for (const [, name, value] of fields) reference[name] = value;
    const value = Object.fromEntries(fields.map(([name, , field]) => [name, field])) as never;
    expect(Buffer.from(ours.encode(value))).toEqual(reference.toBinBuffer().toNodeBuffer());
  });
});

test('StatBody is the same bytes as the reference writes', () => {
  const Reference = stub('@tars/monitor/stat/StatFProxy.js', 'StatMicMsgBody');
  const reference = new Reference();
  const numbers = {
    count: 1,
    timeoutCount: 2,
    execCount: 3,
    totalRspTime: 4_000_000_000,
    maxRspTime: 5,
    minRspTime: 6,
  };
  Object.assign(reference, numbers);
  const intervals = reference['intervalCount'] as { put(key: number, value: number): void };
  intervals.put(5, 1);
  intervals.put(3000, 0);
  const bytes = StatBody.encode({
    count: 1,
    timeoutCount: 2,
    failureCount: 3,
    intervalCount: new Map([
      [5, 1],
      [3000, 0],
    ]),
    totalTime: 4_000_000_000,
    maxTime: 5,
    minTime: 6,
  });
  expect(Buffer.from(bytes)).toEqual(reference.toBinBuffer().toNodeBuffer());
});

test('PropertyBody is the same bytes as the reference writes', () => {
  const path = '@tars/monitor/property/PropertyFProxy.js';
  const reference = new (stub(path, 'StatPropMsgBody'))();
  const value = new (stub(path, 'StatPropInfo'))();
  Object.assign(value, { policy: 'Max', value: '12' });
  (reference['vInfo'] as { push(item: unknown): void }).push(value);
  expect(Buffer.from(PropertyBody.encode({ values: [{ policy: 'Max', value: '12' }] }))).toEqual(
    reference.toBinBuffer().toNodeBuffer(),
  );
});
