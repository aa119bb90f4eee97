/** The register of model versions: scores, comparison, what serves, files. Requests, types and one hook per question. */

import { useQuery } from '@tanstack/react-query';
import { addressOf, allRows, api, bodyOf, upload } from './http';
import { jobInterval, jobsInterval } from './polling';
import { useJob } from './queries';
import type { components } from './schema';
import type { Job } from './types';

type Schemas = components['schemas'];

export type ScoreTable = Schemas['ScoreTableOutput'];
export type ScoredCase = Schemas['ScoredCaseOutput'];
export type ScoredCaseDetail = Schemas['ScoredCaseDetailOutput'];
export type VersionComparison = Schemas['VersionComparisonOutput'];
export type Compared = Schemas['ComparedOutput'];
export type ComparedCase = Schemas['ComparedCaseOutput'];
export type Gate = Schemas['GateOutput'];
export type Verdict = Schemas['VerdictOutput'];
export type Transition = Schemas['TransitionOutput'];
export type Serving = Schemas['ServingOutput'];
export type ProposalRequest = Schemas['ProposalRequestOutput'];
export type ModelExport = Schemas['ModelExportOutput'];
export type ExportFormat = ModelExport['format'];
export type Scope = ScoreTable['scope'];
export type ScoreMeasure = ScoreTable['measure'];

const inStudy = (slug: string) => ({ path: { slug } });
const ofVersion = (model_version_id: string) => ({ path: { model_version_id } });

export const modelVersionGet = (id: string) =>
  bodyOf(api.GET('/api/v1/model-versions/{model_version_id}', { params: ofVersion(id) }));
export const wordsSave = (id: string, body: { intended_use: string; limits: string }) =>
  bodyOf(api.PATCH('/api/v1/model-versions/{model_version_id}', { params: ofVersion(id), body }));
export const scoresGet = (id: string, query: { scope: Scope; measure: ScoreMeasure }) =>
  bodyOf(api.GET('/api/v1/model-versions/{model_version_id}/scores', { params: { ...ofVersion(id), query } }));
export const scoringStart = (id: string, scope: Scope) =>
  bodyOf(api.POST('/api/v1/model-versions/{model_version_id}/scores', { params: ofVersion(id), body: { scope } }));
export const gateGet = (id: string) =>
  bodyOf(api.GET('/api/v1/model-versions/{model_version_id}/gate', { params: ofVersion(id) }));
export const modelVersionPromote = (id: string, body: { reason: string; instead_of: string | null }) =>
  bodyOf(api.POST('/api/v1/model-versions/{model_version_id}/promote', { params: ofVersion(id), body }));
export const modelVersionRetire = (id: string, reason: string) =>
  bodyOf(api.POST('/api/v1/model-versions/{model_version_id}/retire', { params: ofVersion(id), body: { reason } }));
export const modelVersionReinstate = (id: string) =>
  bodyOf(api.POST('/api/v1/model-versions/{model_version_id}/reinstate', { params: ofVersion(id), body: { reason: '' } }));
export const servingGet = (slug: string) => bodyOf(api.GET('/api/v1/studies/{slug}/serving', { params: inStudy(slug) }));
export const rollBack = (slug: string) =>
  bodyOf(api.POST('/api/v1/studies/{slug}/serving/roll-back', { params: inStudy(slug), body: { reason: '' } }));
export const transitionList = (slug: string) =>
  allRows((query) => api.GET('/api/v1/studies/{slug}/model-transitions', { params: { ...inStudy(slug), query } }));

export interface ComparisonQuestion {
  first: string;
  second: string;
  scope: Scope;
  measure: ScoreMeasure;
}

export const comparisonGet = (slug: string, query: ComparisonQuestion) =>
  bodyOf(api.GET('/api/v1/studies/{slug}/model-comparison', { params: { ...inStudy(slug), query } }));
export const proposalRequestList = (job_id: string) =>
  allRows((query) => api.GET('/api/v1/jobs/{job_id}/proposal-requests', { params: { path: { job_id }, query } }));
export const exportList = (id: string) =>
  allRows((query) => api.GET('/api/v1/model-versions/{model_version_id}/exports', { params: { ...ofVersion(id), query } }));
export const exportStart = (id: string, format: ExportFormat) =>
  bodyOf(api.POST('/api/v1/model-versions/{model_version_id}/exports', { params: ofVersion(id), body: { format } }));
export const modelImportStart = (slug: string, file: File, onProgress: (sent: number) => void): Promise<Job> => {
  const form = new FormData();
  form.append('file', file);
  return upload(addressOf('/api/v1/studies/{slug}/model-imports', { slug }), form, onProgress);
};
export const scoredCaseGet = (scored_id: string) =>
  bodyOf(api.GET('/api/v1/scored-cases/{scored_id}', { params: { path: { scored_id } } }));
export const cardGet = async (id: string): Promise<string> => {
  const answer = await api.GET('/api/v1/model-versions/{model_version_id}/card', { params: ofVersion(id), parseAs: 'text' });
  return answer.data ?? '';
};

export const registryKeys = {
  version: (id: string) => ['model-version', id] as const,
  scores: (id: string) => ['model-version', id, 'scores'] as const,
  gate: (id: string) => ['model-version', id, 'gate'] as const,
  card: (id: string) => ['model-version', id, 'card'] as const,
  exports: (id: string) => ['model-version', id, 'exports'] as const,
  serving: (slug: string) => ['studies', slug, 'model-versions', 'serving'] as const,
  transitions: (slug: string) => ['studies', slug, 'model-versions', 'transitions'] as const,
  comparison: (slug: string) => ['studies', slug, 'model-comparison'] as const,
  requests: (job: string) => ['job', job, 'proposal-requests'] as const,
};

export const useModelVersion = (id: string) =>
  useQuery({ queryKey: registryKeys.version(id), queryFn: () => modelVersionGet(id) });
export const useScores = (id: string, scope: Scope, measure: ScoreMeasure) =>
  useQuery({ queryKey: [...registryKeys.scores(id), scope, measure], queryFn: () => scoresGet(id, { scope, measure }) });
export const useGate = (id: string) =>
  // What serves may have changed a moment ago: a verdict is never taken from the cache.
  useQuery({ queryKey: registryKeys.gate(id), queryFn: () => gateGet(id), staleTime: 0, gcTime: 0 });
export const useServing = (slug: string) =>
  useQuery({ queryKey: registryKeys.serving(slug), queryFn: () => servingGet(slug) });
export const useTransitions = (slug: string) =>
  useQuery({ queryKey: registryKeys.transitions(slug), queryFn: () => transitionList(slug) });
export const useComparison = (slug: string, question: ComparisonQuestion | null) =>
  useQuery({
    queryKey: [...registryKeys.comparison(slug), question],
    queryFn: () => (question === null ? Promise.reject(new Error('Choose two versions.')) : comparisonGet(slug, question)),
    enabled: question !== null,
  });
export const useCard = (id: string, enabled: boolean) =>
  useQuery({ queryKey: registryKeys.card(id), queryFn: () => cardGet(id), enabled });
export const useExports = (id: string) =>
  useQuery({
    queryKey: registryKeys.exports(id),
    queryFn: () => exportList(id),
    refetchInterval: (query) => jobsInterval(query.state.data?.map((row) => row.job)),
  });

/** What became of each image so far; asked again as long as the job runs. */
export const useProposalRequests = (job: string) => {
  const state = useJob(job).data;
  return useQuery({
    queryKey: [...registryKeys.requests(job), state?.state],
    queryFn: () => proposalRequestList(job),
    placeholderData: (before) => before,
    refetchInterval: () => jobInterval(state),
  });
};
