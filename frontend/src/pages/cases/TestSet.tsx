import { Button, Group, Modal, Text } from '@mantine/core';
import { IconSnowflake } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { testSetChoose } from '../../api/client';
import { messageOf } from '../../api/problem';
import type { Case } from '../../api/types';
import { countOf } from '../parts/numbers';

interface TestSetProps {
  slug: string;
  cases: readonly Case[];
  chosen: ReadonlySet<string>;
}

/** Freezes the subjects of the chosen cases as the test set: once in a study, so the button goes when there is one. */
export function TestSet({ slug, cases, chosen }: TestSetProps) {
  const queries = useQueryClient();
  const [asking, setAsking] = useState(false);
  const subjects = [...new Set(cases.filter((item) => chosen.has(item.id)).map((item) => item.subject))];
  const freeze = useMutation({
    mutationFn: () => testSetChoose(slug, subjects),
    onSuccess: async () => {
      await queries.invalidateQueries();
      setAsking(false);
    },
  });
  if (subjects.length === 0 || cases.some((item) => item.in_test_set)) return null;
  return (
    <>
      <Button
        size="xs"
        variant="default"
        leftSection={<IconSnowflake size={14} aria-hidden />}
        onClick={() => setAsking(true)}
      >
        Freeze as test set
      </Button>
      <Modal opened={asking} onClose={() => setAsking(false)} title={`Freeze ${countOf(subjects.length, 'subject')}?`}>
        <Text size="sm">
          Models are scored on {subjects.map((subject) => `sub-${subject}`).join(', ')} and never trained on them. The test
          set is chosen once per study and can&apos;t be changed afterwards.
        </Text>
        {freeze.error && (
          <Text size="sm" c="var(--radicula-red)" role="alert" mt="sm">
            {messageOf(freeze.error)}
          </Text>
        )}
        <Group justify="flex-end" mt="md">
          <Button variant="default" onClick={() => setAsking(false)}>
            Cancel
          </Button>
          <Button loading={freeze.isPending} onClick={() => freeze.mutate()}>
            Freeze
          </Button>
        </Group>
      </Modal>
    </>
  );
}
