import type { Shape } from '../geometry/frames';
import type { GridPlane } from '../geometry/planes';
import type { PlanePoint } from '../geometry/sliceView';
import { scaledBrush, visitBrush, type BrushShape } from './brush';
import { EditRecorder, type ChangeListener, type LabelEdit } from './labelEdit';
import { sliceLayout, strides, type LabelArray, type SliceLayout } from './labelGrid';
import { ruledValue, withinIntensity, type IntensityLimit, type PaintRule } from './voxelRule';

export interface StrokeTarget {
  readonly labels: LabelArray;
  readonly shape: Shape;
  readonly plane: GridPlane;
  readonly slice: number;
  /** Labels that neither lose nor gain a voxel. */
  readonly locked?: ReadonlySet<number>;
  readonly intensity?: IntensityLimit | null;
}

/** A stroke in progress on one slice. Each `extendTo` writes at once; `finish` gives the one undoable edit. */
export class PaintStroke {
  private readonly recorder: EditRecorder;
  private readonly layout: SliceLayout;
  private readonly stepSlice: number;
  private last: PlanePoint | null = null;

  constructor(
    private readonly target: StrokeTarget,
    private readonly brush: BrushShape,
    private readonly rule: PaintRule,
    onChange: ChangeListener = () => {},
  ) {
    this.recorder = new EditRecorder(target.labels, onChange, target.locked);
    this.layout = sliceLayout(target.plane, target.shape, 0);
    this.stepSlice = strides(target.shape)[target.plane.sliceAxis];
  }

  /**
   * Sweeps the brush from the last point here; returns how many voxels changed. `widened` scales the brush for this part
   * of the way, for a pen that is pressed harder or less.
   */
  extendTo(point: PlanePoint, widened = 1): number {
    const before = this.recorder.changed;
    const { start, stepX, stepY } = this.layout;
    const { plane, slice, labels, intensity = null } = this.target;
    visitBrush(plane, scaledBrush(this.brush, widened), slice, this.last ?? point, point, (x, y, at) => {
      const index = start + x * stepX + y * stepY + at * this.stepSlice;
      const value = ruledValue(this.rule, labels[index] as number);
      if (value !== null && withinIntensity(intensity, index)) this.recorder.write(index, value);
    });
    this.last = point;
    return this.recorder.changed - before;
  }

  finish(name: string): LabelEdit | null {
    return this.recorder.finish(name);
  }
}
