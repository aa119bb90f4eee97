import { describe, expect, it } from 'vitest';
import { ijk } from '../geometry/frames';
import { runOperation } from '../operations/operationRequest';
import { changed, volumeOf } from '../operations/testVolumes';
import { answerOperation, type OperationAnswer, type OperationMessage } from '../operations/workerMessages';
import { INITIAL_OPERATION, OPERATIONS, requestOf, type OperationForm, type OperationPlace } from '../state/operationForm';
import { OperationRunner, type OperationWorker } from './operationRunner';

/** A worker in the same thread: messages are cloned as the browser clones them, and answered when the test says so. */
class InlineWorker implements OperationWorker {
  onmessage: OperationWorker['onmessage'] = null;
  onerror: OperationWorker['onerror'] = null;
  ended = false;
  private message: OperationMessage | null = null;

  postMessage(message: OperationMessage, transfer: Transferable[]): void {
    this.message = structuredClone(message, { transfer });
  }

  answer(): void {
    const reply = (data: OperationAnswer): void => this.onmessage?.({ data: structuredClone(data) } as MessageEvent<OperationAnswer>);
    if (this.message) answerOperation(this.message, reply);
  }

  terminate(): void {
    this.ended = true;
  }
}

const values = new Uint8Array(9 * 9 * 5);
[1, 3].forEach((k) => [30, 31, 32, 39, 40, 41].forEach((n) => (values[n + 81 * k] = 1)));
values[80 + 81 * 4] = 1;
values[0] = 2;
const volume = volumeOf([9, 9, 5], [1, 1, 2], values);
const { planes } = volume;
const image = Float32Array.from(values, (_, n) => (n * 7) % 23);
const place: OperationPlace = {
  label: 1, plane: planes.axial, planes, cursor: ijk(4, 4, 1), voxelMm3: 2, shape: volume.shape, spacingMm: volume.spacingMm,
  range: { lower: 3, upper: 12 }, contrast: 20, labels: [1, 2, 3], present: [1, 2],
};
const form = (change: Partial<OperationForm>): OperationForm => ({ ...INITIAL_OPERATION, other: 2, into: 3, ...change });

describe('operations in a worker', () => {
  it('every operation survives the way there and back, and changes what it changes in place', async () => {
    for (const { operation } of OPERATIONS) {
      const worker = new InlineWorker();
      const asked = requestOf(form({ operation }), place);
      if (typeof asked === 'string') throw new Error(asked);
      const running = new OperationRunner(() => worker).run(volume, asked.request, () => {}, image);
      worker.answer();
      const change = await running;
      expect(change && changed(volume, change), operation).toEqual(changed(volume, runOperation(volume, asked.request, () => {}, image)));
      expect(asked.name).toMatch(/label 1|labels 1, 2/);
    }
    expect(volume.labels.length).toBe(405);
  });

  it('tells its progress', async () => {
    const worker = new InlineWorker();
    const asked = requestOf(form({ operation: 'median', mm: 2 }), place);
    const told: number[] = [];
    if (typeof asked === 'string') throw new Error(asked);
    const running = new OperationRunner(() => worker).run(volume, asked.request, (fraction) => told.push(fraction));
    worker.answer();
    await running;
    expect(told.length).toBeGreaterThan(5);
    expect(told).toEqual([...told].sort((a, b) => a - b));
  });

  it('cancelling ends the worker, gives null, and the next operation gets a new one', async () => {
    const workers: InlineWorker[] = [];
    const runner = new OperationRunner(() => {
      const worker = new InlineWorker();
      workers.push(worker);
      return worker;
    });
    const first = runner.run(volume, { kind: 'grow', label: 1, mm: 1, over: 'background' }, () => {});
    expect(() => runner.run(volume, { kind: 'shrink', label: 1, mm: 1 }, () => {})).toThrow('under way');
    runner.cancel();
    expect(await first).toBeNull();
    expect(workers[0]?.ended).toBe(true);
    workers[0]?.answer();
    const second = runner.run(volume, { kind: 'shrink', label: 1, mm: 1 }, () => {});
    workers[1]?.answer();
    expect((await second)?.indices.length).toBe(13);
    runner.dispose();
    expect(workers[1]?.ended).toBe(true);
  });

  it('a worker that cannot start is an error, not a wait for ever', async () => {
    const worker = new InlineWorker();
    const running = new OperationRunner(() => worker).run(volume, { kind: 'shrink', label: 1, mm: 1 }, () => {});
    worker.onerror?.({ message: 'blocked' } as ErrorEvent);
    await expect(running).rejects.toThrow('blocked');
  });
});

describe('the form', () => {
  it('asks for what is missing', () => {
    expect(requestOf(form({ operation: 'combine', other: 0 }), place)).toBe('Choose the other label.');
    expect(requestOf(form({ operation: 'keepLargest', rest: 1 }), place)).toContain('another label');
  });

  it('mirrors about the middle or the crosshair, along the axis that runs left to right', () => {
    const about = (mirrorAbout: 'middle' | 'crosshair') => requestOf(form({ operation: 'mirror', mirrorAbout }), place);
    expect(about('middle')).toMatchObject({ request: { axis: 0, twiceCentre: 8, into: 3 } });
    expect(about('crosshair')).toMatchObject({ request: { axis: 0, twiceCentre: 8 } });
  });
});
