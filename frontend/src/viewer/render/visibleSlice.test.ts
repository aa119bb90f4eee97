import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sliceLayout } from '../../commands/labelGrid';
import { affineFromRowMajor } from '../../geometry/affine';
import { gridPlanes } from '../../geometry/planes';
import { fitView, planeToCanvas } from '../../geometry/sliceView';
import { labelledPart, visiblePart } from './visibleSlice';

const shape = [60, 70, 9] as const;
const plane = gridPlanes(affineFromRowMajor([-1, 0, 0, 30, 0, 1, 0, -20, 0, 0, 3, 5, 0, 0, 0, 1]), shape).axial;
const layout = sliceLayout(plane, shape, 4);
const size = { width: 300, height: 400 };

describe('the part of a slice that is seen', () => {
  it('is all of a slice that fits', () => {
    expect(visiblePart(layout, plane, fitView(plane, size), size)).toEqual({ x: 0, y: 0, layout });
  });

  it('is a few voxels when one of them fills the viewport, and they reach beyond its border', () => {
    const view = { centre: { x: 30, y: 12 }, mmPerPixel: 0.004 };
    const part = visiblePart(layout, plane, view, size);
    expect([part.layout.sizeX, part.layout.sizeY].every((count) => count < 9)).toBe(true);
    expect(part.layout.start).toBe(layout.start + part.x * layout.stepX + part.y * layout.stepY);
    const [first, last] = [
      planeToCanvas(plane, view, size, { x: part.x, y: part.y }),
      planeToCanvas(plane, view, size, { x: part.x + part.layout.sizeX - 1, y: part.y + part.layout.sizeY - 1 }),
    ];
    expect(Math.min(first.x, last.x)).toBeLessThan(-250);
    expect(Math.max(first.y, last.y)).toBeGreaterThan(650);
  });

  it('is none of a slice that was moved out of sight', () => {
    const { layout: none } = visiblePart(layout, plane, { centre: { x: 500, y: 12 }, mmPerPixel: 0.1 }, size);
    expect(none.sizeX).toBe(0);
  });
});

describe('the part of a slice that is labelled', () => {
  const whole = { x: 0, y: 0, layout };
  const at = (x: number, y: number): number => layout.start + x * layout.stepX + y * layout.stepY;

  it('is nothing where there are no labels, whatever other slices hold', () => {
    const labels = new Uint8Array(60 * 70 * 9);
    labels[layout.start - 1] = 1;
    labels[layout.start + layout.sizeX * layout.sizeY] = 1;
    expect(labelledPart(labels, whole)).toBeNull();
  });

  it('holds every labelled voxel of what is seen with one around it, and no more', () => {
    const voxel = fc.record({ x: fc.nat(layout.sizeX - 1), y: fc.nat(layout.sizeY - 1), value: fc.integer({ min: 1, max: 9 }) });
    fc.assert(
      fc.property(fc.array(voxel, { minLength: 1, maxLength: 6 }), fc.boolean(), (voxels, narrowed) => {
        const labels = new Uint8Array(60 * 70 * 9);
        voxels.forEach(({ x, y, value }) => (labels[at(x, y)] = value));
        const seen = narrowed
          ? { x: 10, y: 5, layout: { ...layout, start: at(10, 5), sizeX: 30, sizeY: 40 } }
          : whole;
        const inside = voxels.filter(({ x, y }) => x >= seen.x && y >= seen.y && x < seen.x + seen.layout.sizeX && y < seen.y + seen.layout.sizeY);
        const part = labelledPart(labels, seen);
        if (inside.length === 0) {
          expect(part).toBeNull();
          return;
        }
        const [xs, ys] = [inside.map(({ x }) => x), inside.map(({ y }) => y)];
        const first = [Math.max(Math.min(...xs) - 1, seen.x), Math.max(Math.min(...ys) - 1, seen.y)] as const;
        const last = [
          Math.min(Math.max(...xs) + 1, seen.x + seen.layout.sizeX - 1),
          Math.min(Math.max(...ys) + 1, seen.y + seen.layout.sizeY - 1),
        ] as const;
        expect(part).toEqual({
          x: first[0],
          y: first[1],
          layout: { ...layout, start: at(...first), sizeX: last[0] - first[0] + 1, sizeY: last[1] - first[1] + 1 },
        });
      }),
    );
  });
});
