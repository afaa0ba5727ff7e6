import { expect, test } from 'vitest';
import { describeAbsence } from './absence.ts';

const at = (text: string): Date => new Date(`2026-01-02T${text}Z`);
const formatTime = (date: Date): string => date.toISOString().slice(11, 16);

test('an absence is told with both times and what became of the messages', () => {
  const absence = { cause: 'lost', from: at('10:20:05'), to: at('10:21:40') } as const;
  expect(describeAbsence(absence, 'recovered', formatTime)).toBe(
    'connection lost 10:20–10:21 · what was missed follows',
  );
});

test('an absence within a minute has one time', () => {
  const absence = { cause: 'disconnected', from: at('10:20:05'), to: at('10:20:40') } as const;
  expect(describeAbsence(absence, 'none', formatTime)).toBe('disconnected 10:20 · nothing was missed');
});
