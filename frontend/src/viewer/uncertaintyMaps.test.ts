import { afterEach, describe, expect, it, vi } from 'vitest';
import { defaultDisplay } from '../state/display';
import type { Task } from '../state/task';
import { roleOf } from './hanging';
import { intensityAt, openImage } from './openVolume';
import { unitOf } from './pointedValues';
import type { TaskApi } from './taskApi';
import { mapsOf, UNCERTAINTY, type UncertaintyMap, withMaps } from './uncertaintyMaps';

const AFFINE = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
const task = {
  volumes: [
    { id: 'a', role: 'T2w', labelled: true },
    { id: 'b', role: 'FA', labelled: false },
  ],
  hanging: { roles: [{ name: 'T2w' }], layouts: [], first: '' },
} as unknown as Task;
const map: UncertaintyMap = {
  id: 'm', volume: 'a', model_version: { id: 'v', name: 'cord v1' }, sampling: 'plain', name: 'entropy, cord v1', unit: 'nat',
  shape: [4, 3, 2], affine: AFFINE, spacing_mm: [1, 1, 1], orientation: 'RAS', dtype: 'uint8', range: { lower: 0, upper: 255 },
  step: 0.0027, scores: { entropy: 1 }, voxels_url: '/api/v1/uncertainty-maps/m/voxels', created_at: '2026-01-01T00:00:00Z',
};

afterEach(() => vi.unstubAllGlobals());

describe('uncertainty maps', () => {
  it('are volumes of the case on their own grid, in warm colours, and never labelled', () => {
    const shown = withMaps(task, [map]);
    const volume = shown.volumes[2];
    expect(volume).toMatchObject({ id: 'm', role: UNCERTAINTY, shape: [4, 3, 2], labelled: false, voxels_url: map.voxels_url });
    expect(volume && defaultDisplay(volume, roleOf(shown, volume))).toEqual({ window: { lower: 0, upper: 255 * 0.0027 }, colours: 'hot', invert: false });
    expect(volume && unitOf(shown, volume)).toBe('nat');
    expect(withMaps(task, [{ ...map, step: 0 }]).volumes[2]?.window).toEqual({ lower: 0, upper: 1 });
    expect(withMaps(task, [])).toBe(task);
    expect(withMaps(shown, [map])).toBe(shown);
  });

  it('are read in their unit, whatever steps they are kept in', async () => {
    const volume = withMaps(task, [map]).volumes[2];
    const steps = Uint8Array.from({ length: 24 }, (_, index) => index * 10);
    const api = { voxels: () => Promise.resolve(steps.buffer) } as unknown as TaskApi;
    if (!volume) throw new Error('no map');
    const open = await openImage(api, volume, 'radiological', () => undefined, new AbortController().signal);
    expect(intensityAt(open, [3, 1, 1] as never)).toBeCloseTo(10 * (3 + 4 * (1 + 3)) * 0.0027, 6);
    expect(intensityAt(open, [4, 1, 1] as never)).toBeNull();
  });

  it('are asked for by labelled volume, and a case opens without them', async () => {
    const asked: string[] = [];
    vi.stubGlobal('fetch', (url: string) => {
      asked.push(url);
      return Promise.resolve(new Response(JSON.stringify([map])));
    });
    expect(await mapsOf(task)).toEqual([map]);
    expect(asked).toEqual(['/api/v1/volumes/a/uncertainty']);
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('away')));
    expect(await mapsOf(task)).toEqual([]);
    vi.stubGlobal('fetch', () => Promise.resolve(new Response('', { status: 404 })));
    expect(await mapsOf(task)).toEqual([]);
  });
});
