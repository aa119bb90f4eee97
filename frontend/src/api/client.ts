/** One function per endpoint. Pages reach the site through here and `queries.ts` alone. */

import { API, get, listAll, post, request, upload } from './http';
import { parseProblem, serverAway } from './problem';
import type {
  Analysis, AnalysisDetail, AnalysisInput, Case, Job, LabelVersion, Member, ModelVersion, Overview, Protocol, Rater, Readiness,
  Role, Session, Study, StudyEvent, TaskRow, TaskState, TrainingInput, TrainingPreview,
  TrainingQuestion, TrainingRun,
} from './types';

const study = (slug: string): string => `/studies/${encodeURIComponent(slug)}`;

// Who
export const sessionGet = (): Promise<Session> => get('/auth/session');
export const signIn = (username: string, password: string): Promise<Session> =>
  post('/auth/login', { username, password });
export const signOut = (): Promise<void> => post('/auth/logout');
export const tokenCreate = (username: string, password: string): Promise<{ token: string }> =>
  post('/auth/token', { username, password });

// Studies
export const protocolList = (): Promise<Protocol[]> => listAll('/protocols');
export const protocolGet = (name: string): Promise<Protocol> => get(`/protocols/${encodeURIComponent(name)}`);
export const studyList = (): Promise<Study[]> => listAll('/studies');
export const studyGet = (slug: string): Promise<Study> => get(study(slug));
export const studyCreate = (input: {
  slug: string;
  name: string;
  description: string;
  protocol: string;
}): Promise<Study> => post('/studies', input);
export const studyChange = (slug: string, change: { name?: string; description?: string }): Promise<Study> =>
  request('PATCH', study(slug), change);
export const overviewGet = (slug: string): Promise<Overview> => get(`${study(slug)}/overview`);
export const eventList = (slug: string): Promise<StudyEvent[]> => listAll(`${study(slug)}/events`);

// Team
export const memberList = (slug: string): Promise<Member[]> => listAll(`${study(slug)}/members`);
export const memberAdd = (slug: string, username: string, role: Role): Promise<Member> =>
  post(`${study(slug)}/members`, { username, role });
export const memberRemove = (slug: string, id: string): Promise<void> =>
  request('DELETE', `${study(slug)}/members/${id}`);
export const raterList = (slug: string): Promise<Rater[]> => listAll(`${study(slug)}/raters`);

// Cases
export const caseList = (slug: string): Promise<Case[]> => listAll(`${study(slug)}/cases`);
export const caseGet = (id: string): Promise<Case> => get(`/cases/${id}`);
export const testSetChoose = (slug: string, subjects: string[]): Promise<unknown> =>
  request('PATCH', `${study(slug)}/test-set`, { subjects });
export const importStart = (
  slug: string,
  file: File,
  acceptLabels: boolean,
  onProgress: (sent: number) => void,
): Promise<Job> => {
  const form = new FormData();
  form.append('file', file);
  form.append('accept_labels', String(acceptLabels));
  return upload(`${study(slug)}/imports`, form, onProgress);
};

// Tasks
export interface TaskFilter {
  study?: string;
  mine?: boolean;
  state?: TaskState;
}
export const taskList = (filter: TaskFilter): Promise<TaskRow[]> => listAll('/tasks', { ...filter });
export const taskAssign = (slug: string, cases: string[], raters: number[], reads: number): Promise<unknown> =>
  post(`${study(slug)}/tasks`, { cases, raters, reads });
/** The task to go on with, or null. */
export const taskNext = (slug?: string): Promise<TaskRow | null> =>
  post('/tasks/next', slug === undefined ? {} : { study: slug });

// Label versions
export const labelVersionGet = (id: string): Promise<LabelVersion> => get(`/label-versions/${id}`);
export const labelVersionNiftiUrl = (id: string): string => `${API}/label-versions/${id}/nifti`;
export const volumeFileUrl = (id: string): string => `${API}/volumes/${id}/file`;

// Jobs
export const jobList = (filter: { study?: string; active?: 1 }): Promise<Job[]> => listAll('/jobs', { ...filter });
export const jobGet = (id: string): Promise<Job> => get(`/jobs/${id}`);
export const jobCancel = (id: string): Promise<Job> => post(`/jobs/${id}/cancel`);
export const jobRetry = (id: string): Promise<Job> => post(`/jobs/${id}/retry`);

// Models
export const trainingPreviewGet = (slug: string, question: TrainingQuestion): Promise<TrainingPreview> =>
  get(`${study(slug)}/training-preview`, { ...question });
export const trainingRunList = (slug: string): Promise<TrainingRun[]> => listAll(`${study(slug)}/training-runs`);
export const trainingRunGet = (id: string): Promise<TrainingRun> => get(`/training-runs/${id}`);
export const trainingStart = (slug: string, input: TrainingInput): Promise<TrainingRun> =>
  post(`${study(slug)}/training-runs`, input);
export const modelVersionList = (slug: string): Promise<ModelVersion[]> => listAll(`${study(slug)}/model-versions`);
export const modelVersionPromote = (id: string): Promise<ModelVersion> => post(`/model-versions/${id}/promote`);
export const proposalsStart = (slug: string, modelVersion?: string): Promise<Job> =>
  post(`${study(slug)}/proposals`, modelVersion === undefined ? {} : { model_version: modelVersion });

// Results
export const analysisList = (slug: string): Promise<Analysis[]> => listAll(`${study(slug)}/analyses`);
export const analysisGet = (id: string): Promise<AnalysisDetail> => get(`/analyses/${id}`);
export const analysisCreate = (slug: string, input: AnalysisInput): Promise<Analysis> =>
  post(`${study(slug)}/analyses`, input);
export const analysisCsvUrl = (id: string): string => `${API}/analyses/${id}/csv`;

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
