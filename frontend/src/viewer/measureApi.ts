import { measureValueGet, studyGet, volumeGet } from '../api/client';
import type { MeasureVoxels } from '../api/types';
import type { Task, TaskId } from '../state/task';
import { ReadOnlyApi, taskToLookAt, versionToLookAt } from './readOnlyApi';

/** The number that a page is about. */
export interface ValuePlace {
  readonly slug: string;
  readonly table: string;
  readonly place: number;
}

const ONE_VOLUME: Task['hanging'] = { convention: 'radiological', planes: [], primary_plane: 'axial', start_at: 'labels', first: 'mpr', layouts: [], roles: [] };

/** The label map behind a number of a clinical measure. */
export class MeasureApi extends ReadOnlyApi {
  private found: MeasureVoxels | null = null;

  constructor(private readonly at: ValuePlace) {
    super();
  }

  get measured(): MeasureVoxels | null {
    return this.found;
  }

  async task(): Promise<Task> {
    const { slug, table, place } = this.at;
    const [found, study] = await Promise.all([measureValueGet(table, place), studyGet(slug)]);
    const { value, version, title, voxels_url, dtype } = found;
    const volume = await volumeGet(value.volume);
    this.found = found;
    return taskToLookAt({
      id: `${table}-${place}` as TaskId,
      study,
      part: 'measures',
      case: value.case,
      volume,
      head: versionToLookAt({ version, consensus: value.table, volume: value.volume, author: title, voxels_url, dtype }),
      hanging: ONE_VOLUME,
    });
  }
}
