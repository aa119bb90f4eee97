import { Button, Menu } from '@mantine/core';
import { IconReport } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { reportGet, reportMake } from '../../api/client';
import { messageOf } from '../../api/problem';
import { keys } from '../../api/queries';
import { trackJob } from '../../api/trackedJobs';
import { bytesText } from '../parts/numbers';

const WHILE_MAKING_MS = 1500;

/** The report of an analysis: made on the first click, then opened and saved from here. */
export function ReportMenu({ id }: { id: string }) {
  const queries = useQueryClient();
  const key = [...keys.analysis(id), 'report'];
  const report = useQuery({
    queryKey: key,
    queryFn: () => reportGet(id),
    refetchInterval: (query) => (query.state.data?.state === 'making' ? WHILE_MAKING_MS : false),
  }).data;
  const make = useMutation({
    mutationFn: () => reportMake(id),
    onSuccess: async (made) => {
      if (made.job) trackJob(made.job.id);
      await queries.invalidateQueries({ queryKey: key });
    },
  });
  const making = make.isPending || report?.state === 'making';
  const files = report?.files ?? [];
  if (files.length === 0) {
    const failed = make.error ? messageOf(make.error) : report?.state === 'failed' ? (report.job?.error ?? 'It failed.') : undefined;
    return (
      <Button className="no-print" variant="default" leftSection={<IconReport size={16} aria-hidden />} loading={making} title={failed} onClick={() => make.mutate()}>
        {failed === undefined ? 'Make the report' : 'Report failed, try again'}
      </Button>
    );
  }
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button className="no-print" variant="default" leftSection={<IconReport size={16} aria-hidden />} loading={making}>
          Report
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {files.map((file) => (
          <Menu.Item key={file.name} component="a" href={file.url} target={file.name.endsWith('.html') ? '_blank' : undefined} rel="noopener" rightSection={bytesText(file.size_bytes)}>
            {file.title}
          </Menu.Item>
        ))}
        {report?.current === false && <Menu.Item onClick={() => make.mutate()}>Make it again with this version</Menu.Item>}
      </Menu.Dropdown>
    </Menu>
  );
}
