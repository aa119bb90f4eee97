import { Button, Checkbox, Group, Modal, NumberInput, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';
import { taskAssign } from '../../api/client';
import { fieldErrorOf, formErrorOf } from '../../api/problem';
import { useMembers } from '../../api/queries';
import type { Member, User } from '../../api/types';
import { countOf } from '../parts/numbers';
import { Loaded, RowsSkeleton } from '../parts/states';

interface AssignCasesProps {
  slug: string;
  cases: readonly string[];
  onClose: (done: boolean) => void;
}

/** Members who annotate, each once. */
const annotators = (members: readonly Member[]): User[] =>
  members.filter((member) => member.role === 'annotator').map((member) => member.user);

const FIELDS = ['raters', 'reads'] as const;

export function AssignCases({ slug, cases, onClose }: AssignCasesProps) {
  const members = useMembers(slug);
  const queries = useQueryClient();
  const [raters, setRaters] = useState<string[]>([]);
  const [reads, setReads] = useState(1);
  const assign = useMutation({
    mutationFn: () => taskAssign(slug, [...cases], raters.map(Number), reads),
    onSuccess: async () => {
      await queries.invalidateQueries();
      onClose(true);
    },
  });
  const made = cases.length * raters.length * reads;
  const formError = formErrorOf(assign.error, FIELDS);
  return (
    <Modal opened onClose={() => onClose(false)} title={`Assign ${countOf(cases.length, 'case')}`}>
      <Stack gap="md">
        <Loaded query={members} skeleton={<RowsSkeleton rows={3} height={24} />}>
          {(list) =>
            annotators(list).length === 0 ? (
              <Text size="sm">
                This study has no annotator yet. <Link to={`/studies/${slug}/settings`}>Add one under Settings</Link>.
              </Text>
            ) : (
              <Checkbox.Group
                label="Who reads them"
                description="Each of them reads each case, and sees no one else's labels."
                value={raters}
                onChange={setRaters}
                error={fieldErrorOf(assign.error, 'raters')}
              >
                <Stack gap={8} mt={8}>
                  {annotators(list).map((user) => (
                    <Checkbox key={user.id} {...(user === annotators(list)[0] && { 'data-autofocus': true })} value={String(user.id)} label={user.name} />
                  ))}
                </Stack>
              </Checkbox.Group>
            )
          }
        </Loaded>
        <NumberInput
          label="Reads"
          description="How often each rater reads a case. 2 or more gives intra-rater reliability."
          min={1}
          max={10}
          styles={{ wrapper: { width: 120 } }}
          value={reads}
          error={fieldErrorOf(assign.error, 'reads')}
          onChange={(value) => setReads(Number(value) || 1)}
        />
        {formError !== null && (
          <Text size="sm" c="var(--radicula-red)" role="alert">
            {formError}
          </Text>
        )}
        <Group justify="space-between">
          <Text size="sm" c="dimmed" aria-live="polite">
            {made > 0 ? `Up to ${countOf(made, 'task')}; reads that exist stay.` : ''}
          </Text>
          <Group gap="xs">
            <Button variant="default" onClick={() => onClose(false)}>
              Cancel
            </Button>
            <Button disabled={made === 0} loading={assign.isPending} onClick={() => assign.mutate()}>
              Assign
            </Button>
          </Group>
        </Group>
      </Stack>
    </Modal>
  );
}
