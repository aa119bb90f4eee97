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
export type ProtocolUpgrade = Schemas['ProtocolUpgradeOutput'];
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
export type ArchitectureComparison = Schemas['ArchitectureComparisonOutput'];
export type Proposal = Schemas['ProposalOutput'];
export type ProposalsInput = Schemas['ProposalsInputRequest'];

export type Analysis = Schemas['AnalysisBriefOutput'];
export type AnalysisDetail = Schemas['AnalysisOutput'];
export type AnalysisRow = Schemas['AnalysisRowOutput'];
export type AnalysisRowDetail = Schemas['AnalysisRowDetailOutput'];
export type AnalysisReading = Schemas['AnalysisReadingOutput'];
export type AnalysisInput = Schemas['AnalysisInputRequest'];
export type AnalysisOptions = Schemas['AnalysisOptionsOutput'];
export type AnalysisKind = Schemas['KindOutput']['kind'];
export type KnownReader = Schemas['KnownReaderOutput'];
export type MeasureSummary = Schemas['SummaryOutput'];
/** A metric of two label maps, by its name in a row. */
export type Measure = Exclude<
  { [Name in keyof AnalysisRow]: AnalysisRow[Name] extends number | null ? Name : never }[keyof AnalysisRow],
  'number' | 'pair' | 'label' | 'reader_a' | 'reader_b' | 'volume_a_mm3' | 'volume_b_mm3'
>;

/** The whole answer of an analysis, and its parts. */
export type AnalysisDocument = Schemas['AnalysisDocumentOutput'];
export type DocumentReader = Schemas['DocumentReaderOutput'];
export type DocumentPair = Schemas['DocumentPairOutput'];
export type DocumentLabel = Schemas['DocumentLabelOutput'];
export type Agreement = Schemas['AgreementOutput'];
export type MetricSummary = Schemas['MetricSummaryOutput'];
export type Estimate = Schemas['EstimateOutput'];
export type Icc = Schemas['IccOutput'];
export type Reliability = Schemas['ReliabilityEntryOutput'];
export type ReadingPair = Schemas['ReadingPairOutput'];
export type BlandAltman = Schemas['BlandAltmanOutput'];
export type PublishedFigure = Schemas['PublishedOutput'];
export type Comparison = Schemas['ComparisonOutput'];
export type Variability = Schemas['VariabilityOutput'];
export type Finding = Schemas['FindingOutput'];
export type Group = Schemas['GroupOutput'];
export type Reader = Schemas['ReaderOutput'];

/** A number of a clinical measure, and what a study can be measured for. */
export type MeasureValue = Schemas['MeasureValueOutput'];
export type MeasureVoxels = Schemas['MeasureVoxelsOutput'];
export type ClinicalSummary = Schemas['MeasureSummaryOutput'];
export type ClinicalMeasure = Schemas['ClinicalMeasureOutput'];
export type MeasuresInput = Schemas['MeasuresInputRequest'];

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
