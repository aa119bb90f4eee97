import { visitBrush, type BrushShape } from '../commands/brush';
import { linearIndex } from '../commands/labelGrid';
import { clampToShape, continuousIjk, roundIjk } from '../geometry/frames';
import { voxelOnPlane } from '../geometry/planes';
import type { PlanePoint } from '../geometry/sliceView';
import type { MarkSide } from '../state/interactive';
import { mayWrite } from './mayWrite';
import type { PointerPoint, StartGesture } from './toolContext';

/** A line, or one voxel, that says: this is inside, or outside. The modifier key takes the other side. */
export const startHint: StartGesture = (context, surface, at) => {
  const { session, store, interactive } = context;
  const { tool, activeLabel, paintOver } = store.getState();
  if (!session || !interactive || !mayWrite(context, { kind: 'paint', value: activeLabel, over: paintOver })) return null;
  const { side, width } = interactive.store.getState();
  const { plane, slice } = surface;
  const { shape } = session;
  const voxelAt = ({ x, y }: PlanePoint) => {
    const [i, j, k] = voxelOnPlane(plane, x, y, slice);
    return clampToShape(roundIjk(continuousIjk(i, j, k)), shape);
  };
  const brush: BrushShape =
    tool === 'click' || width <= 1 ? { kind: 'pencil' } : { kind: 'disc', unit: 'voxels', size: width, solid: false };
  const voxels = new Set<number>();
  let last = surface.toPlane(at);
  const from = voxelAt(last);
  const sweep = (to: PlanePoint): void => {
    visitBrush(plane, brush, slice, last, to, (x, y, on) => {
      const [i, j, k] = voxelOnPlane(plane, x, y, on);
      voxels.add(linearIndex(shape, [i, j, k]));
    });
    last = to;
    interactive.draw({ side: at.other ? otherSide(side) : side, indices: Uint32Array.from(voxels).sort(), at: from, plane, slice });
  };
  sweep(last);
  return {
    move: (points: readonly PointerPoint[]) => {
      if (tool !== 'click') points.forEach((point) => sweep(surface.toPlane(point)));
    },
    end: () => interactive.end(),
  };
};

export const otherSide = (side: MarkSide): MarkSide => (side === 'inside' ? 'outside' : 'inside');
