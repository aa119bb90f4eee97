import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { indexToRas, rasToIndex, type Affine } from './affine';
import { continuousIjk, rasMm, type Triple } from './frames';
import { gridPlanes, PLANE_NAMES } from './planes';
import { scaleBarMm, scaleBarText } from './scaleBar';
import { sampleOnSlice } from './sliceSampling';
import { canvasToPlane, planeToCanvas } from './sliceView';
import { holds, sameGrid, toSliceView, toWorldView, voxelAt } from './worldLink';

const SHAPE: Triple = [12, 10, 8];
const size = { width: 300, height: 200 };
const spacing = fc.double({ min: 0.3, max: 6, noNaN: true });
const angle = fc.double({ min: -0.5, max: 0.5, noNaN: true });
const offset = fc.double({ min: -60, max: 60, noNaN: true });
const fraction = fc.double({ min: 0, max: 1, noNaN: true });
const point = fc.tuple(fraction, fraction, fraction).map(([x, y, z]) => continuousIjk(x * 11, y * 9, z * 7));

/** Turned about all axes, any voxel size, either handedness. */
const grid = fc
  .tuple(fc.tuple(spacing, spacing, spacing), fc.tuple(angle, angle, angle), fc.tuple(offset, offset, offset), fc.boolean())
  .map(([mm, [a, b, c], [x, y, z], mirrored]) => {
    const turn = ([u, v, w]: Triple): Triple => {
      const [u1, v1] = [u * Math.cos(a) - v * Math.sin(a), u * Math.sin(a) + v * Math.cos(a)];
      const [v2, w2] = [v1 * Math.cos(b) - w * Math.sin(b), v1 * Math.sin(b) + w * Math.cos(b)];
      return [u1 * Math.cos(c) + w2 * Math.sin(c), v2, -u1 * Math.sin(c) + w2 * Math.cos(c)];
    };
    const columns = [turn([mirrored ? -mm[0] : mm[0], 0, 0]), turn([0, mm[1], 0]), turn([0, 0, mm[2]])] as const;
    return { affine: { columns, originRasMm: rasMm(x, y, z) } as Affine, shape: SHAPE };
  });

describe('linked viewports', () => {
  it('shows the same place in the patient at the middle of both, however the grids lie to one another', () => {
    fc.assert(
      fc.property(grid, grid, point, fc.constantFrom(...PLANE_NAMES), (a, b, at, name) => {
        const place = indexToRas(a.affine, at);
        const planeB = gridPlanes(b.affine, b.shape)[name];
        const view = toSliceView(b.affine, planeB, { centreMm: place, mmPerPixel: 0.5 });
        // The crosshair, drawn where the place is in the other grid, is at the middle of its viewport.
        const index = rasToIndex(b.affine, place);
        const drawn = planeToCanvas(planeB, view, size, { x: index[planeB.x.axis], y: index[planeB.y.axis] });
        expect(drawn.x).toBeCloseTo(size.width / 2, 5);
        expect(drawn.y).toBeCloseTo(size.height / 2, 5);
        expect(view.mmPerPixel).toBe(0.5);
      }),
    );
  });

  it('takes a view to the patient and back unchanged on every slice', () => {
    fc.assert(
      fc.property(grid, fc.constantFrom(...PLANE_NAMES), offset, offset, fc.integer({ min: 0, max: 7 }), (a, name, x, y, slice) => {
        const plane = gridPlanes(a.affine, a.shape)[name];
        const back = toSliceView(a.affine, plane, toWorldView(a.affine, plane, { centre: { x, y }, mmPerPixel: 1.5 }, slice));
        expect(back.centre.x).toBeCloseTo(x, 6);
        expect(back.centre.y).toBeCloseTo(y, 6);
      }),
    );
  });

  it('finds the voxel whose box holds the place', () => {
    fc.assert(
      fc.property(grid, point, (a, at) => {
        const place = indexToRas(a.affine, at);
        const voxel = voxelAt(a, place);
        voxel.forEach((index, axis) => expect(Math.abs(index - (at[axis] ?? NaN))).toBeLessThanOrEqual(0.5 + 1e-6));
        expect(holds(a, place)).toBe(true);
        expect(holds(a, indexToRas(a.affine, [at[0] + 12, at[1], at[2]]))).toBe(false);
      }),
    );
  });

  it('knows equal grids from those that only have the same shape', () => {
    fc.assert(
      fc.property(grid, (a) => {
        const o = a.affine.originRasMm;
        const moved = (mm: number) => ({ ...a, affine: { ...a.affine, originRasMm: rasMm(o[0] + mm, o[1], o[2]) } });
        expect(sameGrid(a, moved(1e-5))).toBe(true);
        expect(sameGrid(a, moved(0.2))).toBe(false);
        expect(sameGrid(a, { ...a, shape: [12, 10, 9] })).toBe(false);
      }),
    );
  });
});

describe('neurological display', () => {
  it('mirrors the axial and coronal slices and leaves the sagittal one, voxels and letters alike', () => {
    fc.assert(
      fc.property(grid, fraction, fraction, (a, u, v) => {
        const [one, other] = [gridPlanes(a.affine, a.shape), gridPlanes(a.affine, a.shape, 'neurological')];
        for (const name of PLANE_NAMES) {
          const [p, q] = [one[name], other[name]];
          const view = { centre: { x: (p.sizeX - 1) / 2, y: (p.sizeY - 1) / 2 }, mmPerPixel: 0.7 };
          const at = { x: u * size.width, y: v * size.height };
          const mirror = name === 'sagittal' ? at : { x: size.width - at.x, y: at.y };
          const [r, s] = [canvasToPlane(p, view, size, at), canvasToPlane(q, view, size, mirror)];
          expect(s.x).toBeCloseTo(r.x, 6);
          expect(s.y).toBeCloseTo(r.y, 6);
          expect(q.letters.left).toBe(name === 'sagittal' ? p.letters.left : p.letters.right);
          expect(q.letters.top).toBe(p.letters.top);
        }
      }),
    );
  });
});

describe('sampling a volume on the slice of another grid', () => {
  /** A function that is linear in the patient is the same on every grid, and trilinear interpolation is exact for it. */
  const field = (mm: readonly [number, number, number]): number => 3 + 0.7 * mm[0] - 1.1 * mm[1] + 0.4 * mm[2];

  it('gives a linear field of the patient exactly inside, and nothing outside', () => {
    fc.assert(
      fc.property(grid, grid, fc.constantFrom(...PLANE_NAMES), fc.integer({ min: 0, max: 7 }), (a, b, name, slice) => {
        const voxels = new Float64Array(12 * 10 * 8);
        for (let k = 0, n = 0; k < 8; k++)
          for (let j = 0; j < 10; j++) for (let i = 0; i < 12; i++, n++) voxels[n] = field(indexToRas(b.affine, [i, j, k]));
        const plane = gridPlanes(a.affine, a.shape)[name];
        const out = new Float32Array(plane.sizeX * plane.sizeY);
        sampleOnSlice({ ...b, voxels }, a, plane, slice, out);
        for (let y = 0, n = 0; y < plane.sizeY; y++) {
          for (let x = 0; x < plane.sizeX; x++, n++) {
            const index = [0, 0, 0];
            index[plane.x.axis] = x;
            index[plane.y.axis] = y;
            index[plane.sliceAxis] = slice;
            const place = indexToRas(a.affine, index as unknown as Triple);
            const at = rasToIndex(b.affine, place);
            const inside = at.every((value, axis) => value >= 0.001 && value <= (b.shape[axis] ?? 0) - 1.001);
            const far = at.some((value, axis) => value < -0.501 || value > (b.shape[axis] ?? 0) - 0.499);
            if (inside) expect(Math.abs((out[n] ?? NaN) - field(place))).toBeLessThan(1e-3);
            if (far) expect(out[n]).toBeNaN();
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  it('is the voxels themselves on its own grid', () => {
    fc.assert(
      fc.property(grid, (a) => {
        const voxels = Float32Array.from({ length: 960 }, (_, n) => (n * 7919) % 251);
        const plane = gridPlanes(a.affine, a.shape).axial;
        const out = new Float32Array(plane.sizeX * plane.sizeY);
        sampleOnSlice({ ...a, voxels }, a, plane, 2, out);
        const expected = new Float32Array(out.length);
        for (let y = 0, n = 0; y < plane.sizeY; y++) {
          for (let x = 0; x < plane.sizeX; x++, n++) {
            const index = [0, 0, 0];
            index[plane.x.axis] = x;
            index[plane.y.axis] = y;
            index[plane.sliceAxis] = 2;
            expected[n] = voxels[(index[0] ?? 0) + 12 * ((index[1] ?? 0) + 10 * (index[2] ?? 0))] ?? NaN;
          }
        }
        expect([...out]).toEqual([...expected]);
      }),
      { numRuns: 30 },
    );
  });
});

describe('scale bar', () => {
  it('is round, as long as there is room for, and never longer', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.005, max: 5, noNaN: true }), fc.double({ min: 20, max: 400, noNaN: true }), (mmPerPixel, room) => {
        const mm = scaleBarMm(mmPerPixel, room);
        expect(mm).toBeLessThanOrEqual(mmPerPixel * room * (1 + 1e-6));
        expect(mm * 2.5).toBeGreaterThanOrEqual(mmPerPixel * room * (1 - 1e-6));
        expect(['1', '2', '5']).toContain(mm.toExponential(3)[0]);
      }),
    );
    expect([scaleBarText(5), scaleBarText(50), scaleBarText(0.5)]).toEqual(['5 mm', '5 cm', '0.5 mm']);
  });
});
