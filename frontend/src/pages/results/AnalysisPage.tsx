import { Alert, Anchor, Button, Group, Menu, Progress, Stack, Text } from '@mantine/core';
import { IconDownload, IconRefresh } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import { Link, useNavigate, useParams } from 'react-router';
import { analysisCsvUrl, analysisDocumentUrl, analysisRerun } from '../../api/client';
import { isLive } from '../../api/polling';
import { messageOf } from '../../api/problem';
import { keys, useAnalysis, useAnalysisDocument, useAnalysisOptions, useStudy } from '../../api/queries';
import { trackJob } from '../../api/trackedJobs';
import type { AnalysisDetail, AnalysisDocument } from '../../api/types';
import { JobActions } from '../jobs/JobActions';
import { Facts } from '../parts/Facts';
import { JobMark } from '../parts/marks';
import { percent, timeText } from '../parts/numbers';
import { PageHeader } from '../parts/PageHeader';
import { mayAnalyse } from '../parts/roles';
import { Loaded } from '../parts/states';
import { ShownContext } from './context';
import { useFilters } from './filters';
import { KIND_TITLES } from './kinds';
import { Looks, looksOfReaders } from './looks';
import { ReportMenu } from './ReportMenu';
import classes from './Results.module.css';
import { BlandAltmanFigure } from './sections/BlandAltmanFigure';
import { Comparisons } from './sections/Comparisons';
import { Excluded } from './sections/Excluded';
import { FilterBar } from './sections/FilterBar';
import { Findings } from './sections/Findings';
import { IccTable } from './sections/IccTable';
import { Distribution, Matrix, PairMeans, Rounds } from './sections/Overlap';
import { PairStatistics } from './sections/PairStatistics';
import { Pictures } from './sections/Pictures';
import { Published } from './sections/Published';
import { Summary } from './sections/Summary';
import { VariabilityTables } from './sections/VariabilityTables';
import { WorstCases } from './sections/WorstCases';
import { headline } from './words';

export default function AnalysisPage() {
  const { slug = '', analysisId = '' } = useParams();
  const query = useAnalysis(analysisId);
  const document = useAnalysisDocument(analysisId, typeof query.data?.document_sha256 === 'string');
  return (
    <Loaded query={query}>
      {(analysis) => (
        <>
          <PageHeader
            title={analysis.title}
            about={
              <Group gap={8}>
                <Anchor component={Link} to={`/studies/${slug}/results`} size="sm">
                  Results
                </Anchor>
                <span>{KIND_TITLES[analysis.kind]}</span>
                <JobMark state={analysis.state} />
              </Group>
            }
          >
            <JobActions job={analysis.job} size="sm" />
            {analysis.document_sha256 !== null && (
              <>
                <ReportMenu id={analysis.id} />
                <Downloads id={analysis.id} />
              </>
            )}
          </PageHeader>
          <Stack gap="lg">
            <State analysis={analysis} slug={slug} />
            {analysis.document_sha256 !== null && (
              <Loaded query={document}>{(found) => <Answer slug={slug} analysis={analysis} document={found} />}</Loaded>
            )}
          </Stack>
        </>
      )}
    </Loaded>
  );
}

function Downloads({ id }: { id: string }) {
  const files = [
    ['All metrics (CSV)', analysisCsvUrl(id, 'rows')],
    ['All measurements (CSV)', analysisCsvUrl(id, 'readings')],
    ['Whole answer (JSON)', analysisDocumentUrl(id)],
  ] as const;
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" leftSection={<IconDownload size={16} aria-hidden />} className="no-print">
          Download
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {files.map(([words, url]) => (
          <Menu.Item key={url} component="a" href={url} download>
            {words}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

/** Whether it is under way, failed, or no longer says what the labels say now. */
function State({ analysis, slug }: { analysis: AnalysisDetail; slug: string }) {
  const { job, outdated } = analysis;
  return (
    <>
      {outdated.length > 0 && !isLive(job.state) && (
        <Alert color="amber" variant="light" title="Labels have changed since" role="status">
          <Text size="sm">
            {outdated.slice(0, 5).map((item) => `${item.case}: ${item.reason}`).join('; ')}
            {outdated.length > 5 && ` and ${outdated.length - 5} more`}. These numbers stay right for the label versions that they name.
          </Text>
          <Rerun id={analysis.id} slug={slug} />
        </Alert>
      )}
      {job.state === 'failed' && (
        <Alert color="red" variant="light" title="The analysis failed" role="alert">
          {job.error || 'The worker gave no reason; its log has more.'}
        </Alert>
      )}
      {isLive(job.state) && (
        <div role="status">
          <Progress value={job.progress * 100} transitionDuration={100} aria-label="Progress of the analysis" />
          <Text size="sm" c="dimmed" mt={6}>
            {percent(job.progress)} {job.message}
          </Text>
        </div>
      )}
    </>
  );
}

function Rerun({ id, slug }: { id: string; slug: string }) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const again = useMutation({
    mutationFn: () => analysisRerun(id),
    onSuccess: async (made) => {
      trackJob(made.job.id);
      await queries.invalidateQueries({ queryKey: keys.analyses(slug) });
      await navigate(`/studies/${slug}/results/${made.id}`);
    },
  });
  return (
    <Group mt="xs" gap="sm">
      <Button size="xs" leftSection={<IconRefresh size={14} aria-hidden />} loading={again.isPending} onClick={() => again.mutate()}>
        Run again with the newer labels
      </Button>
      {again.error && (
        <Text size="xs" c="var(--radicula-red)" role="alert">
          {messageOf(again.error)}
        </Text>
      )}
    </Group>
  );
}

function Answer({ slug, analysis, document }: { slug: string; analysis: AnalysisDetail; document: AnalysisDocument }) {
  const study = useStudy(slug).data;
  const options = useAnalysisOptions(slug, mayAnalyse(study)).data;
  const [filters, setFilters] = useFilters();
  const shown = useMemo(() => {
    const looks = options ? new Looks(options.readers) : looksOfReaders(document.readers);
    return { slug, analysis, document, labels: study?.labels ?? [], looks, filters, setFilters };
  }, [slug, analysis, document, study, options, filters, setFilters]);
  return (
    <ShownContext value={shown}>
      <Findings />
      <p className={classes.headline}>
        {headline(document).map((sentence) => (
          <span key={sentence}>{sentence}</span>
        ))}
      </p>
      <FilterBar />
      <Rounds />
      <Summary />
      <div className={classes.two}>
        <Matrix />
        <PairMeans />
      </div>
      <Distribution />
      <IccTable />
      <BlandAltmanFigure />
      <PairStatistics />
      <Comparisons />
      <VariabilityTables />
      <WorstCases />
      <Pictures />
      <Published />
      <Excluded />
      <Facts
        facts={[
          ['Made', `${timeText(analysis.created_at)} by ${analysis.created_by ?? 'the site'}`],
          ['Label versions', `${document.inputs.length}, each with its SHA-256 in the answer's JSON`],
          ['Code', document.code_version],
          ['Answer', analysis.document_sha256 ?? '–'],
        ]}
      />
    </ShownContext>
  );
}
