import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Point } from '../../../../src/inspect/chart/chart-layout.ts';
import { HEAD_LENGTH, toHeadPath, toLinePath, toWaypoints } from './edge-path.ts';

const at = (x: number, y: number): Point => ({ x, y });

/** Lines as layouts have them: each point straight below, above or beside the one before. */
const orthogonalLine = fc
  .array(fc.tuple(fc.boolean(), fc.integer({ min: -200, max: 200 })), { minLength: 1, maxLength: 8 })
  .map((steps) => {
    const points = [at(0, 0)];
    for (const [isAcross, length] of steps) {
      const { x, y } = points.at(-1)!;
      points.push(isAcross ? at(x + length, y) : at(x, y + length));
    }
    return points;
  });

describe('toLinePath', () => {
  it('ends a straight line at the back of its head', () => {
    expect(toLinePath([at(0, 0), at(0, 100)])).toBe(`M0,0L0,${100 - HEAD_LENGTH + 1}`);
  });

  it('rounds a corner', () => {
    expect(toLinePath([at(0, 0), at(50, 0), at(50, 60)])).toBe('M0,0L44,0Q50,0 50,6L50,53');
  });

  it('shares a short segment between the corners at its ends', () => {
    expect(toLinePath([at(0, 0), at(50, 0), at(50, 4), at(90, 4)])).toBe(
      'M0,0L48,0Q50,0 50,2L50,2Q50,4 52,4L83,4',
    );
  });

  it('does not overshoot a last segment that is shorter than the head', () => {
    expect(toLinePath([at(0, 0), at(3, 0)])).toBe('M0,0L0,0');
  });

  it('makes of every line a path of numbers', () => {
    fc.assert(
      fc.property(orthogonalLine, (points) => {
        expect(toLinePath(points)).toMatch(/^M[-\d.,]+([LQ][-\d., ]+)+$/);
      }),
    );
  });
});

describe('toHeadPath', () => {
  it('points where the line was going', () => {
    expect(toHeadPath([at(0, 0), at(20, 0)])).toBe('M20,0L12,-4L12,4Z');
    expect(toHeadPath([at(0, 0), at(0, 20)])).toBe('M0,20L4,12L-4,12Z');
  });

  it('looks back past points that lie on the tip', () => {
    expect(toHeadPath([at(0, 0), at(20, 0), at(20, 0)])).toBe('M20,0L12,-4L12,4Z');
  });

  it('is nothing for a line that goes nowhere', () => {
    expect(toHeadPath([at(5, 5), at(5, 5)])).toBe('');
    expect(toHeadPath([])).toBe('');
  });
});

describe('toWaypoints', () => {
  it('tells how much of the way lies behind each point', () => {
    expect(toWaypoints([at(0, 0), at(30, 0), at(30, 10)])).toEqual([
      { x: 0, y: 0, offset: 0 },
      { x: 30, y: 0, offset: 0.75 },
      { x: 30, y: 10, offset: 1 },
    ]);
  });

  it('goes from 0 to 1 and never back, whatever the line', () => {
    fc.assert(
      fc.property(orthogonalLine, (points) => {
        const offsets = toWaypoints(points).map(({ offset }) => offset);
        expect(offsets[0]).toBe(0);
        expect(offsets.at(-1)).toBe(1);
        expect(offsets).toEqual(offsets.toSorted((a, b) => a - b));
        expect(offsets.every((offset) => offset >= 0 && offset <= 1)).toBe(true);
      }),
    );
  });
});
