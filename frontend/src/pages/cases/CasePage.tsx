import { Anchor, Badge, Group, Stack, Text } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { Link, useParams } from 'react-router';
import { labelVersionNiftiUrl, volumeFileUrl } from '../../api/client';
import { useCase, useStudy } from '../../api/queries';
import type { Case, CaseTask, Label, LabelVersion, Volume } from '../../api/types';
import { type Column, DataTable } from '../parts/DataTable';
import { RowLink, TaskMark } from '../parts/marks';
import { grouped, shapeText, spacingText, timeText } from '../parts/numbers';
import { PageHeader } from '../parts/PageHeader';
import { Loaded } from '../parts/states';
import { labelCountsText, SOURCE_WORD } from './labelVersionText';

export default function CasePage() {
  const { slug = '', caseId = '' } = useParams();
  const labels = useStudy(slug).data?.labels ?? [];
  const query = useCase(caseId);
  return (
    <Loaded query={query}>
      {(item) => (
        <>
          <PageHeader
            title={item.name}
            about={
              <Group gap={8}>
                <Anchor component={Link} to={`/studies/${slug}/cases`} size="sm">
                  Cases
                </Anchor>
                <span>
                  subject {item.subject}
                  {item.session ? `, session ${item.session}` : ''}
                </span>
                {item.in_test_set && <Badge size="sm">test set</Badge>}
              </Group>
            }
          />
          <CaseParts item={item} labels={labels} />
        </>
      )}
    </Loaded>
  );
}

function CaseParts({ item, labels }: { item: Case; labels: readonly Label[] }) {
  return (
    <Stack gap="xl">
      <section>
        <DataTable title="Volumes" name="volumes" caption="volumes" columns={VOLUMES} rows={item.volumes} rowId={(row) => row.id} />
      </section>
      <section>
        {item.tasks.length === 0 ? (
          <Text size="sm" c="dimmed">
            Nobody reads this case yet. The study lead assigns it from the list of cases.
          </Text>
        ) : (
          <DataTable title="Tasks" name="tasks" caption="tasks" columns={TASKS} rows={item.tasks} rowId={(row) => row.id} />
        )}
      </section>
      <section>
        {item.label_versions.length === 0 ? (
          <Text size="sm" c="dimmed">
            No labels yet that you may see.
          </Text>
        ) : (
          <DataTable
            title="Labels"
            name="labels"
            caption="label versions"
            columns={versionColumns(item, labels)}
            rows={item.label_versions}
            rowId={(row) => row.id}
            initialSort={{ column: 'created', descending: true }}
          />
        )}
      </section>
    </Stack>
  );
}

const download = (href: string, name: string) => (
  <Anchor href={href} download size="sm" aria-label={`Download ${name} as NIfTI`}>
    <Group gap={4} wrap="nowrap" component="span">
      <IconDownload size={14} aria-hidden />
      NIfTI
    </Group>
  </Anchor>
);

const VOLUMES: readonly Column<Volume>[] = [
  { key: 'role', header: 'Role', value: (row) => row.role },
  { key: 'name', header: 'Name', value: (row) => row.name },
  { key: 'shape', header: 'Shape', value: (row) => shapeText(row.shape, row.frames) },
  { key: 'spacing', header: 'Spacing', value: (row) => spacingText(row.spacing_mm) },
  { key: 'orientation', header: 'Orientation', value: (row) => row.orientation },
  { key: 'dtype', header: 'Type', value: (row) => row.dtype },
  { key: 'file', header: 'File', value: (row) => volumeFileUrl(row.id), cell: (row) => download(volumeFileUrl(row.id), row.name) },
];

const TASKS: readonly Column<CaseTask>[] = [
  { key: 'rater', header: 'Rater', value: (row) => row.rater, cell: (row) => <RowLink to={`/tasks/${row.id}`}>{row.rater}</RowLink> },
  { key: 'read', header: 'Read', value: (row) => row.read, numeric: true },
  { key: 'state', header: 'State', value: (row) => row.state, cell: (row) => <TaskMark state={row.state} /> },
];

const versionColumns = (item: Case, labels: readonly Label[]): readonly Column<LabelVersion>[] => {
  const volumeName = (row: LabelVersion): string =>
    item.volumes.find((volume) => volume.id === row.volume)?.name ?? '';
  return [
    { key: 'number', header: 'Version', value: (row) => row.number, numeric: true },
    { key: 'volume', header: 'Volume', value: volumeName, cell: volumeName },
    { key: 'author', header: 'Author', value: (row) => row.model_name || row.author || 'imported' },
    { key: 'source', header: 'Source', value: (row) => SOURCE_WORD[row.source] },
    { key: 'created', header: 'Made', value: (row) => row.created_at, cell: (row) => timeText(row.created_at) },
    {
      key: 'voxels',
      header: 'Voxels',
      value: (row) => Object.values(row.counts).reduce((sum, count) => sum + count, 0),
      cell: (row) => (
        <span title={labelCountsText(row.counts, labels)}>
          {grouped(Object.values(row.counts).reduce((sum, count) => sum + count, 0))}
        </span>
      ),
      numeric: true,
    },
    {
      key: 'file',
      header: 'File',
      value: (row) => labelVersionNiftiUrl(row.id),
      cell: (row) => download(labelVersionNiftiUrl(row.id), `label version ${row.number}`),
    },
  ];
};
