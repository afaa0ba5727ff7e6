import { describe, expect, test } from 'vitest';
import { renderConfigurationPage, renderSettingsTable } from './configuration-page.ts';
import { parseSettings } from './parse-settings.ts';
import { FIELDS } from './schema/fields.ts';

test('each example file on the page is a good configuration', () => {
  const examples = [...renderConfigurationPage().matchAll(/```json\n(.*?)```/gs)].map(
    ([, text = '']) => text,
  );
  expect(examples).toHaveLength(3);
  for (const example of examples) expect(parseSettings(JSON.parse(example))).toMatchObject({ ok: true });
});

describe('the table of settings', () => {
  const lines = renderSettingsTable().trimEnd().split('\n');

  test('has a row for every setting, in the order of the schema', () => {
    const first = lines.slice(2).map((line) => line.split(' | ')[0]);
    expect(first).toEqual(FIELDS.map((field) => `| \`${field.path}\``));
  });

  test('has the same six columns in each row', () => {
    const counts = new Set(lines.map((line) => line.replaceAll('\\|', '').split('|').length));
    expect([...counts]).toEqual([8]);
  });

  test('tells all there is to know of a setting', () => {
    expect(lines).toContain(
      '| `port` | `STATECAST_PORT` | `--port <number>` | `8000` | a whole number from 0 to 65535 | The port to listen on; 0 takes a free one. |',
    );
    expect(lines).toContain(
      '| `http.apiKey` | `STATECAST_HTTP_API_KEY` |  | none | a text of at least 12 characters | The key that requests of the server API, of the push routes and of `/presence` must carry. It may do everything. |',
    );
  });
});
