import { describe, expect, it } from 'vitest';
import { valueInWords } from '../state/pointedValue';
import type { Task, TaskVolume } from '../state/task';
import { colourAt, openImage, type OpenVolume } from './openVolume';
import { laidOverAt } from './pointedValues';
import type { TaskApi } from './taskApi';
import type { TaskWorkspace } from './workspace';

const AFFINE = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
const volume = (components: number): TaskVolume =>
  ({ id: `of ${components}`, role: components === 3 ? 'colFA' : 'b0', shape: [3, 2, 2], affine: AFFINE, dtype: 'uint8', components, voxels_url: '/voxels' }) as unknown as TaskVolume;

/** Each byte is its own place in the file. */
const opened = (components: number): Promise<OpenVolume> => {
  const bytes = Uint8Array.from({ length: 12 * components }, (_, index) => index);
  const api = { voxels: () => Promise.resolve(bytes.buffer) } as unknown as TaskApi;
  return openImage(api, volume(components), 'radiological', () => undefined, new AbortController().signal);
};

describe('what lies under the pointer', () => {
  it('is all three parts of a direction', async () => {
    const colour = colourAt(await opened(3), [2, 1, 1] as never);
    expect(colour).toEqual([33 / 255, 34 / 255, 35 / 255]);
    expect(colour && valueInWords(colour)).toBe('R 0.13 G 0.13 B 0.14');
    expect(colourAt(await opened(3), [3, 1, 1] as never)).toBeNull();
    expect(colourAt(await opened(1), [2, 1, 1] as never)).toBeNull();
  });

  it('is a number with four digits, or a whole one', () => {
    expect([0.123456, -0.05, 117, 1234.5].map(valueInWords)).toEqual(['0.1235', '-0.05', '117', '1235']);
  });

  it('is the direction too where the map is laid over', async () => {
    const [below, over] = [await opened(1), await opened(3)];
    const workspace = {
      store: { getState: () => ({ overlaid: over.volume.id, overlay: { opacity: 0.5 } }) },
      state: { getState: () => ({ task: { hanging: { roles: [] } } as unknown as Task }) },
      opened: () => over,
    } as unknown as TaskWorkspace;
    expect(laidOverAt(workspace, below, [0, 0, 0] as never)).toMatchObject({ name: 'colFA', value: [0, 1 / 255, 2 / 255] });
  });
});
