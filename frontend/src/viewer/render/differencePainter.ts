import type { LabelArray, SliceLayout } from '../../commands/labelGrid';
import type { GridPlane } from '../../geometry/planes';
import { pixelsPerVoxel, planeToCanvas, type SliceView, type ViewportSize } from '../../geometry/sliceView';
import { differenceKind, FIRST_ONLY, OTHER_LABEL, SECOND_ONLY } from '../../operations/labelDifference';
import { DIFFERENCE_COLOURS } from '../../state/differenceLook';
import { runs } from './labelPicture';
import { edgesOf, strokeBoth } from './sketchPainter';
import { visiblePart, type SlicePart } from './visibleSlice';

interface ComparedSlice {
  readonly first: LabelArray;
  readonly second: LabelArray;
  readonly layout: SliceLayout;
  readonly plane: GridPlane;
  readonly view: SliceView;
  readonly size: ViewportSize;
}

/**
 * Hatches the voxels of a slice that differ between two label maps, over what the canvas holds: leaning one way what
 * only the first has, the other way what only the second has, crossed where both name another label.
 */
export function drawDifference(context: CanvasRenderingContext2D, { first, second, layout: whole, ...scene }: ComparedSlice): void {
  const part = visiblePart(whole, scene.plane, scene.view, scene.size);
  const { layout } = part;
  const { sizeX, sizeY, start, stepX, stepY } = layout;
  const kinds = new Uint16Array(sizeX * sizeY);
  let any = 0;
  for (let y = 0, n = 0; y < sizeY; y++) {
    for (let x = 0, index = start + y * stepY; x < sizeX; x++, n++, index += stepX) {
      kinds[n] = differenceKind(first[index] as number, second[index] as number);
      any |= kinds[n] as number;
    }
  }
  if (any === 0) return;
  const ratio = window.devicePixelRatio || 1;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  for (const kind of [FIRST_ONLY, SECOND_ONLY, OTHER_LABEL]) {
    const own = kinds.map((value) => (value === kind ? 1 : 0));
    if (!own.includes(1)) continue;
    const colour = DIFFERENCE_COLOURS[kind] ?? '#ffffff';
    context.fillStyle = hatch(context, kind, colour);
    fillVoxels(context, own, part, scene);
    strokeBoth(context, edgesOf(scene, own, part.x, part.y, sizeX, sizeY), colour);
  }
}

type Scene = Pick<ComparedSlice, 'plane' | 'view' | 'size'>;

function fillVoxels(context: CanvasRenderingContext2D, mask: Uint16Array, { x: firstX, y: firstY, layout: { sizeX, sizeY } }: SlicePart, { plane, view, size }: Scene): void {
  const corner = planeToCanvas(plane, view, size, { x: firstX - 0.5, y: firstY - 0.5 });
  const { pixelsX, pixelsY } = pixelsPerVoxel(plane, view);
  for (let y = 0; y < sizeY; y++) {
    runs(sizeX, (x) => mask[x + sizeX * y] as number, (_, from, to) => {
      context.fillRect(corner.x + from * pixelsX, corner.y + y * pixelsY, (to - from) * pixelsX, pixelsY);
    });
  }
}

const STEP = 6;
const HATCHES = new Map<number, CanvasPattern>();

function hatch(context: CanvasRenderingContext2D, kind: number, colour: string): CanvasPattern | string {
  const known = HATCHES.get(kind);
  if (known) return known;
  const tile = document.createElement('canvas');
  tile.width = STEP;
  tile.height = STEP;
  const drawn = tile.getContext('2d');
  if (!drawn) return colour;
  drawn.lineWidth = 1.5;
  drawn.strokeStyle = colour;
  drawn.beginPath();
  // Beyond the tile's corners too, so that the lines go on from one tile to the next.
  for (const shift of [-STEP, 0, STEP]) {
    if (kind !== SECOND_ONLY) {
      drawn.moveTo(shift - 1, STEP + 1);
      drawn.lineTo(shift + STEP + 1, -1);
    }
    if (kind !== FIRST_ONLY) {
      drawn.moveTo(shift - 1, -1);
      drawn.lineTo(shift + STEP + 1, STEP + 1);
    }
  }
  drawn.stroke();
  const pattern = context.createPattern(tile, 'repeat');
  if (!pattern) return colour;
  HATCHES.set(kind, pattern);
  return pattern;
}
