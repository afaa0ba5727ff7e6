/** Parses the text of a TARS configuration: nested sections of `key=value` lines. */

/** A value and its line, counted from 1. */
export interface ConfValue {
  readonly text: string;
  readonly line: number;
}

/** `<name> … </name>`. Sections of the same name are merged, and the last value of a key counts. */
export interface ConfSection {
  readonly name: string;
  readonly line: number;
  /** In the order of the file. */
  readonly values: ReadonlyMap<string, ConfValue>;
  /** By name, in the order of the file. */
  readonly sections: ReadonlyMap<string, ConfSection>;
}

export interface ConfMistake {
  readonly line: number;
  /** A sentence without a full stop. */
  readonly message: string;
}

export type ParsedConf =
  | { readonly ok: true; readonly root: ConfSection }
  | { readonly ok: false; readonly mistakes: readonly ConfMistake[] };

/** Whether a text is a TARS configuration: its first line that is no comment is `<tars>`. */
export function isTarsConf(text: string): boolean {
  return toLines(text).find(isMeaningful)?.trim() === '<tars>';
}

/** Parses a configuration, or returns all its mistakes. The root has no name and contains `<tars>`. */
export function parseConf(text: string): ParsedConf {
  const root = openSection('', 1);
  const open = [root];
  const mistakes: ConfMistake[] = [];

  for (const [index, raw] of toLines(text).entries()) {
    if (!isMeaningful(raw)) continue;
    const line = index + 1;
    const content = raw.trim();
    const section = open.at(-1) ?? root;
    const tag = /^<(?<slash>\/?)(?<name>[^<>/]+)>$/.exec(content)?.groups;
    if (tag !== undefined) {
      const name = tag['name']?.trim() ?? '';
      if (tag['slash'] === '') open.push(enter(section, name, line));
      else if (section === root) mistakes.push({ line, message: `</${name}> closes nothing` });
      else if (section.name === name) open.pop();
      else mistakes.push({ line, message: wrongClose(name, section, close(open, name)) });
    } else if (content.startsWith('<')) {
      mistakes.push({
        line,
        message: 'a section is opened by <name> and closed by </name>, alone on a line',
      });
    } else if (section === root) {
      mistakes.push({ line, message: 'a value stands outside of <tars>' });
    } else {
      const [key, value] = splitValue(content);
      section.values.delete(key);
      section.values.set(key, { text: value, line });
    }
  }
  for (const { name, line } of open.slice(1)) mistakes.push({ line, message: `<${name}> is never closed` });
  return mistakes.length === 0
    ? { ok: true, root }
    : { ok: false, mistakes: mistakes.sort((one, other) => one.line - other.line) };
}

interface OpenSection extends ConfSection {
  readonly values: Map<string, ConfValue>;
  readonly sections: Map<string, OpenSection>;
}

function openSection(name: string, line: number): OpenSection {
  return { name, line, values: new Map(), sections: new Map() };
}

function enter(parent: OpenSection, name: string, line: number): OpenSection {
  const section = parent.sections.get(name) ?? openSection(name, line);
  parent.sections.set(name, section);
  return section;
}

/** Closes all sections up to the one of this name, if it is open, so that one mistake is reported once. */
function close(open: OpenSection[], name: string): boolean {
  const index = open.findLastIndex((section) => section.name === name);
  if (index > 0) open.splice(index);
  return index > 0;
}

function wrongClose(name: string, inner: ConfSection, wasOpen: boolean): string {
  const opened = `<${inner.name}> of line ${inner.line}`;
  return wasOpen ? `</${name}> comes before the end of ${opened}` : `</${name}> cannot close ${opened}`;
}

function toLines(text: string): string[] {
  return text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/);
}

function isMeaningful(line: string): boolean {
  return /^\s*[^\s#]/.test(line);
}

/** A key ends at the first `=` without a backslash before it; a key alone has an empty value. */
function splitValue(content: string): [key: string, value: string] {
  const end = /(?<!\\)=/.exec(content)?.index ?? content.length;
  return [unescape(content.slice(0, end).trim()), unescape(content.slice(end + 1).trim())];
}

/** The escapes; any other backslash is kept as it is. */
const ESCAPES: Readonly<Record<string, string>> = {
  '\\\\': '\\',
  '\\r': '\r',
  '\\n': '\n',
  '\\t': '\t',
  '\\=': '=',
};

function unescape(text: string): string {
  return text.replace(/\\[\\rnt=]/g, (escape) => ESCAPES[escape] ?? escape);
}
