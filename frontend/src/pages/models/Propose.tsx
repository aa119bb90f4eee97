import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { useNavigate } from 'react-router';
import { proposalsStart } from '../../api/client';
import { messageOf } from '../../api/problem';
import { keys, useCases, useProposals } from '../../api/queries';
import { trackJob } from '../../api/trackedJobs';
import type { Case, ModelVersion } from '../../api/types';
import { caseState } from '../cases/caseState';
import { type Column, DataTable } from '../parts/DataTable';
import { TaskMark } from '../parts/marks';
import { countOf } from '../parts/numbers';
import { Failure, RowsSkeleton } from '../parts/states';
import { isUnlabelled, proposable } from './proposable';

interface ProposeProps {
  slug: string;
  version: ModelVersion;
  onClose: () => void;
}

/** Which cases a model version labels; those that nobody has labelled, unless others are chosen. */
export function Propose({ slug, version, onClose }: ProposeProps) {
  const cases = useCases(slug);
  const proposals = useProposals(slug);
  const error = cases.error ?? proposals.error;
  return (
    <Modal opened onClose={onClose} title={`Propose labels by ${version.name}`} size="lg">
      {cases.data && proposals.data ? (
        <ProposeForm
          slug={slug}
          version={version}
          cases={proposable(cases.data, proposals.data, version.id)}
          done={cases.data.length - proposable(cases.data, proposals.data, version.id).length}
          onClose={onClose}
        />
      ) : error ? (
        <Failure error={error} />
      ) : (
        <RowsSkeleton rows={5} />
      )}
    </Modal>
  );
}

const COLUMNS: readonly Column<Case>[] = [
  { key: 'case', header: 'Case', value: (item) => item.name },
  {
    key: 'labels',
    header: 'Labels',
    value: (item) => (isUnlabelled(item) ? 'none' : `${item.label_versions.length}`),
  },
  {
    key: 'state',
    header: 'State',
    value: (item) => caseState(item),
    cell: (item) => {
      const state = caseState(item);
      return state === 'unassigned' ? 'no reader' : <TaskMark state={state} />;
    },
  },
  { key: 'test', header: 'Test set', value: (item) => (item.in_test_set ? 'test' : '') },
];

interface ProposeFormProps extends ProposeProps {
  cases: readonly Case[];
  done: number;
}

function ProposeForm({ slug, version, cases, done, onClose }: ProposeFormProps) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const unlabelled = useMemo(() => new Set(cases.filter(isUnlabelled).map((item) => item.id)), [cases]);
  // Null until the user chooses: then the server takes what waits at that moment.
  const [chosen, setChosen] = useState<ReadonlySet<string> | null>(null);
  const ids = chosen ?? unlabelled;
  const propose = useMutation({
    mutationFn: () =>
      proposalsStart(slug, { model_version: version.id, ...(chosen !== null && { cases: [...chosen] }) }),
    onSuccess: async (job) => {
      trackJob(job.id);
      await queries.invalidateQueries({ queryKey: keys.activeJobs });
      onClose();
      await navigate(`/studies/${slug}/models/proposals/${job.id}`);
    },
  });
  if (cases.length === 0) {
    return <Text size="sm">Every case has a proposal by {version.name} already.</Text>;
  }
  return (
    <Stack gap="md">
      <Text size="sm" c="dimmed">
        A proposal stands beside people&apos;s labels, never in their place.
        {done > 0 ? ` ${countOf(done, 'case')} with a proposal by this version ${done === 1 ? 'is' : 'are'} not listed.` : ''}
      </Text>
      <div style={{ maxHeight: '50dvh', overflowY: 'auto' }}>
        <DataTable
          name="propose"
          caption="cases to propose for"
          columns={COLUMNS}
          rows={cases}
          rowId={(item) => item.id}
          initialSort={{ column: 'case', descending: false }}
          selection={{ ids, onChange: setChosen }}
          actions={
            chosen !== null && (
              <Button size="xs" variant="subtle" color="gray" onClick={() => setChosen(null)}>
                All unlabelled
              </Button>
            )
          }
        />
      </div>
      {propose.error && (
        <Text size="sm" c="var(--radicula-red)" role="alert">
          {messageOf(propose.error)}
        </Text>
      )}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button disabled={ids.size === 0} loading={propose.isPending} onClick={() => propose.mutate()}>
          {ids.size === 0 ? 'Propose' : `Propose for ${countOf(ids.size, 'case')}`}
        </Button>
      </Group>
    </Stack>
  );
}
