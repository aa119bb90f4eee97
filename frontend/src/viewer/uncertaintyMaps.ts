import { addressOf } from '../api/http';
import type { components } from '../api/schema';
import type { RoleDisplay } from '../state/display';
import type { Task, TaskVolume, VolumeId } from '../state/task';

export type UncertaintyMap = Readonly<components['schemas']['UncertaintyOutput']>;

/** What uncertainty maps are called among the volumes of a case. */
export const UNCERTAINTY = 'Uncertainty';

/** Warm colours, as on a heat map; the window is that of the map, and means nothing in another case. */
const LOOK: RoleDisplay = {
  name: UNCERTAINTY,
  required: false,
  labelled: false,
  frames: 'one',
  unit: '',
  signed: false,
  symmetric: false,
  derived: '',
  colour_map: 'hot',
  window_percentiles: [0, 100],
  windows: [],
};

const volumeOf = (map: UncertaintyMap): TaskVolume => {
  // A map without any uncertainty has no step: its window is then the unit itself.
  const window = { lower: 0, upper: map.step > 0 ? map.range.upper * map.step : 1 };
  return {
    id: map.id as VolumeId,
    role: UNCERTAINTY,
    name: map.name,
    shape: map.shape as unknown as TaskVolume['shape'],
    frames: 1,
    components: 1,
    dtype: 'uint8',
    affine: map.affine,
    spacing_mm: map.spacing_mm as unknown as TaskVolume['spacing_mm'],
    orientation: map.orientation,
    window,
    range: window,
    quantised: { step: map.step, unit: map.unit },
    labelled: false,
    gradients: null,
    derived_from: map.volume,
    derivation: null,
    voxels_url: map.voxels_url,
    file_url: map.voxels_url,
    head: null,
    submitted: null,
    proposal: null,
  } satisfies TaskVolume;
};

/** A task with uncertainty maps among its volumes, behind those that were taken; one that has them stays as it is. */
export function withMaps(task: Task, maps: readonly UncertaintyMap[]): Task {
  if (maps.length === 0 || task.volumes.some(({ role }) => role === UNCERTAINTY)) return task;
  return {
    ...task,
    volumes: [...task.volumes, ...maps.map(volumeOf)],
    hanging: { ...task.hanging, roles: [...task.hanging.roles, LOOK] },
  };
}

/** The uncertainty maps of a task's labelled volumes; none where a round hides them, or the server is slow to say. */
export async function mapsOf(task: Task, signal?: AbortSignal): Promise<readonly UncertaintyMap[]> {
  const lists = task.volumes
    .filter(({ labelled }) => labelled)
    .map(async ({ id }): Promise<readonly UncertaintyMap[]> => {
      const response = await fetch(addressOf('/api/v1/volumes/{volume_id}/uncertainty', { volume_id: id }), {
        credentials: 'same-origin',
        headers: { Accept: 'application/json' },
        signal: AbortSignal.any([AbortSignal.timeout(PATIENCE_MS), ...(signal ? [signal] : [])]),
      });
      return response.ok ? ((await response.json()) as UncertaintyMap[]) : [];
    });
  // A case can be read without them.
  const settled = await Promise.allSettled(lists);
  return settled.flatMap((list) => (list.status === 'fulfilled' ? list.value : []));
}

const PATIENCE_MS = 5_000;
