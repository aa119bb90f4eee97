/** Names for the shapes of `schema.ts`, which `make client` generates from the server's serializers. */

import type { components } from './schema';

type Schemas = components['schemas'];

export type User = Schemas['UserOutput'];
export type Session = Schemas['SessionOutput'];
export type DemoLogin = Schemas['DemoLoginOutput'];
export type Role = Schemas['RoleEnum'];
export type Member = Schemas['MemberOutput'];
export type Rater = Schemas['RaterOutput'];

export type Label = Schemas['LabelOutput'];
export type Protocol = Schemas['ProtocolOutput'];
export type Study = Schemas['StudyOutput'];
export type StudyCounts = Schemas['CountsOutput'];
export type StudyEvent = Schemas['EventOutput'];
export type Overview = Schemas['OverviewOutput'];

export type TaskState = Schemas['TaskStateEnum'];
export type TaskCounts = Pick<StudyCounts, Extract<TaskState, keyof StudyCounts>>;
export type TaskRow = Schemas['TaskOutput'];

export type Case = Schemas['CaseOutput'];
export type CaseTask = Schemas['CaseTaskOutput'];
export type Volume = Schemas['VolumeOutput'];
export type LabelVersion = Schemas['LabelVersionOutput'];
export type LabelSource = Schemas['LabelSourceEnum'];

export type Job = Schemas['JobOutput'];
export type JobState = Schemas['JobStateEnum'];
export type JobResult = NonNullable<Job['result']>;
/** What an import came to: how many files, and each one that was not simply taken, with its reason. */
export type ImportReport = Extract<JobResult, { files: unknown }>;

export type LabelScore = Schemas['LabelScoreOutput'];
/** By label value. */
export type Scores = Schemas['TrainingRunOutput']['scores'];
export type TrainingPreview = Schemas['TrainingPreviewOutput'];
export type TrainingInput = Schemas['TrainingInputRequest'];
export type TrainingEpoch = Schemas['EpochOutput'];
export type TrainingRun = Schemas['TrainingRunOutput'];
export type ModelVersion = Schemas['ModelVersionOutput'];
export type Proposal = Schemas['ProposalOutput'];
export type ProposalsInput = Schemas['ProposalsInputRequest'];

export type Analysis = Schemas['AnalysisBriefOutput'];
/** An analysis with the rows of its pairs of readings. */
export type AnalysisDetail = Schemas['AnalysisOutput'] & { rows: AnalysisRow[] };
export type AnalysisRow = Schemas['AnalysisRowOutput'];
export type AnalysisInput = Schemas['AnalysisInputRequest'];
export type MeasureSummary = Schemas['SummaryOutput'];
export type Measure =
  | 'dice'
  | 'jaccard'
  | 'hd95_mm'
  | 'assd_mm'
  | 'surface_dice'
  | 'volume_difference_mm3';
export type Reader = Schemas['ReaderOutput'];

/** `/readyz` stands outside the API and its schema: the state of each part of the site. */
export interface Readiness {
  status: string;
  parts: Part[];
}

export interface Part {
  name: string;
  state: string;
  detail: string;
}
