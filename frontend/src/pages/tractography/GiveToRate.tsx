import { Alert, Button, Checkbox, Group, Modal, Radio, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { fieldErrorOf, formErrorOf } from '../../api/problem';
import { useMembers } from '../../api/queries';
import { ratingsAssign, tractKeys } from '../../api/tracts';
import type { Member } from '../../api/types';
import { countOf } from '../parts/numbers';
import { Loaded, RowsSkeleton } from '../parts/states';

interface GiveToRateProps {
  slug: string;
  /** How many tractograms there are. */
  count: number;
  /** Those that were chosen in the table; all where it is empty. */
  chosen: readonly string[];
  onClose: () => void;
}

const FIELDS = ['raters', 'tractograms'] as const;

/** Each member once, and whether they lead: who gives the tractograms out knows them. */
const people = (members: readonly Member[]): { username: string; leads: boolean }[] => {
  const leads = new Set(members.filter(({ role }) => role === 'lead').map(({ user }) => user.username));
  return [...new Set(members.map(({ user }) => user.username))].toSorted().map((username) => ({ username, leads: leads.has(username) }));
};

/** Hands tractograms out to be rated blind, each person's in an order drawn by chance. */
export function GiveToRate({ slug, count, chosen, onClose }: GiveToRateProps) {
  const members = useMembers(slug);
  const queries = useQueryClient();
  const [raters, setRaters] = useState<string[]>([]);
  const [which, setWhich] = useState<'all' | 'chosen'>(chosen.length > 0 ? 'chosen' : 'all');
  const give = useMutation({
    mutationFn: () => ratingsAssign(slug, raters, which === 'chosen' ? [...chosen] : []),
    onSuccess: () => Promise.all([tractKeys.table(slug), tractKeys.given].map((queryKey) => queries.invalidateQueries({ queryKey }))),
  });
  const wrong = formErrorOf(give.error, FIELDS);
  return (
    <Modal opened onClose={onClose} title="Give to rate">
      <Stack gap="md">
        <Loaded query={members} skeleton={<RowsSkeleton rows={3} height={24} />}>
          {(list) => (
            <Checkbox.Group
              label="Raters"
              description="Each gets them in an order of their own and is told neither case nor arm."
              value={raters}
              onChange={setRaters}
              error={fieldErrorOf(give.error, 'raters')}
            >
              <Stack gap={8} mt={8}>
                {people(list).map(({ username, leads }) => (
                  <Checkbox key={username} value={username} label={username} description={leads ? 'leads the study, and is not blind' : undefined} />
                ))}
              </Stack>
            </Checkbox.Group>
          )}
        </Loaded>
        <Radio.Group label="Tractograms" value={which} onChange={(value) => setWhich(value as 'all' | 'chosen')} error={fieldErrorOf(give.error, 'tractograms')}>
          <Stack gap={8} mt={8}>
            <Radio value="all" label={`All of the study (${count})`} />
            <Radio
              value="chosen"
              disabled={chosen.length === 0}
              label={`Those chosen in the table (${chosen.length})`}
              description={chosen.length === 0 ? 'Tick rows of the table first.' : undefined}
            />
          </Stack>
        </Radio.Group>
        {wrong !== null && (
          <Alert color="red" variant="light" role="alert">
            {wrong}
          </Alert>
        )}
        <Group justify="space-between">
          <Text size="sm" c="dimmed" role="status">
            {give.data ? givenText(give.data.added) : 'What a rater has already stays as it is.'}
          </Text>
          <Group gap="xs">
            <Button variant="default" onClick={onClose}>
              {give.data ? 'Close' : 'Cancel'}
            </Button>
            <Button disabled={raters.length === 0} loading={give.isPending} onClick={() => give.mutate()}>
              Give
            </Button>
          </Group>
        </Group>
      </Stack>
    </Modal>
  );
}

const givenText = (added: number): string => (added === 0 ? 'They have all of these already.' : `${countOf(added, 'rating')} added.`);
