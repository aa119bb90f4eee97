/** A task as `GET /api/v1/tasks/{id}` gives it: the generated shapes, read only, with an id for each kind of thing. */

import type { components } from '../api/schema';

type Wire = components['schemas'];

declare const brand: unique symbol;
type Id<Name extends string> = string & { readonly [brand]: Name };

export type TaskId = Id<'task'>;
export type CaseId = Id<'case'>;
export type VolumeId = Id<'volume'>;
export type VersionId = Id<'label-version'>;

type Triple = readonly [number, number, number];

/** A shape of the schema without what is told more exactly here; a name that the schema lacks is a type error. */
type Less<Shape, Names extends keyof Shape> = Readonly<Omit<Shape, Names>>;

export type TaskState = Wire['TaskStateEnum'];
export type LabelDefinition = Readonly<Wire['LabelOutput']>;
export type IntensityRange = Readonly<Wire['BoundsOutput']>;
export type Verdict = Wire['VerdictEnum'];

export interface LabelVersion extends Less<Wire['LabelVersionOutput'], 'id' | 'parent' | 'volume' | 'task' | 'model_name' | 'counts'> {
  readonly id: VersionId;
  readonly parent: VersionId | null;
  /** The server sends an empty text where no model made it. */
  readonly model_name: Wire['LabelVersionOutput']['model_name'] | null;
  readonly counts: Readonly<Wire['LabelVersionOutput']['counts']>;
}

export interface TaskVolume
  extends Less<Wire['TaskVolumeOutput'], 'id' | 'shape' | 'spacing_mm' | 'affine' | 'window' | 'range' | 'head' | 'submitted' | 'proposal'> {
  readonly id: VolumeId;
  readonly shape: Triple;
  readonly spacing_mm: Triple;
  readonly affine: readonly number[];
  readonly window: IntensityRange;
  readonly range: IntensityRange;
  readonly head: LabelVersion | null;
  readonly submitted: LabelVersion | null;
  /** What one step of the stored voxels stands for; absent where they hold the value itself. */
  readonly quantised?: { readonly step: number; readonly unit: string };
  /** What the label map began as, where a model proposed it. */
  readonly proposal: LabelVersion | null;
}

export interface Review extends Less<Wire['ReviewOutput'], 'ijk'> {
  readonly ijk: Triple | null;
}

export type AnatomyFinding = Readonly<Wire['AnatomyFindingOutput']>;
export type AnatomyOverride = Readonly<Wire['OverrideInputRequest']>;

export interface Task
  extends Less<Wire['TaskDetailOutput'], 'id' | 'study' | 'case' | 'rater' | 'may' | 'labels' | 'reviews' | 'volumes'> {
  readonly id: TaskId;
  readonly study: Readonly<Wire['TaskStudyOutput']>;
  readonly case: Less<Wire['TaskCaseOutput'], 'id'> & { readonly id: CaseId };
  readonly rater: Readonly<Wire['TaskRaterOutput']>;
  readonly may: Readonly<Wire['MayOutput']>;
  readonly labels: readonly LabelDefinition[];
  readonly reviews: readonly Review[];
  readonly volumes: readonly TaskVolume[];
}

/** States in which opening the task starts or goes on with the work. */
export const isOpenForWork = (task: Task): boolean =>
  task.may.edit && (task.state === 'todo' || task.state === 'returned' || task.state === 'in_progress');
