import { describe, expect, test } from 'vitest';
import { findFieldProblems } from '../parse-settings.ts';
import { readTarsSettings } from './conf-settings.ts';
import type { TarsConf } from './tars-conf.ts';

const FILE = 'Chat.RoomServer.config.conf';

/** A configuration as a node daemon writes it, with additional lines in its sections. */
function write(
  lines: { application?: string; client?: string; server?: string; adapter?: string } = {},
): string {
  return `<tars>
  <application>
    enableset=n
    setdivision=NULL
    ${lines.application ?? ''}
    <client>
      locator=tars.tarsregistry.QueryObj@tcp -h 10.0.0.1 -p 17890
      sync-invoke-timeout=3000
      async-invoke-timeout=5000
      stat=tars.tarsstat.StatObj
      property=tars.tarsproperty.PropertyObj
      report-interval=60000
      asyncthread=1
      modulename=Chat.RoomServer
      ${lines.client ?? ''}
    </client>
    <server>
      node=tars.tarsnode.ServerObj@tcp -h 10.0.0.5 -p 19386 -t 60000
      app=Chat
      server=RoomServer
      localip=10.0.0.5
      local=tcp -h 127.0.0.1 -p 18081 -t 3000
      basepath=/data/tars/bin/
      datapath=/data/tars/data/
      logpath=/data/app_log/
      logsize=10M
      lognum=4
      logLevel=WARN
      config=tars.tarsconfig.ConfigObj
      notify=tars.tarsnotify.NotifyObj
      deactivating-timeout=10000
      ${lines.server ?? ''}
      <Chat.RoomServer.RoomObjAdapter>
        allow
        endpoint=tcp -h 127.0.0.1 -p 18080 -t 60000
        maxconns=100000
        protocol=not_tars
        servant=Chat.RoomServer.RoomObj
        threads=5
        ${lines.adapter ?? ''}
      </Chat.RoomServer.RoomObjAdapter>
    </server>
  </application>
</tars>`;
}

function read(text: string): TarsConf {
  const { conf, layer } = readTarsSettings(text, FILE);
  expect(layer.problems).toEqual([]);
  if (conf === undefined) throw new Error('no configuration');
  return conf;
}

function problemsOf(text: string) {
  const { conf, layer } = readTarsSettings(text, FILE);
  expect(conf).toBeUndefined();
  return layer.problems;
}

describe('a filled template', () => {
  test('says where to listen, where data is, what is logged, how long to drain and whom to ask', () => {
    expect(readTarsSettings(write(), FILE).layer.input).toEqual({
      host: '127.0.0.1',
      port: 18_080,
      dataDir: '/data/tars/data/',
      drainSeconds: 9,
      workers: 1,
      log: { level: 'warn', format: 'json' },
      tars: { locator: 'tars.tarsregistry.QueryObj@tcp -h 10.0.0.1 -p 17890', callSeconds: 5 },
      monitor: { redis: { prefix: 'statecast:Chat.RoomServer@10.0.0.5' } },
    });
  });

  test('says which configuration files to pull, and into which directory', () => {
    const server = 'saveTarsConfigFileDir=src/conf/\nsaveTarsConfigFileName= words.json, more.json;last.conf';
    const { input } = readTarsSettings(write({ server }), FILE).layer;
    expect(input).toMatchObject({
      tars: { configDir: 'src/conf/', configFiles: ['words.json', 'more.json', 'last.conf'] },
    });
    const wrong = readTarsSettings(write({ server: 'saveTarsConfigFileName=../x' }), FILE).layer;
    expect(findFieldProblems(wrong.input, wrong.sourceOf)).toMatchObject([
      { path: 'tars.configFiles[0]', given: '"../x"', source: `file ${FILE}` },
    ]);
  });

  test('keeps the statistics of sets apart', () => {
    const application = 'enableset=y\nsetdivision=a.b.1';
    expect(readTarsSettings(write({ application }), FILE).layer.input).toMatchObject({
      monitor: { redis: { prefix: 'statecast:Chat.RoomServer.a.b.1@10.0.0.5' } },
    });
  });

  test('says what the platform is', () => {
    expect(read(write())).toEqual({
      file: FILE,
      app: 'Chat',
      server: 'RoomServer',
      moduleName: 'Chat.RoomServer',
      localIp: '10.0.0.5',
      workers: 1,
      admin: { host: '127.0.0.1', port: 18_081, timeoutMs: 3000 },
      node: 'tars.tarsnode.ServerObj@tcp -h 10.0.0.5 -p 19386 -t 60000',
      config: 'tars.tarsconfig.ConfigObj',
      notify: 'tars.tarsnotify.NotifyObj',
      stat: 'tars.tarsstat.StatObj',
      property: 'tars.tarsproperty.PropertyObj',
      locator: 'tars.tarsregistry.QueryObj@tcp -h 10.0.0.1 -p 17890',
      reportIntervalMs: 60_000,
      callTimeoutMs: 5000,
      stopTimeoutMs: 10_000,
      basePath: '/data/tars/bin/',
      dataPath: '/data/tars/data/',
      log: {
        level: 'WARN',
        file: '/data/app_log/Chat/RoomServer/Chat.RoomServer.log',
        maxBytes: 10 * 1024 * 1024,
        files: 4,
      },
      adapters: [
        {
          name: 'Chat.RoomServer.RoomObjAdapter',
          servant: 'Chat.RoomServer.RoomObj',
          endpoint: { host: '127.0.0.1', port: 18_080, timeoutMs: 60_000 },
          protocol: 'not_tars',
          line: 35,
        },
      ],
    });
  });

  test('listens on the first adapter that does not speak TARS, and serves others on the first that does', () => {
    const others = `<A>\nendpoint=tcp -h 10.0.0.5 -p 9001\nprotocol=tars\n</A>\n<B>\nendpoint=tcp -h * -p 9002\nprotocol=not_tars\n</B>`;
    const { input } = readTarsSettings(write({ server: others }), FILE).layer;
    expect(input).toMatchObject({ host: '0.0.0.0', port: 9002, tars: { listen: 'tcp -h 10.0.0.5 -p 9001' } });
  });

  test('reports no more often than every 10 seconds', () => {
    expect(read(write({ client: 'report-interval=1' })).reportIntervalMs).toBe(10_000);
  });

  test('knows its set only where sets are enabled', () => {
    expect(read(write({ application: 'setdivision=room.sz.1' })).set).toBeUndefined();
    expect(read(write({ application: 'enableset=Y\nsetdivision=room.sz.1' })).set).toEqual({
      name: 'room',
      area: 'sz',
      group: '1',
    });
  });

  test.each([
    ['enableset=y\nsetdivision=room.sz.1', 'room.sz.1'],
    ['enableset=y\nsetdivision=room.sz.*', 'room.sz.*'],
    ['enableset=y\nsetdivision=room.*.1', undefined],
    ['enableset=y\nsetdivision=*.sz.1', undefined],
    ['enableset=y\nsetdivision=room.sz.1.2', undefined],
    ['setdivision=room.sz.1', undefined],
  ])('with %j asks the registry for endpoints in the set %s', (application, set) => {
    const { layer } = readTarsSettings(write({ application }), FILE);
    expect((layer.input as { tars: { set?: string } }).tars.set).toBe(set);
    expect(findFieldProblems(layer.input, layer.sourceOf)).toEqual([]);
  });

  test.each([
    ['DEBUG', 'debug'],
    ['info', 'info'],
    ['Warn', 'warn'],
    ['ERROR', 'error'],
    ['NONE', 'silent'],
  ])('with the log level %s logs from %s on', (level, ours) => {
    const { input } = readTarsSettings(write({ server: `logLevel=${level}` }), FILE).layer;
    expect(input).toMatchObject({ log: { level: ours } });
  });

  test.each([
    ['52428800', 52_428_800],
    ['64k', 65_536],
    ['1G', 1024 ** 3],
  ])('with logsize=%s has log files of %i bytes', (size, bytes) => {
    expect(read(write({ server: `logsize=${size}` })).log.maxBytes).toBe(bytes);
  });

  test('carries settings of our own, which win over those of the platform', () => {
    const own =
      '<statecast>\nlimits.messageBytes=1000\nhost=127.0.0.2\nrooms={"lobby":{"capacity":5}}\npages=false\n</statecast>';
    const { input } = readTarsSettings(write({ application: own }), FILE).layer;
    expect(input).toMatchObject({
      limits: { messageBytes: 1000 },
      host: '127.0.0.2',
      port: 18_080,
      pages: false,
      rooms: { lobby: { capacity: 5 } },
    });
  });
});

test.each([
  ['0', 'auto'],
  ['4', 4],
])('asyncthread %s of a template is so many processes: %s', (count, workers) => {
  const text = write().replace('asyncthread=1', `asyncthread=${count}`);
  expect(readTarsSettings(text, FILE).layer.input).toMatchObject({ workers });
});

describe('what is wrong with a template', () => {
  test('is reported with all its mistakes, each with its line', () => {
    const text = write({
      client: 'asyncthread=-4',
      server: 'logLevel=LOUD\nlogsize=big\nlocal=udp -h 1 -p 2\nserver=Room/Server',
      application: '<statecast>\nlimits.mesageBytes=1\n</statecast>',
    });
    expect(problemsOf(text)).toEqual([
      {
        path: '/tars/application/server<server>',
        given: 'Room/Server',
        allowed: 'a name of letters, digits, _ and -',
        source: `file ${FILE} line 37`,
      },
      {
        path: '/tars/application/client<asyncthread>',
        given: '-4',
        allowed: 'a whole number',
        source: `file ${FILE} line 17`,
      },
      expect.objectContaining({ path: '/tars/application/server<local>', source: `file ${FILE} line 36` }),
      expect.objectContaining({ path: '/tars/application/server<logLevel>', given: 'LOUD' }),
      expect.objectContaining({ path: '/tars/application/server<logsize>', given: 'big' }),
      {
        path: 'limits.mesageBytes',
        given: '(not shown)',
        allowed: 'no such setting; did you mean limits.messageBytes?',
        source: `file ${FILE} line 6`,
      },
    ]);
  });

  test('is a place that the node daemon did not fill in', () => {
    expect(problemsOf(write({ server: 'app=${app}\nlocal=${local}' }))).toMatchObject([
      { path: '/tars/application/server<app>', given: '${app}' },
      { path: '/tars/application/server<local>', given: '${local}' },
    ]);
  });

  test('is a registry without an address, and an object that is none', () => {
    const text = write({ client: 'locator=tars.tarsregistry.QueryObj\nstat=StatObj' });
    expect(problemsOf(text)).toMatchObject([
      { path: '/tars/application/client<stat>', given: 'StatObj' },
      { path: '/tars/application/client<locator>', given: 'tars.tarsregistry.QueryObj' },
    ]);
  });

  test('is an adapter that speaks TARS alone', () => {
    expect(problemsOf(write({ adapter: 'protocol=tars' }))).toMatchObject([
      { path: '/tars/application/server', allowed: expect.stringContaining('protocol=not_tars') },
    ]);
  });

  test('is a text that does not parse', () => {
    expect(problemsOf('<tars>\n<application>\n</tars>')).toEqual([
      {
        path: '(all)',
        given: '(not a TARS conf)',
        allowed: '</tars> comes before the end of <application> of line 2',
        source: `file ${FILE} line 3`,
      },
    ]);
  });

  test('is a value that our settings refuse, told with its place', () => {
    const { layer } = readTarsSettings(
      write({ application: '<statecast>\nlimits.messageBytes=0\n</statecast>' }),
      FILE,
    );
    expect(layer.sourceOf(['limits', 'messageBytes'])).toBe(`file ${FILE} line 6`);
    expect(layer.sourceOf(['port'])).toBe(`file ${FILE} line 37`);
    expect(layer.sourceOf(['dataDir'])).toBe(`file ${FILE}`);
    expect(findFieldProblems(layer.input, layer.sourceOf)).toMatchObject([
      { path: 'limits.messageBytes', given: '0', source: `file ${FILE} line 6` },
    ]);
  });
});
