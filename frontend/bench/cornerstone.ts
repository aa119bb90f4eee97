/** Stock cornerstone3D: three viewports, its own labelmap, brushes, undo, and a save of the whole map. */
import { Enums, RenderingEngine, cache, init as initCore, setVolumesForViewports, utilities, volumeLoader, type Types } from '@cornerstonejs/core';
import * as tools from '@cornerstonejs/tools';
import { readScan, type Scan } from './nifti';

const VIEWPORTS = ['axial', 'sagittal', 'coronal'] as const;
const IMAGE = 'scan';
const LABELS = 'labels';
const GROUP = 'tools';

let engine: RenderingEngine;
let scan: Scan;

const painted = (): Promise<void> => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())));

const element = (name: string): HTMLDivElement => {
  const found = document.getElementById(name);
  if (!(found instanceof HTMLDivElement)) throw new Error(`no ${name}`);
  return found;
};

const rendered = (name: string): Promise<void> =>
  new Promise((done) => element(name).addEventListener(Enums.Events.IMAGE_RENDERED, () => done(), { once: true }));

function start(): void {
  initCore();
  tools.init();
  for (const tool of [tools.PanTool, tools.ZoomTool, tools.StackScrollTool, tools.WindowLevelTool, tools.BrushTool]) tools.addTool(tool);
  engine = new RenderingEngine('bare');
  engine.setViewports(
    VIEWPORTS.map((name) => ({
      viewportId: name,
      type: Enums.ViewportType.ORTHOGRAPHIC,
      element: element(name),
      defaultOptions: { orientation: Enums.OrientationAxis[name.toUpperCase() as 'AXIAL' | 'SAGITTAL' | 'CORONAL'] },
    })),
  );
  const group = tools.ToolGroupManager.createToolGroup(GROUP);
  if (!group) throw new Error('no tool group');
  for (const tool of [tools.PanTool, tools.ZoomTool, tools.StackScrollTool, tools.WindowLevelTool]) group.addTool(tool.toolName);
  group.addToolInstance('circle', tools.BrushTool.toolName, { activeStrategy: 'FILL_INSIDE_CIRCLE' });
  group.addToolInstance('sphere', tools.BrushTool.toolName, { activeStrategy: 'FILL_INSIDE_SPHERE' });
  VIEWPORTS.forEach((name) => group.addViewport(name, 'bare'));
  group.setToolActive(tools.StackScrollTool.toolName, { bindings: [{ mouseButton: tools.Enums.MouseBindings.Wheel }] });
}

function addVolume(id: string, scalarData: Int16Array | Uint8Array, referenced?: string): void {
  const { affine, shape } = scan;
  const at = (r: number, c: number): number => affine[r]?.[c] ?? 0;
  const spacing = [0, 1, 2].map((c) => Math.hypot(at(0, c), at(1, c), at(2, c))) as Types.Point3;
  const direction = [0, 1, 2].flatMap((c) => [-at(0, c), -at(1, c), at(2, c)].map((x) => x / (spacing[c] ?? 1)));
  const origin: Types.Point3 = [-at(0, 3), -at(1, 3), at(2, 3)];
  const bits = 8 * scalarData.BYTES_PER_ELEMENT;
  const metadata = {
    BitsAllocated: bits, BitsStored: bits, HighBit: bits - 1, SamplesPerPixel: 1, PhotometricInterpretation: 'MONOCHROME2',
    PixelRepresentation: 1, Modality: 'MR', ImageOrientationPatient: direction.slice(0, 6), PixelSpacing: [spacing[1], spacing[0]],
    FrameOfReferenceUID: 'one', Columns: shape[0], Rows: shape[1], VOILUTFunction: 'LINEAR', SeriesInstanceUID: id,
  };
  const imageIds = referenced === undefined ? undefined : cache.getVolume(referenced)?.imageIds;
  const options = { metadata, dimensions: shape, spacing, origin, direction, scalarData, referencedVolumeId: referenced, referencedImageIds: imageIds };
  const volume = volumeLoader.createLocalVolume(id, options as unknown as Parameters<typeof volumeLoader.createLocalVolume>[1]);
  volume.imageIds.forEach((imageId, k) => {
    const imagePositionPatient = [0, 1, 2].map((axis) => (origin[axis] ?? 0) + k * spacing[2] * (direction[6 + axis] ?? 0));
    const plane = {
      frameOfReferenceUID: 'one', rows: shape[1], columns: shape[0], imageOrientationPatient: direction.slice(0, 6), imagePositionPatient,
      rowCosines: direction.slice(0, 3), columnCosines: direction.slice(3, 6), sliceThickness: spacing[2], spacingBetweenSlices: spacing[2],
      pixelSpacing: [spacing[1], spacing[0]], rowPixelSpacing: spacing[1], columnPixelSpacing: spacing[0],
    };
    for (const [type, value] of [['imagePlaneModule', plane], ['voiLutModule', { windowWidth: 1000, windowCenter: 400 }], ['generalSeriesModule', { modality: 'MR', seriesInstanceUID: id, seriesNumber: 1 }]] as const) {
      utilities.genericMetadataProvider.add(imageId, { type, metadata: value as never });
    }
  });
  (volume as unknown as { invalidate(): void }).invalidate();
}

const viewport = (name: string): Types.IVolumeViewport => engine.getViewport(name) as Types.IVolumeViewport;

const labels = (): Uint8Array => cache.getVolume(LABELS)?.voxelManager?.getCompleteScalarDataArray?.() as Uint8Array;

const bare = {
  /** From the request for the file to the axial slice on screen, in ms. */
  async load(url: string, lower: number, upper: number): Promise<number> {
    const started = performance.now();
    scan = await readScan(url);
    addVolume(IMAGE, scan.voxels);
    const first = rendered('axial');
    await setVolumesForViewports(engine, [{ volumeId: IMAGE }], [...VIEWPORTS]);
    VIEWPORTS.forEach((name) => viewport(name).setProperties({ voiRange: { lower, upper } }, IMAGE));
    engine.render();
    await first;
    await painted();
    return performance.now() - started;
  },
  /** A label map from gzipped bytes, i fastest. */
  async label(url: string): Promise<void> {
    const body = (await fetch(url)).body;
    if (!body) throw new Error(`${url} is empty`);
    addVolume(LABELS, new Uint8Array(await new Response(body.pipeThrough(new DecompressionStream('gzip'))).arrayBuffer()), IMAGE);
    tools.segmentation.addSegmentations([
      {
        segmentationId: LABELS,
        representation: { type: tools.Enums.SegmentationRepresentations.Labelmap, data: { volumeId: LABELS, referencedVolumeId: IMAGE } },
      },
    ]);
    await tools.segmentation.addLabelmapRepresentationToViewportMap(Object.fromEntries(VIEWPORTS.map((name) => [name, [{ segmentationId: LABELS }]])));
    tools.segmentation.segmentIndex.setActiveSegmentIndex(LABELS, 1);
    engine.render();
    await painted();
  },
  /** `diameterMm`: cornerstone names the radius. */
  use(brush: 'circle' | 'sphere', diameterMm: number): void {
    const group = tools.ToolGroupManager.getToolGroup(GROUP);
    group?.setToolPassive(brush === 'circle' ? 'sphere' : 'circle', { removeAllBindings: true });
    group?.setToolActive(brush, { bindings: [{ mouseButton: tools.Enums.MouseBindings.Primary }] });
    tools.utilities.segmentation.setBrushSizeForToolGroup(GROUP, diameterMm / 2);
  },
  slice: (): number => viewport('axial').getSliceIndex(),
  mmPerPixel: (): number => (2 * (viewport('axial').getCamera().parallelScale ?? 1)) / element('axial').clientHeight,
  count: (): number => labels().reduce((sum, value) => sum + (value === 0 ? 0 : 1), 0),
  undo: (): void => void utilities.HistoryMemo.DefaultHistoryMemo.undo(),
  redo: (): void => void utilities.HistoryMemo.DefaultHistoryMemo.redo(),
  /** The whole map, packed, to the server: bytes sent and ms. */
  async save(url: string): Promise<{ bytes: number; ms: number }> {
    const started = performance.now();
    const packed = new Blob([labels() as Uint8Array<ArrayBuffer>]).stream().pipeThrough(new CompressionStream('gzip'));
    const body = await new Response(packed).blob();
    await (await fetch(url, { method: 'POST', body })).text();
    return { bytes: body.size, ms: performance.now() - started };
  },
};

start();
declare global {
  interface Window {
    bare?: typeof bare;
  }
}
window.bare = bare;
