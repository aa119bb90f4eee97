import { measureValueGet, studyGet, volumeGet } from '../api/client';
import type { MeasureVoxels } from '../api/types';
import type { LabelVersion, Task, TaskId, TaskVolume, VersionId, VolumeId } from '../state/task';
import { HttpTaskApi, type Progress, type TaskApi } from './taskApi';

/** The number that a page is about. */
export interface ValuePlace {
  readonly slug: string;
  readonly table: string;
  readonly place: number;
}

/** The label map behind a number of a clinical measure, as a task that nobody can change. */
export class MeasureApi implements TaskApi {
  private readonly http = new HttpTaskApi();
  private found: MeasureVoxels | null = null;

  constructor(private readonly at: ValuePlace) {}

  get measured(): MeasureVoxels | null {
    return this.found;
  }

  async task(): Promise<Task> {
    const { slug, table, place } = this.at;
    const [found, study] = await Promise.all([measureValueGet(table, place), studyGet(slug)]);
    const volume = await volumeGet(found.value.volume);
    this.found = found;
    const shown = { ...volume, head: versionOf(found), submitted: null, proposal: null } as unknown as TaskVolume;
    return {
      id: `${table}-${place}` as TaskId,
      // The view of measures is kept apart from that of the work.
      study: { slug: `${slug}/measures`, name: study.name },
      case: { id: found.value.case.id, name: found.value.case.name, subject: '', session: '' } as Task['case'],
      rater: { name: found.title, user: null },
      read: 1,
      state: 'submitted',
      created_at: '',
      submitted_at: null,
      active_seconds: 0,
      latest_review: null,
      comment: '',
      may: { edit: false, submit: false, review: false },
      instructions: '',
      labels: study.labels,
      hanging: { convention: 'radiological', planes: [], primary_plane: 'axial', start_at: 'labels', first: 'mpr', layouts: [], roles: [] },
      anatomy_findings: [],
      reviews: [],
      volumes: [shown],
    } as Task;
  }

  versions = async (): Promise<readonly LabelVersion[]> => [];

  voxels(url: string, expectedBytes: number, onProgress?: Progress, signal?: AbortSignal): Promise<ArrayBuffer> {
    return this.http.voxels(url, expectedBytes, onProgress, signal);
  }

  version(id: VersionId): Promise<LabelVersion> {
    return this.http.version(id);
  }

  open(): Promise<Task> {
    return this.task();
  }

  checks = refuse;
  saveLabels = refuse;
  saveChanges = refuse;
  adopt = refuse;
  submit = refuse;
  review = refuse;
  next = async (): Promise<null> => null;
}

const refuse = (): Promise<never> => Promise.reject(new Error('The labels behind a measure are there to be looked at.'));

const versionOf = ({ value, version, title, voxels_url, dtype }: MeasureVoxels): LabelVersion =>
  ({
    id: (version ?? `consensus-${value.table}`) as VersionId,
    number: 1,
    parent: null,
    volume: value.volume as VolumeId,
    task: null,
    created_at: '',
    author: title,
    source: 'person',
    model_name: null,
    dtype,
    counts: {},
    voxels_sha256: '',
    voxels_url,
    nifti_url: '',
  }) as unknown as LabelVersion;
