import { ChangeBuilder, type VoxelChange } from '../commands/voxelChange';
import { ruledValue, type PaintRule } from '../commands/voxelRule';
import { planeIndexer, type SliceTarget } from './sliceTarget';

export interface FillResult {
  readonly change: VoxelChange;
  /** The filled background touches the slice's border: the outline was open, or the click outside it. */
  readonly reachedBorder: boolean;
}

/**
 * Paint fill: all voxels of the slice that have the clicked voxel's value and hang together with it over their sides
 * (a diagonal outline one voxel wide holds). Null where the click is outside the slice.
 */
export function fillInPlane(target: SliceTarget, seedX: number, seedY: number, rule: PaintRule): FillResult | null {
  const { volume, plane, slice } = target;
  const { sizeX, sizeY } = plane;
  const [x0, y0] = [Math.round(seedX), Math.round(seedY)];
  if (x0 < 0 || y0 < 0 || x0 >= sizeX || y0 >= sizeY) return null;
  const indexOf = planeIndexer(plane, volume.shape);
  const wanted = volume.labels[indexOf(x0, y0, slice)] as number;
  const builder = new ChangeBuilder();
  const value = ruledValue(rule, wanted);
  if (value === null) return { change: builder.build(), reachedBorder: false };
  const seen = new Uint8Array(sizeX * sizeY);
  const waiting = [x0 + sizeX * y0];
  seen[x0 + sizeX * y0] = 1;
  let reachedBorder = false;
  const visit = (x: number, y: number): void => {
    if (x < 0 || y < 0 || x >= sizeX || y >= sizeY) {
      reachedBorder = true;
      return;
    }
    const at = x + sizeX * y;
    if (seen[at] === 1 || volume.labels[indexOf(x, y, slice)] !== wanted) return;
    seen[at] = 1;
    waiting.push(at);
  };
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    const x = at % sizeX;
    const y = (at - x) / sizeX;
    builder.put(indexOf(x, y, slice), value);
    visit(x - 1, y);
    visit(x + 1, y);
    visit(x, y - 1);
    visit(x, y + 1);
  }
  return { change: builder.build(), reachedBorder: reachedBorder && wanted === 0 };
}
