import type { Shape } from '../geometry/frames';
import type { GridPlane } from '../geometry/planes';
import type { PlanePoint } from '../geometry/sliceView';
import { visitLine, visitSweptDisc } from './brush';
import { EditRecorder, type ChangeListener, type LabelEdit } from './labelEdit';
import { sliceLayout, type LabelArray, type SliceLayout } from './labelGrid';

/** What a stroke leaves behind on the voxels it covers. */
export type PaintRule =
  | { readonly kind: 'paint'; readonly value: number; readonly over: 'everything' | 'background' }
  | { readonly kind: 'erase'; readonly only: number | null };

export interface BrushShape {
  /** A pencil draws a line one voxel wide whatever the diameter. */
  readonly kind: 'disc' | 'pencil';
  readonly diameterMm: number;
}

export interface StrokeTarget {
  readonly labels: LabelArray;
  readonly shape: Shape;
  readonly plane: GridPlane;
  readonly slice: number;
}

/** The value a voxel gets, or null where the rule leaves it alone. */
export function ruledValue(rule: PaintRule, current: number): number | null {
  if (rule.kind === 'paint') return rule.over === 'everything' || current === 0 ? rule.value : null;
  return rule.only === null || rule.only === current ? 0 : null;
}

/** A stroke in progress on one slice. Each `extendTo` writes at once; `finish` gives the one undoable edit. */
export class PaintStroke {
  private readonly recorder: EditRecorder;
  private readonly layout: SliceLayout;
  private last: PlanePoint | null = null;

  constructor(
    private readonly target: StrokeTarget,
    private readonly brush: BrushShape,
    private readonly rule: PaintRule,
    onChange: ChangeListener = () => {},
  ) {
    this.recorder = new EditRecorder(target.labels, onChange);
    this.layout = sliceLayout(target.plane, target.shape, target.slice);
  }

  /** Sweeps the brush from the last point here; returns how many voxels changed. */
  extendTo(point: PlanePoint): number {
    const before = this.recorder.changed;
    const from = this.last ?? point;
    const { start, stepX, stepY } = this.layout;
    const visit = (x: number, y: number): void => {
      const index = start + x * stepX + y * stepY;
      const value = ruledValue(this.rule, this.target.labels[index] as number);
      if (value !== null) this.recorder.write(index, value);
    };
    if (this.brush.kind === 'pencil') visitLine(this.target.plane, from, point, visit);
    else visitSweptDisc(this.target.plane, from, point, this.brush.diameterMm, visit);
    this.last = point;
    return this.recorder.changed - before;
  }

  finish(name: string): LabelEdit | null {
    return this.recorder.finish(name);
  }
}
