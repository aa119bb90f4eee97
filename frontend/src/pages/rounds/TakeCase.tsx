import { Alert, Button, Group, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from 'react-router';
import { messageOf } from '../../api/problem';
import { caseTake, roundKeys, useOwnRound } from '../../api/rounds';
import { countOf } from '../parts/numbers';

/** The cases of a round that this reader can take; nothing where there are none. */
export function TakeCase({ slug }: { slug: string }) {
  const own = useOwnRound(slug).data;
  const queries = useQueryClient();
  const navigate = useNavigate();
  const take = useMutation({
    mutationFn: () => caseTake(slug),
    onSuccess: async (held) => {
      await queries.invalidateQueries({ queryKey: roundKeys.own(slug) });
      await queries.invalidateQueries({ queryKey: ['tasks'] });
      if (held.task !== null) await navigate(`/tasks/${held.task}`);
    },
  });
  if (!own || own.open === 0) return null;
  return (
    <Alert variant="light" mb="lg" aria-label="Cases to take">
      <Group justify="space-between">
        <Text size="sm">
          {countOf(own.open, 'case')} of the round under way {own.open === 1 ? 'is' : 'are'} open. A case that you take is reserved for you.
        </Text>
        <Button size="xs" loading={take.isPending} onClick={() => take.mutate()}>
          Take a case
        </Button>
      </Group>
      {take.error && (
        <Text size="sm" c="var(--radicula-red)" role="alert" mt={6}>
          {messageOf(take.error)}
        </Text>
      )}
    </Alert>
  );
}
