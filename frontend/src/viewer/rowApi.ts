import { analysisRowGet, studyGet, volumeGet } from '../api/client';
import type { AnalysisRowDetail } from '../api/types';
import type { LabelVersion, Task, TaskId } from '../state/task';
import { ReadOnlyApi, taskToLookAt, versionToLookAt } from './readOnlyApi';

/** The row of an analysis that a page is about. */
export interface RowPlace {
  readonly slug: string;
  readonly analysis: string;
  readonly number: number;
}

/** A row of an analysis: its volume with the first reader's labels, and the second's to compare with. */
export class RowApi extends ReadOnlyApi {
  private detail: AnalysisRowDetail | null = null;

  constructor(
    private readonly place: RowPlace,
    private readonly load: () => Promise<AnalysisRowDetail> = () => analysisRowGet(place.analysis, place.number),
  ) {
    super();
  }

  get row(): AnalysisRowDetail | null {
    return this.detail;
  }

  async task(): Promise<Task> {
    const { slug, analysis, number } = this.place;
    const [detail, study] = await Promise.all([this.load(), studyGet(slug)]);
    const volume = await volumeGet(detail.row.volume);
    this.detail = detail;
    return taskToLookAt({
      id: `${analysis}-${number}` as TaskId,
      study,
      part: 'results',
      case: detail.row.case,
      volume,
      head: sideVersion(detail, 'a'),
      // The protocol's convention, windows and colour maps; there is one volume, in two viewports.
      hanging: { ...detail.hanging, first: 'compare', layouts: [] },
    });
  }

  override async versions(): Promise<readonly LabelVersion[]> {
    return this.detail === null ? [] : [sideVersion(this.detail, 'b')];
  }
}

function sideVersion({ row, ...detail }: AnalysisRowDetail, side: 'a' | 'b'): LabelVersion {
  const { title, version, voxels_url, dtype } = detail[side];
  return versionToLookAt({ version, consensus: String(row.number), volume: row.volume, author: title, voxels_url, dtype });
}
