import type { VoxelBounds } from '../../commands/labelTally';
import type { Affine } from '../../geometry/affine';
import { AXES } from '../../geometry/frames';
import type { LabelSession } from '../../state/labelSession';
import { labelMask, type LabelMask, type Surface } from './labelSurface';
import type { SurfaceAnswer, SurfaceMessage } from './surfaceMessages';

// A module of our own origin, as the content security policy asks for.
const startWorker = (): Worker => new Worker(new URL('./surface.worker.ts', import.meta.url), { type: 'module', name: 'radicula-surfaces' });

interface Made {
  readonly bounds: VoxelBounds;
  readonly fingerprint: string;
}

/** How long edits may go on before their surfaces are made anew, in ms. */
const PATIENCE_MS = 200;

export type SurfaceListener = (value: number, surface: Surface | null) => void;

/**
 * The surfaces of a label map, kept in step with it: after an edit the labels in the box that it touched are looked at, and
 * those whose voxels are others than before are made anew, one after the other, in a worker.
 */
export class LabelSurfaces {
  private readonly worker = startWorker();
  private readonly made = new Map<number, Made>();
  private readonly due = new Set<number>();
  private underWay: number | null = null;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private readonly stop: () => void;

  constructor(
    private readonly session: LabelSession,
    private readonly affine: Affine,
    private readonly onSurface: SurfaceListener,
    private readonly onBusy: (left: number) => void,
    private readonly onFailed: (message: string) => void,
  ) {
    this.worker.onmessage = ({ data }: MessageEvent<SurfaceAnswer>) => this.arrived(data);
    this.worker.onerror = (event) => this.arrived({ type: 'failed', message: event.message || 'Surfaces could not be made.' });
    this.stop = session.subscribe((_, touched) => this.note(touched));
    this.note(null);
    this.next();
  }

  dispose(): void {
    this.stop();
    if (this.timer !== null) clearTimeout(this.timer);
    this.worker.terminate();
  }

  private note(touched: VoxelBounds | null): void {
    for (const value of new Set([...this.session.counts().keys(), ...this.made.keys()])) {
      const boxes = [this.session.tally.bounds(value), this.made.get(value)?.bounds];
      if (value !== 0 && (touched === null || boxes.some((box) => box && meet(box, touched)))) this.due.add(value);
    }
    this.timer ??= setTimeout(() => {
      this.timer = null;
      this.next();
    }, PATIENCE_MS);
  }

  private next(): void {
    if (this.underWay !== null) return;
    for (const value of this.due) {
      this.due.delete(value);
      const bounds = this.session.tally.bounds(value);
      if (!bounds) {
        if (this.made.delete(value)) this.onSurface(value, null);
        continue;
      }
      const label = labelMask(this.session.labels, this.session.shape, bounds, value);
      const fingerprint = fingerprintOf(label);
      if (this.made.get(value)?.fingerprint === fingerprint) continue;
      this.made.set(value, { bounds, fingerprint });
      this.underWay = value;
      const message: SurfaceMessage = { label, affine: this.affine };
      this.worker.postMessage(message, [label.mask.buffer as ArrayBuffer]);
      break;
    }
    this.onBusy(this.due.size + (this.underWay === null ? 0 : 1));
  }

  private arrived(answer: SurfaceAnswer): void {
    const value = this.underWay;
    this.underWay = null;
    if (answer.type === 'failed') this.onFailed(answer.message);
    else if (value !== null) this.onSurface(value, answer.surface);
    this.next();
  }
}

const meet = (a: VoxelBounds, b: VoxelBounds): boolean => AXES.every((axis) => a.low[axis] <= b.high[axis] && b.low[axis] <= a.high[axis]);

/** Box and voxels in short (FNV-1a): other voxels, another surface. */
function fingerprintOf({ mask, size, offset }: LabelMask): string {
  let hash = 0x811c9dc5;
  for (let n = 0; n < mask.length; n++) if (mask[n] !== 0) hash = Math.imul(hash ^ n, 0x01000193);
  return `${size.join()}/${offset.join()}/${hash >>> 0}`;
}
