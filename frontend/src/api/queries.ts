/** What pages read, cached and kept fresh: one hook per question. */

import { keepPreviousData, useQuery } from '@tanstack/react-query';
import * as client from './client';
import { jobInterval, jobsInterval } from './polling';

export const keys = {
  session: ['session'] as const,
  readiness: ['readiness'] as const,
  protocols: ['protocols'] as const,
  studies: ['studies'] as const,
  study: (slug: string) => ['studies', slug] as const,
  overview: (slug: string) => ['studies', slug, 'overview'] as const,
  events: (slug: string) => ['studies', slug, 'events'] as const,
  members: (slug: string) => ['studies', slug, 'members'] as const,
  raters: (slug: string) => ['studies', slug, 'raters'] as const,
  cases: (slug: string) => ['studies', slug, 'cases'] as const,
  case: (id: string) => ['case', id] as const,
  tasks: (filter: client.TaskFilter) => ['tasks', filter] as const,
  jobs: (slug: string) => ['jobs', slug] as const,
  activeJobs: ['jobs', 'active'] as const,
  job: (id: string) => ['job', id] as const,
  preview: (slug: string) => ['studies', slug, 'training-preview'] as const,
  runs: (slug: string) => ['studies', slug, 'training-runs'] as const,
  run: (id: string) => ['training-run', id] as const,
  models: (slug: string) => ['studies', slug, 'model-versions'] as const,
  proposals: (slug: string) => ['studies', slug, 'proposals'] as const,
  analyses: (slug: string) => ['studies', slug, 'analyses'] as const,
  analysis: (id: string) => ['analysis', id] as const,
  analysisOptions: (slug: string) => ['studies', slug, 'analysis-options'] as const,
  architectures: (slug: string) => ['studies', slug, 'architecture-comparisons'] as const,
  measures: (slug: string) => ['studies', slug, 'measures'] as const,
};

export const useSession = () => useQuery({ queryKey: keys.session, queryFn: client.sessionGet, staleTime: 60_000 });

export const useProtocols = (enabled = true) =>
  useQuery({ queryKey: keys.protocols, queryFn: client.protocolList, staleTime: 600_000, enabled });

export const useStudies = () => useQuery({ queryKey: keys.studies, queryFn: client.studyList });

export const useStudy = (slug: string) =>
  useQuery({ queryKey: keys.study(slug), queryFn: () => client.studyGet(slug), staleTime: 30_000 });

export const useStudyProtocol = (slug: string) =>
  useQuery({ queryKey: [...keys.study(slug), 'protocol'], queryFn: () => client.studyProtocolGet(slug) });

export const useOverview = (slug: string) =>
  useQuery({ queryKey: keys.overview(slug), queryFn: () => client.overviewGet(slug) });

export const useEvents = (slug: string, enabled: boolean) =>
  useQuery({ queryKey: keys.events(slug), queryFn: () => client.eventList(slug), enabled });

export const useMembers = (slug: string) =>
  useQuery({ queryKey: keys.members(slug), queryFn: () => client.memberList(slug) });

export const useRaters = (slug: string) =>
  useQuery({ queryKey: keys.raters(slug), queryFn: () => client.raterList(slug) });

export const useCases = (slug: string) =>
  useQuery({ queryKey: keys.cases(slug), queryFn: () => client.caseList(slug) });

export const useCase = (id: string) => useQuery({ queryKey: keys.case(id), queryFn: () => client.caseGet(id) });

export const useTasks = (filter: client.TaskFilter, enabled = true) =>
  useQuery({ queryKey: keys.tasks(filter), queryFn: () => client.taskList(filter), enabled });

export const useJobs = (slug: string) =>
  useQuery({
    queryKey: keys.jobs(slug),
    queryFn: () => client.jobList({ study: slug }),
    refetchInterval: (query) => jobsInterval(query.state.data),
  });

/** Live jobs of all my studies; the tray asks on every page. */
export const useActiveJobs = (enabled: boolean) =>
  useQuery({
    queryKey: keys.activeJobs,
    queryFn: () => client.jobList({ active: true }),
    refetchInterval: (query) => jobsInterval(query.state.data),
    placeholderData: keepPreviousData,
    enabled,
  });

export const useJob = (id: string) =>
  useQuery({
    queryKey: keys.job(id),
    queryFn: () => client.jobGet(id),
    refetchInterval: (query) => jobInterval(query.state.data),
  });

/** The split and settings that a run would take now; the last answer stays while the next one is on its way. */
export const useTrainingPreview = (slug: string, question: client.TrainingQuestion) =>
  useQuery({
    queryKey: [...keys.preview(slug), question],
    queryFn: () => client.trainingPreviewGet(slug, question),
    placeholderData: keepPreviousData,
  });

export const useTrainingRuns = (slug: string) =>
  useQuery({
    queryKey: keys.runs(slug),
    queryFn: () => client.trainingRunList(slug),
    refetchInterval: (query) => jobsInterval(query.state.data?.map((run) => run.job)),
  });

export const useTrainingRun = (id: string) =>
  useQuery({
    queryKey: keys.run(id),
    queryFn: () => client.trainingRunGet(id),
    refetchInterval: (query) => jobInterval(query.state.data?.job),
  });

export const useModelVersions = (slug: string, enabled = true) =>
  useQuery({ queryKey: keys.models(slug), queryFn: () => client.modelVersionList(slug), enabled });

export const useProposals = (slug: string) =>
  useQuery({ queryKey: keys.proposals(slug), queryFn: () => client.proposalList(slug) });

export const useAnalyses = (slug: string) =>
  useQuery({
    queryKey: keys.analyses(slug),
    queryFn: () => client.analysisList(slug),
    refetchInterval: (query) => jobsInterval(query.state.data?.map((analysis) => analysis.job)),
  });

export const useAnalysis = (id: string) =>
  useQuery({
    queryKey: keys.analysis(id),
    queryFn: () => client.analysisGet(id),
    refetchInterval: (query) => jobInterval(query.state.data?.job),
  });

/** The answer never changes once it is there. */
export const useAnalysisDocument = (id: string, there: boolean) =>
  useQuery({
    queryKey: [...keys.analysis(id), 'document'],
    queryFn: () => client.analysisDocumentGet(id),
    staleTime: Infinity,
    enabled: there,
  });

export const useAnalysisRows = (id: string, filter: client.RowFilter, enabled: boolean) =>
  useQuery({
    queryKey: [...keys.analysis(id), 'rows', filter],
    queryFn: () => client.analysisRowList(id, filter),
    staleTime: Infinity,
    placeholderData: keepPreviousData,
    enabled,
  });

/** The rows that come first in an order. */
export const useFirstRows = (id: string, filter: client.RowFilter, most: number, enabled = true) =>
  useQuery({
    queryKey: [...keys.analysis(id), 'first-rows', filter, most],
    queryFn: () => client.analysisRowsFirst(id, filter, most),
    staleTime: Infinity,
    placeholderData: keepPreviousData,
    enabled,
  });

export const useAnalysisReadings = (id: string, filter: client.RowFilter, enabled: boolean) =>
  useQuery({
    queryKey: [...keys.analysis(id), 'readings', filter],
    queryFn: () => client.analysisReadingList(id, filter),
    staleTime: Infinity,
    placeholderData: keepPreviousData,
    enabled,
  });

export const useAnalysisOptions = (slug: string, enabled = true) =>
  useQuery({ queryKey: keys.analysisOptions(slug), queryFn: () => client.analysisOptionsGet(slug), enabled });

export const useArchitectureComparisons = (slug: string) =>
  useQuery({
    queryKey: keys.architectures(slug),
    queryFn: () => client.architectureComparisonList(slug),
    refetchInterval: (query) => (query.state.data?.some((one) => one.state === 'running') ? 3_000 : false),
  });

export const useMeasureSummary = (slug: string) =>
  useQuery({ queryKey: [...keys.measures(slug), 'summary'], queryFn: () => client.measureSummaryGet(slug) });

export const useMeasureValues = (slug: string, filter: client.MeasureFilter, enabled = true) =>
  useQuery({
    queryKey: [...keys.measures(slug), 'values', filter],
    queryFn: () => client.measureValueList(slug, filter),
    placeholderData: keepPreviousData,
    enabled,
  });

export const useReadiness = () =>
  useQuery({
    queryKey: keys.readiness,
    queryFn: client.readinessGet,
    retry: false,
    // Asking every part costs the site about a second; ask more often only while something is away.
    refetchInterval: (query) => (query.state.error || query.state.data?.status === 'not ready' ? 5_000 : 30_000),
  });
