import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { affineFromRowMajor } from '../geometry/affine';
import { gridPlanes } from '../geometry/planes';
import { canvasToPlane, fitView } from '../geometry/sliceView';
import { pinched, type TwoFingers } from './touch';

const size = { width: 300, height: 400 };
const plane = gridPlanes(affineFromRowMajor([-0.8, 0, 0, 30, 0, 0.9, 0, -20, 0, 0, 3, 5, 0, 0, 0, 1]), [60, 70, 9]).axial;
const view = fitView(plane, size);
const point = fc.record({ x: fc.double({ min: 20, max: 280, noNaN: true }), y: fc.double({ min: 20, max: 380, noNaN: true }) });

describe('two fingers on a slice', () => {
  it('keep what is between them between them, and zoom by how far apart they went', () => {
    fc.assert(
      fc.property(point, point, fc.double({ min: 25, max: 60, noNaN: true }), fc.double({ min: 0.6, max: 3, noNaN: true }), (at, to, half, factor) => {
        const pair = (x: number, y: number, reach: number): TwoFingers => [{ x: x - reach, y }, { x: x + reach, y }];
        const after = pinched({ plane, view, size }, pair(at.x, at.y, half), pair(to.x, to.y, half * factor));
        expect(after.mmPerPixel).toBeCloseTo(view.mmPerPixel / factor, 8);
        const [before, now] = [canvasToPlane(plane, view, size, at), canvasToPlane(plane, after, size, to)];
        expect(now.x).toBeCloseTo(before.x, 6);
        expect(now.y).toBeCloseTo(before.y, 6);
      }),
    );
  });

  it('that do not move change nothing', () => {
    const still: TwoFingers = [{ x: 50, y: 60 }, { x: 90, y: 200 }];
    const after = pinched({ plane, view, size }, still, still);
    expect(after.mmPerPixel).toBeCloseTo(view.mmPerPixel, 12);
    expect(after.centre.x).toBeCloseTo(view.centre.x, 9);
    expect(after.centre.y).toBeCloseTo(view.centre.y, 9);
  });
});
