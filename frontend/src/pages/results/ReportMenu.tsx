import { Button, Menu } from '@mantine/core';
import { IconReport } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { reportGet, reportMake, studyReportGet, studyReportMake } from '../../api/client';
import { messageOf } from '../../api/problem';
import { keys } from '../../api/queries';
import { trackJob } from '../../api/trackedJobs';
import { bytesText } from '../parts/numbers';

const WHILE_MAKING_MS = 1500;

/** What a report menu needs of a report, be it of an analysis or of a study. */
interface Report {
  state: 'none' | 'making' | 'ready' | 'failed';
  current: boolean;
  job: { id: string; error: string } | null;
  files: readonly { name: string; title: string; url: string; size_bytes: number }[];
}

interface ReportButtonProps {
  queryKey: readonly unknown[];
  get: () => Promise<Report>;
  make: () => Promise<Report>;
  words: { make: string; open: string; newer: string };
}

/** The report of an analysis. */
export function ReportMenu({ id }: { id: string }) {
  return (
    <ReportButton
      queryKey={[...keys.analysis(id), 'report']}
      get={() => reportGet(id)}
      make={() => reportMake(id)}
      words={{ make: 'Make the report', open: 'Report', newer: 'Make it again with this version' }}
    />
  );
}

/** The report of a whole study: what was read, trained and measured, beside the protocol's published figures. */
export function StudyReportMenu({ slug }: { slug: string }) {
  return (
    <ReportButton
      queryKey={[...keys.analyses(slug), 'study-report']}
      get={() => studyReportGet(slug)}
      make={() => studyReportMake(slug)}
      words={{ make: 'Make the study report', open: 'Study report', newer: 'Make it again: the study holds more now' }}
    />
  );
}

/** A report is made on the first click, then opened and saved from here. */
function ReportButton({ queryKey, get, make: start, words }: ReportButtonProps) {
  const queries = useQueryClient();
  const report = useQuery({
    queryKey,
    queryFn: get,
    refetchInterval: (query) => (query.state.data?.state === 'making' ? WHILE_MAKING_MS : false),
  }).data;
  const make = useMutation({
    mutationFn: start,
    onSuccess: async (made) => {
      if (made.job) trackJob(made.job.id);
      await queries.invalidateQueries({ queryKey });
    },
  });
  const making = make.isPending || report?.state === 'making';
  const files = report?.files ?? [];
  if (files.length === 0) {
    const failed = make.error ? messageOf(make.error) : report?.state === 'failed' ? (report.job?.error ?? 'It failed.') : undefined;
    return (
      <Button className="no-print" variant="default" leftSection={<IconReport size={16} aria-hidden />} loading={making} title={failed} onClick={() => make.mutate()}>
        {failed === undefined ? words.make : 'Report failed, try again'}
      </Button>
    );
  }
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button className="no-print" variant="default" leftSection={<IconReport size={16} aria-hidden />} loading={making}>
          {words.open}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {files.map((file) => (
          <Menu.Item key={file.name} component="a" href={file.url} target={file.name.endsWith('.html') ? '_blank' : undefined} rel="noopener" rightSection={bytesText(file.size_bytes)}>
            {file.title}
          </Menu.Item>
        ))}
        {report?.current === false && <Menu.Item onClick={() => make.mutate()}>{words.newer}</Menu.Item>}
      </Menu.Dropdown>
    </Menu>
  );
}
