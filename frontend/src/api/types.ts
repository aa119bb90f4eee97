/** The shapes of docs/architecture.md, by hand until `npm run client` generates `schema.ts` from the OpenAPI document. */

export interface Page<Row> {
  count: number;
  next: string | null;
  previous: string | null;
  results: Row[];
}

export interface User {
  id: number;
  username: string;
  name: string;
}

export interface DemoLogin {
  username: string;
  password: string;
  role: string;
}

export interface Session {
  user: User | null;
  csrf_token: string;
  demo_logins: DemoLogin[];
}

export type Role = 'lead' | 'annotator' | 'reviewer' | 'engineer';

export interface Label {
  value: number;
  name: string;
  colour: string;
  side: string | null;
  level: string | null;
}

export interface Protocol {
  name: string;
  title: string;
  summary: string;
  version: number;
  labels: Label[];
}

export type TaskState = 'todo' | 'in_progress' | 'submitted' | 'returned' | 'accepted' | 'excluded';

export type TaskCounts = Record<Exclude<TaskState, 'excluded'>, number>;

export interface StudyCounts extends TaskCounts {
  cases: number;
  tasks: number;
}

export interface Study {
  slug: string;
  name: string;
  description: string;
  protocol: { name: string; title: string; version: number };
  labels: Label[];
  my_roles: Role[];
  counts: StudyCounts;
  created_at: string;
  is_demo: boolean;
}

export interface StudyEvent {
  id: number | string;
  at: string;
  actor: string | null;
  verb: string;
  object: string;
  object_id?: string;
  detail: unknown;
}

export interface RaterProgress extends TaskCounts {
  name: string;
  user: string | null;
}

export interface Overview {
  counts: StudyCounts;
  raters: RaterProgress[];
  waiting: { role: string; what: string; count: number }[];
  next_task: string | null;
  latest_events: StudyEvent[];
}

export interface Member {
  id: string;
  user: User;
  role: Role;
  created_at: string;
}

export interface Rater {
  id: string;
  name: string;
  user: string | null;
}

export type LabelSource = 'person' | 'imported' | 'model';

export interface LabelVersion {
  id: string;
  number: number;
  parent: string | null;
  created_at: string;
  author: string | null;
  source: LabelSource;
  model_name: string | null;
  dtype: string;
  counts: Record<string, number>;
  voxels_url: string;
  nifti_url: string;
  /** The volume it lies on; lists of a case name it, the viewer's `head` does not. */
  volume?: string;
  rater?: string | null;
}

export interface Volume {
  id: string;
  role: string;
  name: string;
  shape: number[];
  frames: number;
  dtype: string;
  spacing_mm: number[];
  orientation: string;
  labelled?: boolean;
  file_url?: string;
}

export interface CaseTask {
  id: string;
  rater: string;
  read: number;
  state: TaskState;
}

export interface Case {
  id: string;
  name: string;
  subject: string;
  session: string;
  in_test_set: boolean;
  volumes: Volume[];
  tasks: CaseTask[];
  label_versions?: LabelVersion[];
}

export interface TaskRow {
  id: string;
  study: { slug: string; name: string };
  case: { id: string; name: string };
  rater: { name: string; user: string | null };
  read: number;
  state: TaskState;
  created_at: string;
  submitted_at: string | null;
  active_seconds: number;
  latest_review: { verdict: 'accepted' | 'returned'; comment: string; at: string } | null;
}

export type JobState = 'queued' | 'running' | 'done' | 'failed' | 'cancelled';

export interface Job {
  id: string;
  study: string;
  kind: string;
  title: string;
  state: JobState;
  /** From 0 to 1. */
  progress: number;
  message: string;
  error: string | null;
  result: unknown;
  created_at: string;
  started_at: string | null;
  finished_at: string | null;
  created_by: string | null;
  may_cancel: boolean;
  may_retry: boolean;
}

export interface LabelScore {
  mean: number | null;
  sd: number | null;
  n: number;
  /** Why there is no value, or what was left out. */
  undefined?: number | string | null;
}

/** By label value. */
export type Scores = Record<string, LabelScore>;

export interface TrainingPreview {
  architectures: string[];
  /** What people call each architecture. */
  titles?: Record<string, string>;
  defaults: { architecture: string; epochs: number; seed: number; raters: string[] };
  train: string[];
  validation: string[];
  test: string[];
  /** Why it can't start; empty when it can. */
  problems: string[];
  /** What to know beforehand. */
  notes?: string[];
  settings: Record<string, unknown>;
}

export interface TrainingInput {
  architecture: string;
  epochs: number;
  seed: number;
  raters: string[];
  train?: string[];
  validation?: string[];
  test?: string[];
}

/** What a preview is asked for; what is left out takes the protocol's default. */
export interface TrainingQuestion {
  architecture?: string;
  epochs?: number;
  seed?: number;
  /** Names, separated by commas, most wanted first. */
  raters?: string;
}

export interface TrainingEpoch {
  epoch: number;
  loss: number;
  validation_dice: Record<string, number | null>;
  seconds: number;
}

export interface TrainingRun {
  id: string;
  job: Job;
  architecture: string;
  parameters: Record<string, unknown>;
  seed: number;
  train: string[];
  validation: string[];
  test: string[];
  epochs: TrainingEpoch[];
  scores: Scores;
  model_version: string | null;
  code_version: string;
  created_at: string;
  created_by: string | null;
}

export interface ModelVersion {
  id: string;
  number: number;
  name: string;
  architecture: string;
  state: 'candidate' | 'serving' | 'retired';
  weights_sha256: string;
  size_bytes: number;
  scores: Scores;
  training_run: string | null;
  created_at: string;
  promoted_at: string | null;
  promoted_by: string | null;
}

export interface AnalysisRow {
  case: { id: string; name: string };
  volume: string;
  volume_name?: string;
  label: number;
  label_name: string;
  version_a: string;
  version_b: string;
  dice: number | null;
  hd95_mm: number | null;
  volume_a_mm3: number | null;
  volume_b_mm3: number | null;
  volume_difference_mm3: number | null;
  /** Why a value is null, by measure. */
  undefined: Record<string, string>;
}

export interface MeasureSummary {
  mean: number | null;
  sd: number | null;
  n: number;
  /** Cases without a value, and why. */
  dropped: number | { case: string; reason: string }[];
}

export type Measure = 'dice' | 'hd95_mm' | 'volume_difference_mm3';

export interface Analysis {
  id: string;
  kind: 'inter_rater';
  title: string;
  study?: string;
  job: Job;
  parameters: { rater_a: string; rater_b: string; read_a?: number; read_b?: number; tolerance_mm?: number };
  state: JobState;
  summary: Record<string, Partial<Record<Measure, MeasureSummary>>>;
  created_at: string;
  created_by: string | null;
  code_version: string;
}

export interface AnalysisDetail extends Analysis {
  rows: AnalysisRow[];
  excluded: { case: string | { id: string; name: string }; volume?: string; reason: string }[];
  /** A newer label version than those compared has been handed in. */
  outdated: boolean;
}

export interface AnalysisInput {
  /** A rater's name, or `model:` and the id of a model version. */
  rater_a: string;
  rater_b: string;
  read_a: number;
  read_b: number;
  title: string;
}

export interface ImportReport {
  taken: { path: string; what: string }[];
  skipped: { path: string; reason: string }[];
  unchanged: number;
}

export interface Part {
  name: string;
  state: string;
  detail: string;
}

export interface Readiness {
  status: string;
  parts: Part[];
}
