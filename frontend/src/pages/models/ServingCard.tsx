import { Button, Card, Group, Stack, Text, Title } from '@mantine/core';
import { IconArrowBackUp, IconWand } from '@tabler/icons-react';
import { useState } from 'react';
import { Link } from 'react-router';
import { messageOf } from '../../api/problem';
import { rollBack, useServing } from '../../api/registry';
import type { ModelVersion } from '../../api/types';
import { Propose } from './Propose';
import { useRegistryChange } from './useRegistryChange';
import { scoreText } from './versionWords';

interface ServingCardProps {
  slug: string;
  versions: readonly ModelVersion[];
  mayMake: boolean;
}

/** What makes the proposals now, how good it is, and the one click back. */
export function ServingCard({ slug, versions, mayMake }: ServingCardProps) {
  const [proposing, setProposing] = useState(false);
  const before = useServing(slug).data?.before ?? null;
  const back = useRegistryChange(slug, () => rollBack(slug));
  const serving = versions.find((version) => version.state === 'serving');
  return (
    <Card component="section" aria-label="What serves">
      <Group justify="space-between" align="flex-start">
        <div>
          <Title order={2}>What serves</Title>
          {serving ? (
            <Stack gap={2} mt={6}>
              <Text size="md" fw={600}>
                <Link to={`/studies/${slug}/models/versions/${serving.id}`}>{serving.name}</Link>
              </Text>
              <Text size="sm">
                Dice on the frozen test set {scoreText(serving.overall)}
                {serving.latency ? ` · ${serving.latency.median_seconds.toFixed(2)} s a case on ${serving.latency.hardware}` : ''}
              </Text>
            </Stack>
          ) : (
            <Text size="sm" c="dimmed" mt={6}>
              No version serves: promote one, and it makes the proposals of this study.
            </Text>
          )}
        </div>
        {mayMake && (
          <Group gap="xs">
            {before && (
              <Button
                variant="default"
                leftSection={<IconArrowBackUp size={16} aria-hidden />}
                loading={back.isPending}
                onClick={() => back.mutate(undefined)}
                title={`Let ${before.name} serve again`}
              >
                Roll back to {shortName(before.name)}
              </Button>
            )}
            {serving && (
              <Button leftSection={<IconWand size={16} aria-hidden />} onClick={() => setProposing(true)}>
                Propose…
              </Button>
            )}
          </Group>
        )}
      </Group>
      {back.error && (
        <Text size="sm" c="var(--radicula-red)" role="alert" mt="xs">
          {messageOf(back.error)}
        </Text>
      )}
      {proposing && serving && <Propose slug={slug} version={serving} onClose={() => setProposing(false)} />}
    </Card>
  );
}

/** "v3" of "cord v3 (unet3d)". */
const shortName = (name: string): string => /\bv\d+\b/.exec(name)?.[0] ?? name;
