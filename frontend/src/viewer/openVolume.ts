import { voxelCount } from '../commands/labelGrid';
import type { LabelArray } from '../commands/labelGrid';
import { fitsRuns } from '../commands/labelRuns';
import { affineFromRowMajor, voxelVolumeMm3, type Affine } from '../geometry/affine';
import { isInside, type Ijk, type Shape } from '../geometry/frames';
import { gridPlanes, type Convention, type GridPlane, type PlaneName } from '../geometry/planes';
import { LabelSession } from '../state/labelSession';
import type { Colour } from '../state/pointedValue';
import type { LabelVersion, Task, TaskVolume, VersionId } from '../state/task';
import { Autosaver } from './autosaver';
import type { AnyDraft, DraftStore } from './draftStore';
import type { Progress, TaskApi } from './taskApi';
import { bytesPerVoxel, decodeLabels, decodeVoxels, dequantised, emptyLabels, sameLabels, type VoxelArray } from './voxels';

/** A volume of the task with its voxels in memory, and its label map where it takes one. */
export interface OpenVolume {
  readonly volume: TaskVolume;
  readonly affine: Affine;
  readonly voxelMm3: number;
  readonly planes: Record<PlaneName, GridPlane>;
  readonly image: VoxelArray;
  /** Null until the labels have come, and for a volume that takes none. */
  readonly session: LabelSession | null;
  /** Null where nothing may be painted. */
  readonly saver: Autosaver | null;
  readonly restored: boolean;
}

export async function openImage(
  api: TaskApi,
  volume: TaskVolume,
  convention: Convention,
  onProgress: Progress,
  signal: AbortSignal,
): Promise<OpenVolume> {
  const affine = affineFromRowMajor(volume.affine);
  const count = voxelCount(volume.shape);
  const bytes = count * bytesPerVoxel(volume.dtype) * volume.components;
  const buffer = await api.voxels(volume.voxels_url, bytes, onProgress, signal);
  const stored = decodeVoxels(buffer, volume.dtype, count * volume.components);
  return {
    volume,
    affine,
    voxelMm3: voxelVolumeMm3(affine),
    planes: gridPlanes(affine, volume.shape, convention),
    image: volume.quantised ? dequantised(stored, volume.quantised.step) : stored,
    session: null,
    saver: null,
    restored: false,
  };
}

/** The voxels of one frame of a 4-D volume. */
export async function openFrame(api: TaskApi, volume: TaskVolume, frame: number, signal: AbortSignal): Promise<VoxelArray> {
  const count = voxelCount(volume.shape) * volume.components;
  const buffer = await api.voxels(`${volume.voxels_url}?frame=${frame}`, count * bytesPerVoxel(volume.dtype), undefined, signal);
  return decodeVoxels(buffer, volume.dtype, count);
}

export interface LabelSource {
  readonly api: TaskApi;
  readonly drafts: DraftStore;
  readonly task: Task;
  readonly activeSeconds: () => number;
  readonly signal: AbortSignal;
}

/** Adds the label map: the head version, and on top of it what this computer still has unsaved. */
export async function openLabels(open: OpenVolume, source: LabelSource): Promise<OpenVolume> {
  const { volume } = open;
  const { task } = source;
  const head = volume.head ?? volume.submitted;
  const mayEdit = task.may.edit && volume.labelled;
  if (!volume.labelled && head === null) return open;
  const count = voxelCount(volume.shape);
  const wide = task.labels.some((label) => label.value > 255) || head?.dtype === 'uint16';
  const loadVersion = async (version: LabelVersion | null): Promise<LabelArray> => {
    if (version === null) return emptyLabels(count, wide);
    const bytes = count * bytesPerVoxel(version.dtype);
    const buffer = await source.api.voxels(version.voxels_url, bytes, undefined, source.signal);
    return decodeLabels(buffer, version.dtype, count, wide);
  };
  if (!mayEdit) return { ...open, session: new LabelSession(volume.shape, await loadVersion(head)) };

  const { drafts, api, activeSeconds } = source;
  let noDrafts: unknown = null;
  const draft = await drafts.newest(task.id, volume.id).catch((error: unknown) => {
    noDrafts = error;
    return null;
  });
  const { base, session, restored } = await startWork(volume, draft, { loadVersion, api });
  const saver = new Autosaver({ task: task.id, volume: volume.id, base, session, api, drafts, activeSeconds, loadVersion });
  if (noDrafts !== null) saver.noteNoDrafts(noDrafts);
  if (draft && restored) saver.noteRestored(draft);
  return { ...open, session, saver, restored };
}

/** A label version's voxels, to look at. */
export async function versionVoxels(api: TaskApi, wanted: LabelVersion | VersionId, shape: Shape, signal: AbortSignal): Promise<LabelArray> {
  const version = typeof wanted === 'string' ? await api.version(wanted) : wanted;
  const count = voxelCount(shape);
  const buffer = await api.voxels(version.voxels_url, count * bytesPerVoxel(version.dtype), undefined, signal);
  return decodeLabels(buffer, version.dtype, count, false);
}

interface StartedWork {
  readonly base: LabelVersion | null;
  readonly session: LabelSession;
  readonly restored: boolean;
}

interface VersionSource {
  readonly loadVersion: (version: LabelVersion | null) => Promise<LabelArray>;
  readonly api: TaskApi;
}

/**
 * The head version, or what a draft says on top of the version it was painted on: if the head has moved since, the server
 * says so at the next save. A draft that does not fit its version stays where it is.
 */
async function startWork({ shape, head }: TaskVolume, draft: AnyDraft | null, source: VersionSource): Promise<StartedWork> {
  const { loadVersion: load, api } = source;
  if (draft) {
    const parent = 'runs' in draft ? (draft.base?.id ?? null) : draft.parent;
    const base = parent === (head?.id ?? null) ? head : 'runs' in draft ? draft.base : await versionOf(api, draft.parent);
    const labels = await load(base);
    const session = new LabelSession(shape, labels);
    if ('runs' in draft && draft.runs.starts.length > 0 && fitsRuns(labels, draft.runs)) {
      session.restore(draft.runs);
      return { base, session, restored: true };
    }
    if ('labels' in draft && draft.labels.length === labels.length && !sameLabels(draft.labels, labels)) {
      session.replace(draft.labels);
      session.rebaseChanges(labels);
      return { base, session, restored: true };
    }
  }
  return { base: head, session: new LabelSession(shape, await load(head)), restored: false };
}

const versionOf = async (api: TaskApi, id: VersionId | null): Promise<LabelVersion | null> =>
  id === null ? null : api.version(id);

/** The value of a voxel, or null outside the volume. */
export function intensityAt({ image, volume }: OpenVolume, voxel: Ijk): number | null {
  if (!isInside(voxel, volume.shape)) return null;
  const [si, sj] = volume.shape;
  return image[volume.components * (voxel[0] + si * (voxel[1] + sj * voxel[2]))] ?? null;
}

/** The colour of a voxel of a map of directions; null outside it, and for what has one value a voxel. */
export function colourAt({ image, volume }: OpenVolume, voxel: Ijk): Colour | null {
  if (volume.components !== 3 || !isInside(voxel, volume.shape)) return null;
  const [si, sj] = volume.shape;
  const at = 3 * (voxel[0] + si * (voxel[1] + sj * voxel[2]));
  // Stored as the bytes of a picture.
  const full = image instanceof Uint8Array ? 255 : 1;
  const part = (n: number): number => (image[at + n] ?? 0) / full;
  return [part(0), part(1), part(2)];
}

export function labelAt({ session, volume }: OpenVolume, voxel: Ijk): number {
  if (!session || !isInside(voxel, volume.shape)) return 0;
  const [si, sj] = volume.shape;
  return session.labels[voxel[0] + si * (voxel[1] + sj * voxel[2])] ?? 0;
}
