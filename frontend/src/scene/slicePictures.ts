import { indexToRas } from '../geometry/affine';
import type { Ijk } from '../geometry/frames';
import { voxelOnPlane, type GridPlane } from '../geometry/planes';
import { subtract } from '../geometry/vectors';
import { colourTable } from '../state/colourMaps';
import type { VolumeDisplay } from '../state/display';
import type { OpenVolume } from '../viewer/openVolume';
import type { Colour, SlicePicture } from './render/sceneRenderer';

/** The edges of the slices, so that each is known from afar. */
export const PLANE_EDGES: Readonly<Record<GridPlane['name'], Colour>> = {
  axial: [0.86, 0.4, 0.36],
  sagittal: [0.86, 0.74, 0.3],
  coronal: [0.36, 0.66, 0.44],
};

/** The slice of the scan through a voxel, coloured as the 2-D viewports colour it, at its place in the patient. */
export function slicePicture({ affine, image, volume }: OpenVolume, plane: GridPlane, voxel: Ijk, display: VolumeDisplay, smooth: boolean): SlicePicture {
  return {
    ...slicePlace({ affine }, plane, voxel),
    width: plane.sizeX,
    height: plane.sizeY,
    pixels: slicePixels(image, volume, plane, voxel[plane.sliceAxis], display),
    edge: PLANE_EDGES[plane.name],
    smooth,
  };
}

type Voxels = Pick<OpenVolume['volume'], 'shape' | 'components'>;

export function slicePixels(image: ArrayLike<number>, { shape, components }: Voxels, plane: GridPlane, slice: number, display: VolumeDisplay): Uint8Array {
  const strides = [1, shape[0], shape[0] * shape[1]] as const;
  const [stepX, stepY] = [strides[plane.x.axis], strides[plane.y.axis]];
  const { lower, upper } = display.window;
  const gain = 255 / Math.max(upper - lower, Number.EPSILON);
  const table = colourTable(display.colours, display.invert);
  const pixels = new Uint8ClampedArray(4 * plane.sizeX * plane.sizeY);
  const words = new Uint32Array(pixels.buffer);
  for (let y = 0, n = 0; y < plane.sizeY; y++) {
    for (let x = 0; x < plane.sizeX; x++, n++) {
      const voxel = components * (slice * strides[plane.sliceAxis] + x * stepX + y * stepY);
      if (components === 3) {
        // A colour map of directions: red, green and blue by themselves.
        for (let c = 0; c < 3; c++) pixels[4 * n + c] = ((image[voxel + c] as number) - lower) * gain;
        pixels[4 * n + 3] = 255;
      } else {
        const level = Math.round(((image[voxel] as number) - lower) * gain);
        words[n] = table[Math.min(Math.max(level || 0, 0), 255)] as number;
      }
    }
  }
  return new Uint8Array(pixels.buffer);
}

/** Where a slice lies: a corner and two edges, in RAS millimetres. */
export function slicePlace({ affine }: Pick<OpenVolume, 'affine'>, plane: GridPlane, voxel: Ijk): Pick<SlicePicture, 'corner' | 'u' | 'v'> {
  const at = (x: number, y: number) => indexToRas(affine, voxelOnPlane(plane, x, y, voxel[plane.sliceAxis]));
  const corner = at(-0.5, -0.5);
  return { corner, u: subtract(at(plane.sizeX - 0.5, -0.5), corner), v: subtract(at(-0.5, plane.sizeY - 0.5), corner) };
}
