import { describe, expect, test } from 'vitest';
import { isTarsConf, parseConf, type ConfSection } from './conf-parser.ts';

describe('a TARS configuration', () => {
  test('is sections of values, each with its line', () => {
    const text =
      '<tars>\n  <application>\n    enableset=n\n    <client>\n a = 1 \n</client>\n</application>\n</tars>\n';
    const application = sectionOf(text, 'tars', 'application');
    expect(application.line).toBe(2);
    expect(application.values.get('enableset')).toEqual({ text: 'n', line: 3 });
    expect(sectionOf(text, 'tars', 'application', 'client').values.get('a')).toEqual({ text: '1', line: 5 });
  });

  test('may have comments, empty lines, a byte order mark and line ends of any system', () => {
    const text = '\uFEFF# head\r\n<tars>\r\n\r\n   # a=1\r\nb=2\r</tars>';
    expect([...sectionOf(text, 'tars').values]).toEqual([['b', { text: '2', line: 5 }]]);
  });

  test('keeps what stands behind the first equals sign as it is', () => {
    const { values } = sectionOf('<tars>\nlocator =tars.Q.Q@tcp -h 1 -p 2 # x\nj={"a=b":1}\n</tars>', 'tars');
    expect(values.get('locator')?.text).toBe('tars.Q.Q@tcp -h 1 -p 2 # x');
    expect(values.get('j')?.text).toBe('{"a=b":1}');
  });

  test('reads the escapes of the platform and leaves other backslashes alone', () => {
    const { values } = sectionOf('<tars>\na\\=b=c\\=d\\\\e\\tf\npath=C:\\data\n</tars>', 'tars');
    expect(values.get('a=b')?.text).toBe('c=d\\e\tf');
    expect(values.get('path')?.text).toBe('C:\\data');
  });

  test('takes a key alone for an empty value', () => {
    expect(sectionOf('<tars>\nflag\nempty=\n</tars>', 'tars').values).toEqual(
      new Map([
        ['flag', { text: '', line: 2 }],
        ['empty', { text: '', line: 3 }],
      ]),
    );
  });

  test('merges a section that is opened twice, and the last value of a key counts', () => {
    const text = '<tars>\n<a>\nx=1\ny=1\n</a>\n<a>\nx=2\n</a>\n</tars>';
    expect(sectionOf(text, 'tars', 'a').values.get('x')).toEqual({ text: '2', line: 7 });
    expect(sectionOf(text, 'tars', 'a').values.get('y')).toEqual({ text: '1', line: 4 });
  });

  test.each([
    ['a section that is not closed', '<tars>\n<a>\nx=1\n', [1, 2]],
    ['a section that is closed twice', '<tars>\n</tars>\n</tars>', [3]],
    ['sections that overlap', '<tars>\n<a>\n<b>\n</a>\n</b>\n</tars>', [4, 5]],
    ['a line that begins like a section', '<tars>\n<a\n<b> c=1\n</tars>', [2, 3]],
    ['a value outside of all sections', 'x=1\n<tars>\n</tars>', [1]],
  ])('with %s is refused, and the lines are told', (_, text, lines) => {
    const parsed = parseConf(text);
    expect(parsed.ok ? [] : parsed.mistakes.map(({ line }) => line)).toEqual(lines);
  });

  test('is told by <tars> as the first thing in it', () => {
    expect(isTarsConf('# made by the node\n\n  <tars>\n</tars>')).toBe(true);
    expect(isTarsConf('{ "host": "<tars>" }')).toBe(false);
    expect(isTarsConf('')).toBe(false);
  });
});

function sectionOf(text: string, ...names: string[]): ConfSection {
  const parsed = parseConf(text);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.mistakes));
  let section = parsed.root;
  for (const name of names) {
    const inner = section.sections.get(name);
    if (inner === undefined) throw new Error(`no section ${name}`);
    section = inner;
  }
  return section;
}
