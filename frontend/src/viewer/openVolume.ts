import { voxelCount } from '../commands/labelGrid';
import type { LabelArray } from '../commands/labelGrid';
import { affineFromRowMajor, voxelVolumeMm3, type Affine } from '../geometry/affine';
import { isInside, type Ijk, type Shape } from '../geometry/frames';
import { gridPlanes, type Convention, type GridPlane, type PlaneName } from '../geometry/planes';
import { LabelSession } from '../state/labelSession';
import type { LabelVersion, Task, TaskVolume } from '../state/task';
import { Autosaver } from './autosaver';
import type { DraftStore } from './draftStore';
import type { Progress, TaskApi } from './taskApi';
import { bytesPerVoxel, decodeLabels, decodeVoxels, emptyLabels, sameLabels, type VoxelArray } from './voxels';

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
  const bytes = count * bytesPerVoxel(volume.dtype) * Math.max(1, volume.frames);
  const buffer = await api.voxels(volume.voxels_url, bytes, onProgress, signal);
  return {
    volume,
    affine,
    voxelMm3: voxelVolumeMm3(affine),
    planes: gridPlanes(affine, volume.shape, convention),
    image: decodeVoxels(buffer, volume.dtype, count),
    session: null,
    saver: null,
    restored: false,
  };
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
  const loadVersion = async (version: LabelVersion): Promise<LabelArray> => {
    const bytes = count * bytesPerVoxel(version.dtype);
    const buffer = await source.api.voxels(version.voxels_url, bytes, undefined, source.signal);
    return decodeLabels(buffer, version.dtype, count, wide);
  };
  const labels = head ? await loadVersion(head) : emptyLabels(count, wide);
  const session = new LabelSession(volume.shape, labels);
  if (!mayEdit) return { ...open, session };

  const key = { task: task.id, volume: volume.id };
  const draft = await source.drafts.newest(task.id, volume.id).catch(() => null);
  const lost = draft && draft.labels.length === count && !sameLabels(draft.labels, labels) ? draft : null;
  const saver = new Autosaver({
    ...key,
    // A draft goes on from the version it was painted on: if the head has moved since, the server says so.
    parent: lost ? lost.parent : (volume.head?.id ?? null),
    session,
    api: source.api,
    drafts: source.drafts,
    activeSeconds: source.activeSeconds,
    loadVersion,
  });
  if (lost) saver.restore(lost.labels);
  else if (draft) await source.drafts.remove(draft).catch(() => {});
  return { ...open, session, saver, restored: lost !== null };
}

/** A label version's voxels, to look at. */
export async function loadVersion(api: TaskApi, version: LabelVersion, shape: Shape, signal: AbortSignal): Promise<LabelArray> {
  const count = voxelCount(shape);
  const buffer = await api.voxels(version.voxels_url, count * bytesPerVoxel(version.dtype), undefined, signal);
  return decodeLabels(buffer, version.dtype, count, false);
}

/** The value of a voxel, or null outside the volume. */
export function intensityAt({ image, volume }: OpenVolume, voxel: Ijk): number | null {
  if (!isInside(voxel, volume.shape)) return null;
  const [si, sj] = volume.shape;
  return image[voxel[0] + si * (voxel[1] + sj * voxel[2])] ?? null;
}

export function labelAt({ session, volume }: OpenVolume, voxel: Ijk): number {
  if (!session || !isInside(voxel, volume.shape)) return 0;
  const [si, sj] = volume.shape;
  return session.labels[voxel[0] + si * (voxel[1] + sj * voxel[2])] ?? 0;
}
