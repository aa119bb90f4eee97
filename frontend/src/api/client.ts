/** One function per endpoint. Pages reach the site through here and `queries.ts` alone. */

import { addressOf, allRows, api, bodyOf, upload } from './http';
import { parseProblem, serverAway } from './problem';
import type { components, operations } from './schema';
import type { AnalysisInput, Job, MeasuresInput, ProposalsInput, Readiness, Role, TaskRow, TrainingInput } from './types';

const inStudy = (slug: string) => ({ path: { slug } });

// Who
export const sessionGet = () => bodyOf(api.GET('/api/v1/auth/session'));
export const signIn = (username: string, password: string) =>
  bodyOf(api.POST('/api/v1/auth/login', { body: { username, password } }));
export const signOut = () => bodyOf(api.POST('/api/v1/auth/logout'));
export const tokenCreate = (username: string, password: string) =>
  bodyOf(api.POST('/api/v1/auth/token', { body: { username, password } }));

// Studies
export const protocolList = () => bodyOf(api.GET('/api/v1/protocols'));
/** What is in a protocol file, or a `ProblemError` with its line beside the field `file`. */
export const protocolCheck = (file: string) => bodyOf(api.POST('/api/v1/protocols/check', { body: { file } }));
export const studyProtocolGet = (slug: string) =>
  bodyOf(api.GET('/api/v1/studies/{slug}/protocol', { params: inStudy(slug) }));
export const studyProtocolPreview = (slug: string, file: string) =>
  bodyOf(api.POST('/api/v1/studies/{slug}/protocol/preview', { params: inStudy(slug), body: { file } }));
/** Take a newer version: the library's, or that of a file. */
export const studyProtocolUpgrade = (slug: string, file: string | null) =>
  bodyOf(api.POST('/api/v1/studies/{slug}/protocol', { params: inStudy(slug), body: { file } }));
export const studyList = () => allRows((query) => api.GET('/api/v1/studies', { params: { query } }));
export const studyGet = (slug: string) => bodyOf(api.GET('/api/v1/studies/{slug}', { params: inStudy(slug) }));
export const studyCreate = (body: components['schemas']['StudyInputRequest']) =>
  bodyOf(api.POST('/api/v1/studies', { body }));
export const studyChange = (slug: string, body: components['schemas']['PatchedStudyChangeInputRequest']) =>
  bodyOf(api.PATCH('/api/v1/studies/{slug}', { params: inStudy(slug), body }));
export const overviewGet = (slug: string) =>
  bodyOf(api.GET('/api/v1/studies/{slug}/overview', { params: inStudy(slug) }));
export const eventList = (slug: string) =>
  allRows((query) => api.GET('/api/v1/studies/{slug}/events', { params: { ...inStudy(slug), query } }));

// Team
export const memberList = (slug: string) =>
  allRows((query) => api.GET('/api/v1/studies/{slug}/members', { params: { ...inStudy(slug), query } }));
export const memberAdd = (slug: string, username: string, role: Role) =>
  bodyOf(api.POST('/api/v1/studies/{slug}/members', { params: inStudy(slug), body: { username, role } }));
export const memberRemove = (slug: string, membership_id: string) =>
  bodyOf(api.DELETE('/api/v1/studies/{slug}/members/{membership_id}', { params: { path: { slug, membership_id } } }));
export const raterList = (slug: string) =>
  allRows((query) => api.GET('/api/v1/studies/{slug}/raters', { params: { ...inStudy(slug), query } }));

// Cases
export const caseList = (slug: string) =>
  allRows((query) => api.GET('/api/v1/studies/{slug}/cases', { params: { ...inStudy(slug), query } }));
export const caseGet = (case_id: string) => bodyOf(api.GET('/api/v1/cases/{case_id}', { params: { path: { case_id } } }));
export const testSetChoose = (slug: string, subjects: string[]) =>
  bodyOf(api.PATCH('/api/v1/studies/{slug}/test-set', { params: inStudy(slug), body: { subjects } }));
export const importStart = (
  slug: string,
  file: File,
  acceptLabels: boolean,
  onProgress: (sent: number) => void,
): Promise<Job> => {
  const fields: Record<keyof components['schemas']['ImportInputRequest'], string | File> = {
    file,
    accept_labels: String(acceptLabels),
  };
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  return upload(addressOf('/api/v1/studies/{slug}/imports', { slug }), form, onProgress);
};

// Tasks
export type TaskFilter = Pick<
  NonNullable<operations['tasks_list']['parameters']['query']>,
  'study' | 'mine' | 'state' | 'case' | 'rater'
>;
export const taskList = (filter: TaskFilter) =>
  allRows((query) => api.GET('/api/v1/tasks', { params: { query: { ...filter, ...query } } }));
export const taskAssign = (slug: string, cases: string[], raters: number[], reads: number) =>
  bodyOf(api.POST('/api/v1/studies/{slug}/tasks', { params: inStudy(slug), body: { cases, raters, reads } }));
/** The task to go on with, or null. */
export const taskNext = (study?: string): Promise<TaskRow | null> =>
  bodyOf(api.POST('/api/v1/tasks/next', { body: study === undefined ? {} : { study } }));

// Files
export const labelVersionNiftiUrl = (version_id: string): string =>
  addressOf('/api/v1/label-versions/{version_id}/nifti', { version_id });
export const volumeGet = (volume_id: string) =>
  bodyOf(api.GET('/api/v1/volumes/{volume_id}', { params: { path: { volume_id } } }));
export const volumeFileUrl = (volume_id: string): string => addressOf('/api/v1/volumes/{volume_id}/file', { volume_id });
export const analysisCsvUrl = (analysis_id: string, of: 'rows' | 'readings'): string =>
  `${addressOf('/api/v1/analyses/{analysis_id}/csv', { analysis_id })}?of=${of}`;
export const analysisPictureUrl = (analysis_id: string, volume_id: string): string =>
  addressOf('/api/v1/analyses/{analysis_id}/volumes/{volume_id}/picture', { analysis_id, volume_id });
export const analysisDocumentUrl = (analysis_id: string): string =>
  addressOf('/api/v1/analyses/{analysis_id}/document', { analysis_id });

// Jobs
export type JobFilter = Pick<NonNullable<operations['jobs_list']['parameters']['query']>, 'study' | 'active'>;
const oneJob = (job_id: string) => ({ params: { path: { job_id } } });
export const jobList = (filter: JobFilter) =>
  allRows((query) => api.GET('/api/v1/jobs', { params: { query: { ...filter, ...query } } }));
export const jobGet = (id: string) => bodyOf(api.GET('/api/v1/jobs/{job_id}', oneJob(id)));
export const jobCancel = (id: string) => bodyOf(api.POST('/api/v1/jobs/{job_id}/cancel', oneJob(id)));
export const jobRetry = (id: string) => bodyOf(api.POST('/api/v1/jobs/{job_id}/retry', oneJob(id)));

// Models
/** What a preview is asked for; what is left out takes the protocol's default. Lists are names with commas between. */
export type TrainingQuestion = NonNullable<operations['studies_training_preview_retrieve']['parameters']['query']>;
export const trainingPreviewGet = (slug: string, query: TrainingQuestion) =>
  bodyOf(api.GET('/api/v1/studies/{slug}/training-preview', { params: { ...inStudy(slug), query } }));
export const trainingRunList = (slug: string) =>
  allRows((query) => api.GET('/api/v1/studies/{slug}/training-runs', { params: { ...inStudy(slug), query } }));
export const trainingRunGet = (run_id: string) =>
  bodyOf(api.GET('/api/v1/training-runs/{run_id}', { params: { path: { run_id } } }));
export const trainingStart = (slug: string, body: TrainingInput) =>
  bodyOf(api.POST('/api/v1/studies/{slug}/training-runs', { params: inStudy(slug), body }));
export const modelVersionList = (slug: string) =>
  allRows((query) => api.GET('/api/v1/studies/{slug}/model-versions', { params: { ...inStudy(slug), query } }));
export const proposalList = (slug: string) =>
  allRows((query) => api.GET('/api/v1/studies/{slug}/proposals', { params: { ...inStudy(slug), query } }));
export const proposalsStart = (slug: string, body: ProposalsInput) =>
  bodyOf(api.POST('/api/v1/studies/{slug}/proposals', { params: inStudy(slug), body }));

// Results
export const analysisList = (slug: string) =>
  allRows((query) => api.GET('/api/v1/studies/{slug}/analyses', { params: { ...inStudy(slug), query } }));
const oneAnalysis = (analysis_id: string) => ({ path: { analysis_id } });
export const analysisGet = (id: string) =>
  bodyOf(api.GET('/api/v1/analyses/{analysis_id}', { params: oneAnalysis(id) }));
export const analysisDocumentGet = (id: string) =>
  bodyOf(api.GET('/api/v1/analyses/{analysis_id}/document', { params: oneAnalysis(id) }));
export type RowFilter = Omit<NonNullable<operations['analyses_rows_list']['parameters']['query']>, 'page' | 'page_size'>;
export const analysisRowList = (id: string, filter: RowFilter) =>
  allRows((query) =>
    api.GET('/api/v1/analyses/{analysis_id}/rows', { params: { ...oneAnalysis(id), query: { ...filter, ...query } } }),
  );
/** The first rows alone, in the order that is asked for. */
export const analysisRowsFirst = async (id: string, filter: RowFilter, most: number) => {
  const query = { ...filter, page: 1, page_size: most };
  const page = await bodyOf(api.GET('/api/v1/analyses/{analysis_id}/rows', { params: { ...oneAnalysis(id), query } }));
  return page.results;
};
export const analysisRowGet = (id: string, number: number) =>
  bodyOf(api.GET('/api/v1/analyses/{analysis_id}/rows/{number}', { params: { path: { analysis_id: id, number } } }));
export const analysisReadingList = (id: string, filter: RowFilter) =>
  allRows((query) =>
    api.GET('/api/v1/analyses/{analysis_id}/readings', { params: { ...oneAnalysis(id), query: { ...filter, ...query } } }),
  );
export const reportGet = (id: string) =>
  bodyOf(api.GET('/api/v1/analyses/{analysis_id}/report', { params: oneAnalysis(id) }));
export const reportMake = (id: string) =>
  bodyOf(api.POST('/api/v1/analyses/{analysis_id}/report', { params: oneAnalysis(id) }));
export const studyReportGet = (slug: string) =>
  bodyOf(api.GET('/api/v1/studies/{slug}/report', { params: inStudy(slug) }));
export const studyReportMake = (slug: string) =>
  bodyOf(api.POST('/api/v1/studies/{slug}/report', { params: inStudy(slug) }));
export const analysisOptionsGet = (slug: string) =>
  bodyOf(api.GET('/api/v1/studies/{slug}/analysis-options', { params: inStudy(slug) }));
export const analysisRerun = (id: string) =>
  bodyOf(api.POST('/api/v1/analyses/{analysis_id}/rerun', { params: oneAnalysis(id) }));
export const externalLabelsImport = (
  slug: string,
  given: { file: File; tool: string; values: string },
  onProgress: (sent: number) => void,
): Promise<Job> => {
  const form = new FormData();
  for (const [name, value] of Object.entries(given)) form.append(name, value);
  return upload(addressOf('/api/v1/studies/{slug}/external-labels', { slug }), form, onProgress);
};
export const analysisCreate = (slug: string, body: AnalysisInput) =>
  bodyOf(api.POST('/api/v1/studies/{slug}/analyses', { params: inStudy(slug), body }));

/** Each part of the site and its state. A 503 that names its parts is an answer, not a failure. */
export const readinessGet = async (): Promise<Readiness> => {
  let response: Response;
  try {
    response = await fetch('/readyz', { headers: { Accept: 'application/json' } });
  } catch {
    throw serverAway();
  }
  const text = await response.text();
  try {
    const answer = JSON.parse(text) as Partial<Readiness>;
    if (Array.isArray(answer.parts)) return { status: answer.status ?? '', parts: answer.parts };
  } catch {
    // Not the site's own words: a proxy stands before it.
  }
  throw parseProblem(response.status, text);
};

// Clinical measures
export type MeasureFilter = Omit<NonNullable<operations['studies_measures_list']['parameters']['query']>, 'page' | 'page_size'>;
export const measureSummaryGet = (slug: string) =>
  bodyOf(api.GET('/api/v1/studies/{slug}/measure-summary', { params: inStudy(slug) }));
export const measureValueList = (slug: string, filter: MeasureFilter) =>
  allRows((query) => api.GET('/api/v1/studies/{slug}/measures', { params: { ...inStudy(slug), query: { ...filter, ...query } } }));
export const measureValueGet = (table_id: string, place: number) =>
  bodyOf(api.GET('/api/v1/measure-tables/{table_id}/values/{place}', { params: { path: { table_id, place } } }));
export const measuresCompute = (slug: string, body: MeasuresInput) =>
  bodyOf(api.POST('/api/v1/studies/{slug}/measures', { params: inStudy(slug), body }));
export const measuresFileUrl = (slug: string, kind: 'csv' | 'parquet', filter: MeasureFilter & { slices?: boolean }): string => {
  const query = new URLSearchParams(Object.entries(filter).map(([name, value]) => [name, String(value)])).toString();
  return `${addressOf('/api/v1/studies/{slug}/measures/{kind}', { slug, kind })}${query === '' ? '' : `?${query}`}`;
};

// Comparisons of architectures
export const architectureComparisonList = (slug: string) =>
  allRows((query) => api.GET('/api/v1/studies/{slug}/architecture-comparisons', { params: { ...inStudy(slug), query } }));
export const architectureComparisonStart = (slug: string, body: components['schemas']['ArchitectureComparisonInputRequest']) =>
  bodyOf(api.POST('/api/v1/studies/{slug}/architecture-comparisons', { params: inStudy(slug), body }));
export const architectureComparisonCancel = (comparison_id: string) =>
  bodyOf(api.POST('/api/v1/architecture-comparisons/{comparison_id}/cancel', { params: { path: { comparison_id } } }));
