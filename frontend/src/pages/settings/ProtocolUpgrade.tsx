import { Alert, Badge, Button, FileButton, Group, List, Modal, Stack, Text } from '@mantine/core';
import { IconArrowUp, IconFileText } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { studyProtocolPreview, studyProtocolUpgrade } from '../../api/client';
import { fieldErrorOf, messageOf } from '../../api/problem';
import { useStudyProtocol } from '../../api/queries';
import type { ProtocolUpgrade as Upgrade } from '../../api/types';
import { countOf } from '../parts/numbers';

interface ProtocolUpgradeProps {
  slug: string;
  leads: boolean;
}

/** A newer version of the protocol: what it changes, why it can't be taken, and taking it. */
export function ProtocolUpgrade({ slug, leads }: ProtocolUpgradeProps) {
  const offered = useStudyProtocol(slug).data;
  const [shown, setShown] = useState<{ upgrade: Upgrade; file: string | null } | null>(null);
  const preview = useMutation({
    mutationFn: async (file: File) => {
      const text = await file.text();
      return { upgrade: await studyProtocolPreview(slug, text), file: text };
    },
    onSuccess: setShown,
  });
  const newer = offered?.newer ?? null;
  return (
    <Stack gap="xs" mb="md" align="flex-start">
      {offered && newer !== null && (
        <Alert variant="light" title={`Version ${newer} of this protocol is there`} icon={<IconArrowUp aria-hidden />}>
          <Group gap="sm">
            <Text size="sm">
              {countOf(offered.changes.length, 'change')}. {leads ? 'See what it changes before you take it.' : 'The study lead decides whether to take it.'}
            </Text>
            <Button size="xs" variant="default" onClick={() => setShown({ upgrade: offered, file: null })}>
              Show the changes
            </Button>
          </Group>
        </Alert>
      )}
      {leads && (
        <FileButton accept=".toml" onChange={(file) => file && preview.mutate(file)}>
          {(props) => (
            <Button {...props} size="xs" variant="subtle" color="gray" leftSection={<IconFileText size={14} aria-hidden />} loading={preview.isPending}>
              A newer version from a file…
            </Button>
          )}
        </FileButton>
      )}
      {preview.error && (
        <Text size="sm" c="var(--radicula-red)" role="alert">
          {fieldErrorOf(preview.error, 'file') ?? messageOf(preview.error)}
        </Text>
      )}
      {shown && <Changes slug={slug} leads={leads} upgrade={shown.upgrade} file={shown.file} onClose={() => setShown(null)} />}
    </Stack>
  );
}

interface ChangesProps extends ProtocolUpgradeProps {
  upgrade: Upgrade;
  file: string | null;
  onClose: () => void;
}

const COLOUR = { added: 'teal', removed: 'red', changed: 'yellow' } as const;

function Changes({ slug, leads, upgrade, file, onClose }: ChangesProps) {
  const queries = useQueryClient();
  const take = useMutation({
    mutationFn: () => studyProtocolUpgrade(slug, file),
    onSuccess: async () => {
      await queries.invalidateQueries();
      onClose();
    },
  });
  const parts = [...new Set(upgrade.changes.map((change) => change.part))];
  return (
    <Modal opened onClose={onClose} size="lg" title={`${upgrade.title}: version ${upgrade.version} to ${upgrade.newer ?? ''}`}>
      <Stack gap="md">
        {upgrade.refusals.length > 0 && (
          <Alert color="red" variant="light" title="It can't be taken: what is stored would mean something else">
            <List size="sm">
              {upgrade.refusals.map((refusal) => (
                <List.Item key={refusal}>{refusal}</List.Item>
              ))}
            </List>
            <Text size="sm" mt="xs">
              Make a new study with it instead.
            </Text>
          </Alert>
        )}
        <div style={{ maxHeight: '50dvh', overflowY: 'auto' }}>
          {parts.length === 0 && <Text size="sm">Nothing but the number of the version.</Text>}
          {parts.map((part) => (
            <section key={part} aria-label={part} style={{ marginBottom: 12 }}>
              <Text size="sm" fw={600}>
                {part}
              </Text>
              {upgrade.changes
                .filter((change) => change.part === part)
                .map((change) => (
                  <Group key={change.kind + change.text} gap={8} wrap="nowrap" align="flex-start" mt={4}>
                    <Badge size="xs" variant="light" color={COLOUR[change.kind]} miw={70}>
                      {change.kind}
                    </Badge>
                    <Text size="sm">{change.text}</Text>
                  </Group>
                ))}
            </section>
          ))}
        </div>
        <Text size="sm" c="dimmed">
          Labels, images and models stay as they are. The audit log keeps what was changed and by whom.
        </Text>
        {take.error && (
          <Text size="sm" c="var(--radicula-red)" role="alert">
            {messageOf(take.error)}
          </Text>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Close
          </Button>
          {leads && (
            <Button disabled={upgrade.refusals.length > 0} loading={take.isPending} onClick={() => take.mutate()}>
              Take version {upgrade.newer}
            </Button>
          )}
        </Group>
      </Stack>
    </Modal>
  );
}
