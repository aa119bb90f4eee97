import type { Study, Volume } from '../api/types';
import type { LabelVersion, Task, TaskId, TaskVolume, VersionId, VolumeId } from '../state/task';
import { HttpTaskApi, type Progress, type TaskApi } from './taskApi';

const refuse = (): Promise<never> => Promise.reject(new Error('These labels are there to be looked at.'));

/** Labels that somebody looks at outside of a task. What would write is refused here already. */
export abstract class ReadOnlyApi implements TaskApi {
  protected readonly http = new HttpTaskApi();

  abstract task(): Promise<Task>;

  async versions(): Promise<readonly LabelVersion[]> {
    return [];
  }

  open(): Promise<Task> {
    return this.task();
  }

  async maps(): Promise<readonly never[]> {
    return [];
  }

  voxels(url: string, expectedBytes: number, onProgress?: Progress, signal?: AbortSignal): Promise<ArrayBuffer> {
    return this.http.voxels(url, expectedBytes, onProgress, signal);
  }

  version(id: VersionId): Promise<LabelVersion> {
    return this.http.version(id);
  }

  checks = refuse;
  saveLabels = refuse;
  saveChanges = refuse;
  adopt = refuse;
  submit = refuse;
  review = refuse;
  next = async (): Promise<null> => null;
}

export interface LookedAt {
  readonly id: TaskId;
  readonly study: Study;
  /** The part of the study, whose view is kept apart from that of the work. */
  readonly part: 'results' | 'measures';
  readonly case: { readonly id: string; readonly name: string };
  readonly volume: Volume;
  readonly head: LabelVersion;
  readonly hanging: Task['hanging'];
}

/** One volume with labels as a task that nobody can change. */
export function taskToLookAt({ id, study, part, case: { id: caseId, name }, volume, head, hanging }: LookedAt): Task {
  return {
    id,
    study: { slug: `${study.slug}/${part}`, name: study.name },
    case: { id: caseId, name, subject: '', session: '' } as Task['case'],
    rater: { name: head.author, user: null },
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
    hanging,
    anatomy_findings: [],
    reviews: [],
    volumes: [{ ...volume, head, submitted: null, proposal: null } as unknown as TaskVolume],
  } as Task;
}

export interface LabelsToLookAt {
  /** Null for labels that are no stored version: a consensus, made anew from the raters' versions. */
  readonly version: string | null;
  readonly consensus: string;
  readonly volume: string;
  readonly author: string;
  readonly voxels_url: string;
  readonly dtype: string;
}

/** Labels by the address of their voxels, as a version that the viewer can show. */
export const versionToLookAt = ({ version, consensus, volume, author, voxels_url, dtype }: LabelsToLookAt): LabelVersion =>
  ({
    id: (version ?? `consensus-${consensus}`) as VersionId,
    number: 1,
    parent: null,
    volume: volume as VolumeId,
    task: null,
    created_at: '',
    author,
    source: 'person',
    model_name: null,
    dtype,
    counts: {},
    voxels_sha256: '',
    voxels_url,
    nifti_url: '',
  }) as unknown as LabelVersion;
