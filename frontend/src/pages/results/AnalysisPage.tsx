import { Alert, Anchor, Button, Card, Group, Progress, SegmentedControl, Stack, Text, Title } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useCallback, useMemo, useState } from 'react';
import { Link, useNavigate, useParams } from 'react-router';
import { analysisCsvUrl } from '../../api/client';
import { isLive } from '../../api/polling';
import { useAnalysis, useModelVersions, useStudy } from '../../api/queries';
import type { AnalysisDetail, Label, Measure } from '../../api/types';
import { JobActions } from '../jobs/JobActions';
import { Chart } from '../parts/Chart';
import { useChartInk } from '../parts/chartInk';
import { Facts } from '../parts/Facts';
import { JobMark } from '../parts/marks';
import { percent, timeText } from '../parts/numbers';
import { PageHeader } from '../parts/PageHeader';
import { mayAnalyse } from '../parts/roles';
import { Loaded } from '../parts/states';
import { AgreementTable } from './AgreementTable';
import { type MeasureFacts, measuresOf } from './measures';
import { type ModelNames, readerText, withModelNames } from './readers';
import { rowOfDot, stripPlot } from './stripPlot';
import { SummaryTable } from './SummaryTable';

const NO_LABELS: readonly Label[] = [];

export default function AnalysisPage() {
  const { slug = '', analysisId = '' } = useParams();
  const study = useStudy(slug).data;
  const query = useAnalysis(analysisId);
  const versions = useModelVersions(slug, mayAnalyse(study)).data ?? [];
  const models = new Map(versions.map((version) => [version.id, version.name]));
  const labels = study?.labels ?? NO_LABELS;
  return (
    <Loaded query={query}>
      {(analysis) => {
        return (
          <>
            <PageHeader
              title={withModelNames(analysis.title, models)}
              about={
                <Group gap={8}>
                  <Anchor component={Link} to={`/studies/${slug}/results`} size="sm">
                    Results
                  </Anchor>
                  <span>{analysis.parameters.readers.map((reader) => readerText(reader, models)).join(' · ')}</span>
                  <JobMark state={analysis.state} />
                </Group>
              }
            >
              <JobActions job={analysis.job} size="sm" />
              {analysis.rows.length > 0 && (
                <Button
                  component="a"
                  href={analysisCsvUrl(analysis.id)}
                  download
                  variant="default"
                  leftSection={<IconDownload size={16} aria-hidden />}
                >
                  CSV of all measures
                </Button>
              )}
            </PageHeader>
            <AnalysisParts analysis={analysis} labels={labels} slug={slug} models={models} />
          </>
        );
      }}
    </Loaded>
  );
}

interface AnalysisPartsProps {
  analysis: AnalysisDetail;
  labels: readonly Label[];
  slug: string;
  models: ModelNames;
}

function AnalysisParts({ analysis, labels, slug, models }: AnalysisPartsProps) {
  const { job } = analysis;
  const [more, setMore] = useState(false);
  const measures = measuresOf(analysis.parameters.tolerance_mm, more);
  return (
    <Stack gap="xl">
      {analysis.outdated.length > 0 && (
        <Alert color="amber" variant="light" title="Labels have changed since">
          {analysis.outdated.map((item) => `${item.case}: ${item.reason}`).join('; ')}. These numbers are right for the versions that
          they name; make a new analysis to include the newer ones.
        </Alert>
      )}
      {job.state === 'failed' && (
        <Alert color="red" variant="light" title="The analysis failed">
          {job.error || 'The worker gave no reason; its log has more.'}
        </Alert>
      )}
      {isLive(job.state) && (
        <div>
          <Progress value={job.progress * 100} transitionDuration={100} aria-label="Progress of the analysis" />
          <Text size="sm" c="dimmed" mt={6}>
            {percent(job.progress)} {job.message}
          </Text>
        </div>
      )}
      {analysis.rows.length > 0 && (
        <>
          <SummaryTable analysis={analysis} labels={labels} measures={measures} more={more} onMore={setMore} />
          <Strip analysis={analysis} labels={labels} slug={slug} measures={measures} />
          <section>
            <AgreementTable analysis={analysis} labels={labels} slug={slug} measures={measures} />
          </section>
        </>
      )}
      <Excluded analysis={analysis} models={models} />
      <Facts
        facts={[
          ['Made', `${timeText(analysis.created_at)} by ${analysis.created_by ?? 'the site'}`],
          ['Code', analysis.code_version || '–'],
        ]}
      />
    </Stack>
  );
}

interface StripProps {
  analysis: AnalysisDetail;
  labels: readonly Label[];
  slug: string;
  measures: readonly MeasureFacts[];
}

function Strip({ analysis, labels, slug, measures }: StripProps) {
  const [key, setKey] = useState<Measure>('dice');
  const ink = useChartInk();
  const navigate = useNavigate();
  const measure = measures.find((item) => item.key === key) ?? measures[0];
  const option = useMemo(
    () => (measure ? stripPlot(analysis, labels, measure, ink) : {}),
    [analysis, labels, measure, ink],
  );
  const openCase = useCallback(
    (data: unknown) => {
      const row = rowOfDot(data);
      if (row !== null) void navigate(`/studies/${slug}/cases/${row.case.id}`);
    },
    [navigate, slug],
  );
  return (
    <Card>
      <Group justify="space-between" mb="xs">
        <Text size="sm" c="dimmed">
          One dot per volume; the line is the mean. Click a dot to open its case.
        </Text>
        <SegmentedControl
          size="xs"
          aria-label="Measure"
          value={measure?.key ?? 'dice'}
          onChange={(value) => setKey(value as Measure)}
          data={measures.map((item) => ({ value: item.key, label: item.name }))}
        />
      </Group>
      <Chart option={option} height={320} onPick={openCase} label={`${measure?.name ?? ''} of each case, per label`} />
    </Card>
  );
}

function Excluded({ analysis, models }: { analysis: AnalysisDetail; models: ModelNames }) {
  if (analysis.excluded.length === 0) return null;
  return (
    <section>
      <Title order={2} mb="xs">
        Left out
      </Title>
      <Facts
        facts={analysis.excluded.map((item) => [
          item.case,
          `${item.volume}: ${withModelNames(item.reason, models)}`,
        ])}
      />
    </section>
  );
}
