import { analysisRowGet, studyGet, volumeGet } from '../api/client';
import type { AnalysisRowDetail } from '../api/types';
import type { LabelVersion, Task, TaskId, TaskVolume, VersionId, VolumeId } from '../state/task';
import { HttpTaskApi, type Progress, type TaskApi } from './taskApi';

/** The row of an analysis that a page is about. */
export interface RowPlace {
  readonly slug: string;
  readonly analysis: string;
  readonly number: number;
}

/**
 * A row of an analysis as a task that nobody can change: its volume with the first reader's labels, and the second's to
 * compare with. What would write is refused here already.
 */
export class RowApi implements TaskApi {
  private readonly http = new HttpTaskApi();
  private detail: AnalysisRowDetail | null = null;

  constructor(
    private readonly place: RowPlace,
    private readonly load: () => Promise<AnalysisRowDetail> = () => analysisRowGet(place.analysis, place.number),
  ) {}

  get row(): AnalysisRowDetail | null {
    return this.detail;
  }

  async task(): Promise<Task> {
    const { slug, analysis, number } = this.place;
    const [detail, study] = await Promise.all([this.load(), studyGet(slug)]);
    const volume = await volumeGet(detail.row.volume);
    this.detail = detail;
    const shown = { ...volume, head: sideVersion(detail, 'a'), submitted: null, proposal: null } as unknown as TaskVolume;
    return {
      id: `${analysis}-${number}` as TaskId,
      // The view of results is kept apart from that of the work.
      study: { slug: `${slug}/results`, name: study.name },
      case: { id: detail.row.case.id, name: detail.row.case.name, subject: '', session: '' } as Task['case'],
      rater: { name: detail.a.title, user: null },
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
      // The protocol's convention, windows and colour maps; there is one volume, in two viewports.
      hanging: { ...detail.hanging, first: 'compare', layouts: [] },
      anatomy_findings: [],
      reviews: [],
      volumes: [shown],
    } as Task;
  }

  async versions(): Promise<readonly LabelVersion[]> {
    return this.detail === null ? [] : [sideVersion(this.detail, 'b')];
  }

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

const refuse = (): Promise<never> => Promise.reject(new Error('The labels of an analysis are there to be looked at.'));

function sideVersion({ row, ...detail }: AnalysisRowDetail, side: 'a' | 'b'): LabelVersion {
  const { title, version, voxels_url, dtype } = detail[side];
  return {
    id: (version ?? `consensus-${row.number}`) as VersionId,
    number: 1,
    parent: null,
    volume: row.volume as VolumeId,
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
  } as LabelVersion;
}
