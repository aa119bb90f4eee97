import { cache, utilities, volumeLoader, type Types } from '@cornerstonejs/core';
import { lpsGrid, type Affine } from '../../geometry/affine';
import { AXES, type Shape } from '../../geometry/frames';
import type { IntensityRange } from '../../state/task';
import type { VoxelArray } from '../voxels';

export interface ImageVolume {
  readonly shape: Shape;
  readonly affine: Affine;
  readonly voxels: VoxelArray;
  readonly window: IntensityRange;
}

/** cornerstone's own typings of `createLocalVolume` ask for fields that it derives itself. */
type LocalVolumeOptions = Parameters<typeof volumeLoader.createLocalVolume>[1];

/**
 * Registers voxels in memory as a cornerstone volume, in the order they came (no re-sorting, left-handed grids kept).
 * `dropImageVolume` must be called for each one.
 */
export function createImageVolume(volumeId: string, image: ImageVolume): void {
  const { spacingMm, axes, originLpsMm } = lpsGrid(image.affine);
  const direction = axes.flat();
  const scalarData = renderable(image.voxels);
  const bits = scalarData.BYTES_PER_ELEMENT * 8;
  const [columns, rows] = image.shape;
  const frameOfReference = `for-${volumeId}`;
  const width = Math.max(image.window.upper - image.window.lower, Number.EPSILON);
  const centre = (image.window.upper + image.window.lower) / 2;
  const metadata = {
    BitsAllocated: bits,
    BitsStored: bits,
    HighBit: bits - 1,
    SamplesPerPixel: 1,
    PhotometricInterpretation: 'MONOCHROME2',
    PixelRepresentation: scalarData instanceof Int16Array || scalarData instanceof Float32Array ? 1 : 0,
    Modality: 'MR',
    ImageOrientationPatient: direction.slice(0, 6),
    PixelSpacing: [spacingMm[1], spacingMm[0]],
    FrameOfReferenceUID: frameOfReference,
    Columns: columns,
    Rows: rows,
    voiLut: [{ windowWidth: width, windowCenter: centre }],
    VOILUTFunction: 'LINEAR',
    SeriesInstanceUID: volumeId,
  };
  const volume = volumeLoader.createLocalVolume(volumeId, {
    metadata: metadata as unknown as Types.Metadata,
    dimensions: [...image.shape],
    spacing: [...spacingMm],
    origin: [originLpsMm[0], originLpsMm[1], originLpsMm[2]],
    direction: direction as unknown as Types.Mat3,
    scalarData,
  } as LocalVolumeOptions) as Types.IImageVolume;
  volume.imageIds.forEach((imageId, k) => {
    // createLocalVolume gives every slice the volume's origin, and no window: the latter makes core look for an image
    // loader that does not exist.
    const position = AXES.map((axis) => originLpsMm[axis] + k * spacingMm[2] * axes[2][axis]);
    const plane = {
      frameOfReferenceUID: frameOfReference,
      rows,
      columns,
      imageOrientationPatient: direction.slice(0, 6),
      rowCosines: direction.slice(0, 3),
      columnCosines: direction.slice(3, 6),
      imagePositionPatient: position,
      sliceThickness: spacingMm[2],
      spacingBetweenSlices: spacingMm[2],
      pixelSpacing: [spacingMm[1], spacingMm[0]],
      rowPixelSpacing: spacingMm[1],
      columnPixelSpacing: spacingMm[0],
    };
    describe(imageId, 'imagePlaneModule', plane);
    describe(imageId, 'voiLutModule', { windowWidth: width, windowCenter: centre });
    describe(imageId, 'generalSeriesModule', { modality: 'MR', seriesInstanceUID: volumeId, seriesNumber: 1 });
  });
  // Flags every slice for upload; without it the first viewport stays black until its second render.
  (volume as unknown as { invalidate(): void }).invalidate();
}

function describe(imageId: string, type: string, metadata: object): void {
  utilities.genericMetadataProvider.add(imageId, { type, metadata: metadata as never });
}

/** Frees the voxels, the texture and the slices of a volume. */
export function dropImageVolume(volumeId: string): void {
  const volume = cache.getVolume(volumeId);
  if (!volume) return;
  const imageIds = [...volume.imageIds];
  cache.removeVolumeLoadObject(volumeId);
  for (const imageId of imageIds) {
    if (cache.getImageLoadObject(imageId)) cache.removeImageLoadObject(imageId, { force: true });
  }
}

/** The four array types a texture is made of; NaN, which would blacken its neighbours, is drawn as 0. */
function renderable(voxels: VoxelArray): Uint8Array | Uint16Array | Int16Array | Float32Array {
  if (voxels instanceof Uint8Array || voxels instanceof Uint16Array || voxels instanceof Int16Array) return voxels;
  if (voxels instanceof Int8Array) return Int16Array.from(voxels);
  if (voxels instanceof Float32Array && !voxels.some(Number.isNaN)) return voxels;
  return Float32Array.from(voxels, (value) => (Number.isNaN(value) ? 0 : value));
}

/** Puts other voxels into a volume that is on screen; they must have its type and number. */
export function replaceVoxels(volumeId: string, voxels: VoxelArray): void {
  const volume = cache.getVolume(volumeId);
  if (!volume?.voxelManager) return;
  const values = renderable(voxels);
  volume.voxelManager.setCompleteScalarDataArray?.(values);
  (volume as unknown as { invalidate(): void }).invalidate();
}
