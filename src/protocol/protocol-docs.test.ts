/** Checks that the tables of docs/protocol.md are the same as in the code. */

// oxlint-disable-next-line no-restricted-imports -- the page is a file; the rule keeps the protocol itself plain data
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { CLOSE_CODES } from './close-codes.ts';
import { ENDINGS } from './endings.ts';
import { ERRORS } from './errors.ts';
import { RPC_ERRORS } from './rpc-errors.ts';

const page = readFileSync(new URL('../../docs/protocol.md', import.meta.url), 'utf8');

const errors = {
  name: 'errors',
  table: toTable(
    ['Code', 'Name', 'Message', 'Temporary'],
    Object.entries(ERRORS).map(([name, { code, message, temporary }]) => [
      `${code}`,
      `\`${name}\``,
      message,
      temporary ? 'yes' : 'no',
    ]),
  ),
};

const closeCodes = {
  name: 'close codes',
  table: toTable(
    ['Code', 'Name', 'Reason', 'Connect again'],
    Object.entries(CLOSE_CODES).map(([name, { code, reason, reconnect }]) => [
      `${code}`,
      `\`${name}\``,
      reason,
      reconnect ? 'yes' : 'no',
    ]),
  ),
};

const endings = {
  name: 'endings',
  table: toTable(
    ['Code', 'Name', 'Reason', 'Subscribe again'],
    Object.entries(ENDINGS).map(([name, { code, reason, rejoin }]) => [
      `${code}`,
      `\`${name}\``,
      reason,
      rejoin ? 'yes' : 'no',
    ]),
  ),
};

const rpcErrors = {
  name: 'rpc errors',
  table: toTable(
    ['Code', 'Name', 'Message'],
    Object.entries(RPC_ERRORS).map(([name, { code, message }]) => [`${code}`, `\`${name}\``, message]),
  ),
};

describe('docs/protocol.md', () => {
  test.each([errors, closeCodes, endings, rpcErrors])(
    'has the same table of $name as the code',
    ({ name, table }) => {
      const found = new RegExp(`<!-- ${name}: begin[^>]*-->\n(.*?)\n<!-- ${name}: end -->`, 's').exec(
        page,
      )?.[1];
      const remedy = `put this table between the markers of "${name}" in docs/protocol.md:\n\n${table}\n`;
      expect(found, remedy).toBe(table);
    },
  );

  test('says for each close code when it is sent', () => {
    const missing = Object.values(CLOSE_CODES).filter(({ code }) => !page.includes(`\n- **${code}** `));
    expect(missing).toEqual([]);
  });

  test('says for each ending when it is sent', () => {
    const missing = Object.values(ENDINGS).filter(({ code }) => !page.includes(`\n- **${code}** `));
    expect(missing).toEqual([]);
  });

  test('says for each error when it is the answer', () => {
    const missing = Object.values(ERRORS).filter(({ code }) => !page.includes(`\n- **${code}** `));
    expect(missing).toEqual([]);
  });
});

function toTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const rule = head.map(() => '---');
  return [head, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
