import { Badge, Button, Stack, Text } from '@mantine/core';
import { IconFolderPlus, IconUpload, IconUserPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { useParams } from 'react-router';
import { useCases, useStudy } from '../../api/queries';
import type { Case } from '../../api/types';
import { type Column, DataTable } from '../parts/DataTable';
import { RowLink, TaskMark } from '../parts/marks';
import { countOf, shapeText, spacingText } from '../parts/numbers';
import { PageHeader } from '../parts/PageHeader';
import { mayImport, mayLead } from '../parts/roles';
import { EmptyState, Loaded } from '../parts/states';
import { AssignCases } from './AssignCases';
import { caseState, raterNames } from './caseState';
import { ImportDrop } from './ImportDrop';
import { TestSet } from './TestSet';

const columnsOf = (slug: string): readonly Column<Case>[] => [
  {
    key: 'subject',
    header: 'Subject',
    value: (item) => item.subject,
    cell: (item) => <RowLink to={`/studies/${slug}/cases/${item.id}`}>{`sub-${item.subject}`}</RowLink>,
  },
  { key: 'session', header: 'Session', value: (item) => item.session, cell: (item) => item.session || '' },
  {
    key: 'volumes',
    header: 'Volumes',
    value: (item) => item.volumes.map((volume) => volume.role).join(' '),
    cell: (item) => (
      <Stack gap={2}>
        {item.volumes.map((volume) => (
          <Text key={volume.id} size="sm">
            {volume.role}
            <Text span size="xs" c="dimmed" ml={8}>
              {shapeText(volume.shape, volume.frames)} · {spacingText(volume.spacing_mm)} · {volume.orientation}
            </Text>
          </Text>
        ))}
      </Stack>
    ),
  },
  { key: 'raters', header: 'Raters', value: raterNames, cell: (item) => raterNames(item) },
  {
    key: 'labels',
    header: 'Labels',
    value: (item) => item.label_versions.length,
    numeric: true,
  },
  {
    key: 'state',
    header: 'State',
    value: (item) => caseState(item).replace('_', ' '),
    cell: (item) => {
      const state = caseState(item);
      return state === 'unassigned' ? <Text size="sm" c="dimmed">no reader</Text> : <TaskMark state={state} />;
    },
  },
  {
    key: 'test',
    header: 'Test set',
    value: (item) => (item.in_test_set ? 'test' : ''),
    cell: (item) => (item.in_test_set ? <Badge size="sm">test</Badge> : null),
  },
];

export default function CasesPage() {
  const { slug = '' } = useParams();
  const study = useStudy(slug).data;
  const cases = useCases(slug);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [importing, setImporting] = useState(false);
  const [assigning, setAssigning] = useState(false);
  const imports = mayImport(study);
  const leads = mayLead(study);
  const empty = cases.data?.length === 0;
  return (
    <>
      <PageHeader title="Cases" about={cases.data ? countOf(cases.data.length, 'case') : 'What is in it?'}>
        {imports && !empty && (
          <Button
            variant={importing ? 'light' : 'default'}
            leftSection={<IconUpload size={16} aria-hidden />}
            aria-expanded={importing}
            onClick={() => setImporting(!importing)}
          >
            Import
          </Button>
        )}
      </PageHeader>
      <Stack gap="lg">
        {imports && (importing || empty) && <ImportDrop slug={slug} large={empty} onStarted={() => setImporting(true)} />}
        <Loaded query={cases}>
          {(list) =>
            list.length === 0 ? (
              !imports && (
                <EmptyState icon={IconFolderPlus} title="No cases yet">
                  The study lead or a model engineer imports a dataset; its cases show up here.
                </EmptyState>
              )
            ) : (
              <DataTable
                name="cases"
                caption="cases"
                columns={columnsOf(slug)}
                rows={list}
                rowId={(item) => item.id}
                initialSort={{ column: 'subject', descending: false }}
                {...(leads && { selection: { ids: chosen, onChange: setChosen } })}
                actions={
                  leads && (
                    <>
                      <TestSet slug={slug} cases={list} chosen={chosen} />
                      <Button
                        size="xs"
                        variant={chosen.size > 0 ? 'filled' : 'default'}
                        disabled={chosen.size === 0}
                        leftSection={<IconUserPlus size={14} aria-hidden />}
                        onClick={() => setAssigning(true)}
                      >
                        {chosen.size > 0 ? `Assign ${countOf(chosen.size, 'case')}` : 'Assign'}
                      </Button>
                    </>
                  )
                }
              />
            )
          }
        </Loaded>
      </Stack>
      {assigning && (
        <AssignCases
          slug={slug}
          cases={[...chosen]}
          onClose={(done) => {
            setAssigning(false);
            if (done) setChosen(new Set());
          }}
        />
      )}
    </>
  );
}
