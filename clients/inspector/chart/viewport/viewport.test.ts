import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Box } from '../../../../src/inspect/chart/chart-layout.ts';
import {
  firstViewport,
  fitViewport,
  revealViewport,
  type Size,
  type Viewport,
  zoomAround,
} from './viewport.ts';

const SCREEN: Size = { width: 900, height: 600 };

describe('fitViewport', () => {
  it('shows all of the picture in the middle', () => {
    expect(fitViewport({ width: 1800, height: 600 }, SCREEN)).toEqual({ x: 0, y: 150, zoom: 0.5 });
  });

  it('enlarges a small picture only a little', () => {
    expect(fitViewport({ width: 300, height: 200 }, SCREEN)).toEqual({ x: 270, y: 180, zoom: 1.2 });
  });
});

describe('zoomAround', () => {
  it('keeps what lies at the point, and stays within bounds', () => {
    const viewport = { x: -100, y: 40, zoom: 0.5 };
    expect(zoomAround(viewport, { x: 200, y: 100 }, 2)).toEqual({ x: -400, y: -20, zoom: 1 });
    expect(zoomAround(viewport, { x: 0, y: 0 }, 1_000).zoom).toBe(3);
    expect(zoomAround(viewport, { x: 0, y: 0 }, 0.001).zoom).toBe(0.05);
  });
});

describe('firstViewport', () => {
  it('shows all of a picture that can be read so', () => {
    const picture = { width: 1000, height: 650 };
    expect(firstViewport(picture, SCREEN, [])).toEqual(fitViewport(picture, SCREEN));
  });

  it('shows what matters of a picture that could not be read as a whole, and no room beside the picture', () => {
    const phone = { width: 360, height: 500 };
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1900 }), fc.integer({ min: 0, max: 1400 }), (x, y) => {
        const focus = { x, y, width: 100, height: 100 };
        const viewport = firstViewport({ width: 2000, height: 1500 }, phone, [focus]);
        expect(viewport.zoom).toBeGreaterThanOrEqual(9 / 11);
        expect(isInView(viewport, phone, focus)).toBe(true);
        expect(viewport.x).toBeLessThanOrEqual(0);
        expect(viewport.x + 2000 * viewport.zoom).toBeGreaterThanOrEqual(phone.width);
      }),
    );
  });

  it('shows as many of the first things that matter as can be read together', () => {
    const near = { x: 100, y: 1000, width: 100, height: 40 };
    const beside = { x: 400, y: 1300, width: 100, height: 40 };
    const far = { x: 3000, y: 100, width: 100, height: 40 };
    const viewport = firstViewport({ width: 4000, height: 4000 }, SCREEN, [near, beside, far]);
    expect([near, beside, far].map((box) => isInView(viewport, SCREEN, box))).toEqual([true, true, false]);
  });

  it('shows what matters beside the overview map, not below it', () => {
    const picture = { width: 4000, height: 3000 };
    const map = { width: 150, height: 112 };
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3900 }), fc.integer({ min: 0, max: 2900 }), (x, y) => {
        const focus = { x, y, width: 100, height: 100 };
        const viewport = firstViewport(picture, SCREEN, [focus]);
        const right = viewport.x + (x + focus.width) * viewport.zoom;
        const top = viewport.y + y * viewport.zoom;
        expect(isInView(viewport, SCREEN, focus)).toBe(true);
        expect(right <= SCREEN.width - map.width || top >= map.height).toBe(true);
      }),
    );
  });

  it('shows more of what matters below the map where it is too wide to stand beside it', () => {
    const ends = [0, 800].map((x) => ({ x: 100 + x, y: 100, width: 100, height: 40 }));
    const { x, y, zoom } = firstViewport({ width: 4000, height: 4000 }, SCREEN, ends);
    for (const end of ends) expect(isInView({ x, y, zoom }, SCREEN, end)).toBe(true);
    expect(y + 100 * zoom).toBeGreaterThan(150);
  });

  it('shows the start of such a picture if nothing in it matters more', () => {
    const { x, y } = firstViewport({ width: 9000, height: 6000 }, SCREEN, []);
    expect([x, y]).toEqual([0, 0]);
  });
});

describe('revealViewport', () => {
  const viewport: Viewport = { x: 0, y: 0, zoom: 1 };

  it('leaves the picture where it is if the box is seen', () => {
    expect(revealViewport(viewport, SCREEN, { x: 10, y: 10, width: 50, height: 50 })).toEqual(viewport);
  });

  it('moves the picture as little as it takes, and only the way it takes', () => {
    expect(revealViewport(viewport, SCREEN, { x: 880, y: 10, width: 50, height: 50 })).toEqual({
      x: 900 - 24 - 930,
      y: 0,
      zoom: 1,
    });
  });

  it('shows the start of a box that is larger than the screen', () => {
    expect(revealViewport(viewport, SCREEN, { x: 100, y: -500, width: 2000, height: 300 })).toEqual({
      x: -76,
      y: 524,
      zoom: 1,
    });
  });

  it('brings any box that fits into view', () => {
    const coordinate = fc.integer({ min: -3000, max: 3000 });
    const length = fc.integer({ min: 1, max: 500 });
    fc.assert(
      fc.property(coordinate, coordinate, length, length, (x, y, width, height) => {
        const box = { x, y, width, height };
        const revealed = revealViewport({ x: 40, y: -70, zoom: 1.1 }, SCREEN, box);
        expect(isInView(revealed, SCREEN, box)).toBe(true);
      }),
    );
  });
});

function isInView({ x, y, zoom }: Viewport, screen: Size, box: Box): boolean {
  const hair = 0.001;
  const [left, top] = [x + box.x * zoom, y + box.y * zoom];
  return (
    left >= -hair &&
    top >= -hair &&
    left + box.width * zoom <= screen.width + hair &&
    top + box.height * zoom <= screen.height + hair
  );
}
