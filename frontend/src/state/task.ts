/** A task as `GET /api/v1/tasks/{id}` gives it: see docs/architecture.md. */
declare const brand: unique symbol;
type Id<Name extends string> = string & { readonly [brand]: Name };

export type TaskId = Id<'task'>;
export type CaseId = Id<'case'>;
export type VolumeId = Id<'volume'>;
export type VersionId = Id<'label-version'>;

export type TaskState = 'todo' | 'in_progress' | 'submitted' | 'returned' | 'accepted' | 'excluded';

export interface LabelDefinition {
  readonly value: number;
  readonly name: string;
  readonly colour: string;
  readonly side: string | null;
  readonly level: string | null;
}

export interface LabelVersion {
  readonly id: VersionId;
  readonly number: number;
  readonly parent: VersionId | null;
  readonly created_at: string;
  readonly author: string | null;
  readonly source: 'person' | 'imported' | 'model';
  readonly model_name: string | null;
  readonly dtype: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly voxels_url: string;
  readonly nifti_url: string;
}

export interface IntensityRange {
  readonly lower: number;
  readonly upper: number;
}

export interface TaskVolume {
  readonly id: VolumeId;
  readonly role: string;
  readonly name: string;
  readonly shape: readonly [number, number, number];
  readonly frames: number;
  readonly dtype: string;
  readonly affine: readonly number[];
  readonly spacing_mm: readonly [number, number, number];
  readonly orientation: string;
  readonly window: IntensityRange;
  readonly range: IntensityRange;
  readonly labelled: boolean;
  readonly voxels_url: string;
  readonly file_url: string;
  readonly head: LabelVersion | null;
  readonly submitted: LabelVersion | null;
}

export type Verdict = 'accepted' | 'returned';

export interface Review {
  readonly verdict: Verdict;
  readonly comment: string;
  readonly ijk: readonly [number, number, number] | null;
  readonly reviewer: string;
  readonly at: string;
}

export interface Task {
  readonly id: TaskId;
  readonly study: { readonly slug: string; readonly name: string };
  readonly state: TaskState;
  readonly read: number;
  readonly case: { readonly id: CaseId; readonly name: string; readonly subject: string; readonly session: string };
  readonly rater: { readonly name: string };
  readonly may: { readonly edit: boolean; readonly submit: boolean; readonly review: boolean };
  readonly instructions: string;
  readonly active_seconds: number;
  readonly labels: readonly LabelDefinition[];
  readonly reviews: readonly Review[];
  readonly volumes: readonly TaskVolume[];
}

/** States in which opening the task starts or goes on with the work. */
export const isOpenForWork = (task: Task): boolean =>
  task.may.edit && (task.state === 'todo' || task.state === 'returned' || task.state === 'in_progress');
