import { Button, Card, Code, Group, Stack, Text, Title } from '@mantine/core';
import { IconDownload, IconFileExport } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { isLive } from '../../api/polling';
import { messageOf } from '../../api/problem';
import { keys } from '../../api/queries';
import { type ExportFormat, exportStart, type ModelExport, registryKeys, useExports } from '../../api/registry';
import { trackJob } from '../../api/trackedJobs';
import type { ModelVersion } from '../../api/types';
import { JobMark } from '../parts/marks';
import { bytesText, percent, timeText } from '../parts/numbers';
import { Loaded } from '../parts/states';

const FORMATS: readonly { format: ExportFormat; name: string; about: string }[] = [
  { format: 'radicula', name: 'Radicula file', about: 'weights as safetensors with manifest and card; another study imports it' },
  { format: 'monai-bundle', name: 'MONAI bundle', about: 'runs with MONAI alone, from image to label map' },
  { format: 'torchscript', name: 'TorchScript', about: 'the bare network, for C++ and Python' },
];

/** A version as a file, to hand on. */
export function Exports({ version }: { version: ModelVersion }) {
  const queries = useQueryClient();
  const files = useExports(version.id);
  const start = useMutation({
    mutationFn: (format: ExportFormat) => exportStart(version.id, format),
    onSuccess: async (made) => {
      trackJob(made.job.id);
      await Promise.all([
        queries.invalidateQueries({ queryKey: registryKeys.exports(version.id) }),
        queries.invalidateQueries({ queryKey: keys.activeJobs }),
      ]);
    },
  });
  return (
    <Card component="section" aria-label="Export">
      <Title order={2} mb="sm">
        Export
      </Title>
      <Stack gap="xs">
        {FORMATS.map(({ format, name, about }) => (
          <Group key={format} gap="sm" wrap="nowrap" align="flex-start">
            <Button
              size="xs"
              variant="default"
              miw={140}
              leftSection={<IconFileExport size={14} aria-hidden />}
              loading={start.isPending && start.variables === format}
              onClick={() => start.mutate(format)}
            >
              {name}
            </Button>
            <div>
              <Text size="sm" c="dimmed">
                {about}
              </Text>
              {start.error && start.variables === format && (
                <Text size="sm" c="var(--radicula-red)" role="alert">
                  {messageOf(start.error)}
                </Text>
              )}
            </div>
          </Group>
        ))}
        <Loaded query={files}>{(rows) => (rows.length === 0 ? null : rows.map((row) => <ExportRow key={row.id} row={row} />))}</Loaded>
      </Stack>
    </Card>
  );
}

function ExportRow({ row }: { row: ModelExport }) {
  return (
    <Group gap="sm" aria-label={row.name} role="group">
      {row.url === null ? (
        <Text size="sm" role="status" component="div">
          {row.name} · <JobMark state={row.job.state} />{' '}
          {row.job.state === 'failed' ? row.job.error : isLive(row.job.state) ? percent(row.job.progress) : ''}
        </Text>
      ) : (
        <>
          <Button component="a" href={row.url} download size="compact-xs" variant="light" leftSection={<IconDownload size={12} aria-hidden />}>
            {row.name}
          </Button>
          <Text size="xs" c="dimmed">
            {typeof row.size_bytes === 'number' ? bytesText(row.size_bytes) : ''} · {timeText(row.created_at)} · <Code title={row.sha256 ?? ''}>{row.sha256?.slice(0, 10)}</Code>
          </Text>
        </>
      )}
    </Group>
  );
}
