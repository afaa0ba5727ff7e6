import { expect, test } from 'vitest';
import { renderConfigurationPage } from './configuration-page.ts';
import { parseSettings } from './parse-settings.ts';

test('the example file on the page is a good configuration', () => {
  const example = /```json\n(.*?)```/s.exec(renderConfigurationPage())?.[1];
  expect(parseSettings(JSON.parse(example ?? ''))).toMatchObject({ ok: true });
});
