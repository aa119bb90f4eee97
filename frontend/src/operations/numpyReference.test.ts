import { describe, expect, it } from 'vitest';
import { affineFromRowMajor, spacingMm } from '../geometry/affine';
import type { Triple } from '../geometry/frames';
import { gridPlanes, PLANE_NAMES } from '../geometry/planes';
import reference from './numpyReference.json';
import { runOperation, type OperationRequest } from './operationRequest';
import { changed } from './testVolumes';
import { wholeBox } from './threshold';

/* Written by tests/numeric/test_editing_reference.py, which works the same out with numpy and scipy. */
const [si, sj, sk] = reference.shape as [number, number, number];
const shape: Triple = [si, sj, sk];
const seed = reference.seed as unknown as Triple;
const image = reference.labels.map((_, n) => (7 * (n % si) + 13 * (Math.floor(n / si) % sj) + 29 * Math.floor(n / (si * sj))) % 64);
const [MAIN, OTHER] = [2, 3];

describe.each(Object.entries(reference.grids))('operations on a %s grid leave what numpy and scipy leave', (_, grid) => {
  const affine = affineFromRowMajor(grid.affine);
  const planes = gridPlanes(affine, shape);
  const volume = { labels: Uint8Array.from(reference.labels), shape, spacingMm: spacingMm(affine), planes };
  const across = planes.sagittal;
  const requests: Readonly<Record<string, OperationRequest>> = {
    grow: { kind: 'grow', label: MAIN, mm: 1.3, over: 'background' },
    shrink: { kind: 'shrink', label: MAIN, mm: 1 },
    median: { kind: 'smooth', label: MAIN, method: 'median', mm: 1.6 },
    closing: { kind: 'smooth', label: MAIN, method: 'closing', mm: 2.6 },
    mirror: { kind: 'mirror', label: MAIN, axis: across.sliceAxis, twiceCentre: across.sliceCount - 1, into: MAIN, over: 'background' },
    subtract: { kind: 'combine', label: OTHER, other: MAIN, combination: 'subtract', marginMm: 1.6 },
    growSeeds: { kind: 'growSeeds', seeds: [MAIN, OTHER], background: null, within: 'background', range: null, contrast: 64, locality: 0.25, marginMm: 2 },
    growRegion: { kind: 'growRegion', seed, tolerance: 20, reachMm: 6, acrossAxis: null, rule: { kind: 'paint', value: OTHER, over: 'background' }, locked: [] },
    threshold: { kind: 'threshold', label: OTHER, lower: 10, upper: 30, over: 'background', box: wholeBox(shape) },
    ...Object.fromEntries(PLANE_NAMES.map((name) => [`interpolate ${name}`, { kind: 'interpolate', plane: planes[name], label: MAIN, over: 'background' } as const])),
  };

  it.each(Object.entries(grid.digests))('%s', async (name, digest) => {
    const request = requests[name];
    if (!request) throw new Error(`No request for ${name}.`);
    const after = Uint8Array.from(changed(volume, runOperation(volume, request, () => {}, image)));
    const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', after));
    expect(Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('')).toBe(digest);
  });
});
