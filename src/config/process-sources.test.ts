import { expect, test } from 'vitest';
import { readProcessSources } from './process-sources.ts';

test.each([
  [[], undefined],
  [['start', '--port', '1'], undefined],
  [['--config', 'a.conf'], 'a.conf'],
  [['--config=a.conf', 'start'], 'a.conf'],
  [['-c', 'a.conf'], 'a.conf'],
  [['-c', 'a.conf', '--config=b=c.conf'], 'b=c.conf'],
  [['--config'], undefined],
])('the words %j name the file %s', (args, file) => {
  expect(readProcessSources(args).file).toBe(file);
});
