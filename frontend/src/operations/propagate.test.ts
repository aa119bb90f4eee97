import { describe, expect, it } from 'vitest';
import { propagateSlice } from './propagate';
import type { PlaneAxes } from './sliceTarget';

const SIZE = 24;
const plane: PlaneAxes = {
  sliceAxis: 2, x: { axis: 0, flipped: false }, y: { axis: 1, flipped: false }, sizeX: SIZE, sizeY: SIZE, sliceCount: 2,
  spacingXMm: 1, spacingYMm: 1, sliceSpacingMm: 3,
} as unknown as PlaneAxes;

const disc = (x: number, y: number, cx: number, cy: number, r: number): boolean => (x - cx) ** 2 + (y - cy) ** 2 <= r * r;

/** A bright disc on each slice, the first one labelled. */
function scene(second: readonly [number, number, number]) {
  const shape = [SIZE, SIZE, 2] as const;
  const labels = new Uint8Array(SIZE * SIZE * 2);
  const image = new Float32Array(labels.length);
  const wanted: number[] = [];
  for (let y = 0; y < SIZE; y++) {
    for (let x = 0; x < SIZE; x++) {
      const n = x + SIZE * y;
      const noise = ((x * 7 + y * 13) % 5) - 2;
      if (disc(x, y, 11, 12, 4)) labels[n] = 1;
      image[n] = (disc(x, y, 11, 12, 4) ? 200 : 100) + noise;
      image[n + SIZE * SIZE] = (disc(x, y, ...second) ? 200 : 100) + noise;
      if (disc(x, y, ...second)) wanted.push(n + SIZE * SIZE);
    }
  }
  return { volume: { labels, shape, spacingMm: [1, 1, 3] as const }, image, wanted };
}

describe('a label carried to the next slice', () => {
  it.each([
    ['stays where nothing moves', [11, 12, 4]],
    ['follows a shift', [14, 10, 4]],
    ['grows by a voxel with the structure', [11, 12, 5]],
    ['shrinks by a voxel with the structure', [11, 12, 3]],
  ] as const)('%s', (_, second) => {
    const { volume, image, wanted } = scene(second);
    const change = propagateSlice(volume, plane, image, { label: 1, from: 0, to: 1, over: 'everything' });
    expect([...change.indices]).toEqual(wanted);
    expect(new Set(change.values)).toEqual(new Set([1]));
  });

  it('is copied as it is where the image tells nothing, and not at all beyond the last slice', () => {
    const { volume, wanted } = scene([11, 12, 4]);
    const flat = new Float32Array(volume.labels.length);
    const asked = { label: 1, from: 0, to: 1, over: 'everything' } as const;
    expect([...propagateSlice(volume, plane, flat, asked).indices]).toEqual(wanted);
    expect(propagateSlice(volume, plane, flat, { ...asked, to: 2 }).indices.length).toBe(0);
    expect(propagateSlice(volume, plane, flat, { ...asked, label: 5 }).indices.length).toBe(0);
  });

  it('leaves other labels where only background may be painted', () => {
    const { volume, image, wanted } = scene([11, 12, 4]);
    volume.labels[wanted[0] as number] = 2;
    const change = propagateSlice(volume, plane, image, { label: 1, from: 0, to: 1, over: 'background' });
    expect([...change.indices]).toEqual(wanted.slice(1));
  });
});
