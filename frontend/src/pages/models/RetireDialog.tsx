import { Button, Group, Modal, Stack, Text, Textarea } from '@mantine/core';
import { useState } from 'react';
import { formErrorOf, fieldErrorOf } from '../../api/problem';
import { modelVersionRetire } from '../../api/registry';
import type { ModelVersion } from '../../api/types';
import { useRegistryChange } from './useRegistryChange';

interface RetireDialogProps {
  slug: string;
  version: ModelVersion;
  onClose: () => void;
}

export function RetireDialog({ slug, version, onClose }: RetireDialogProps) {
  const [reason, setReason] = useState('');
  const retire = useRegistryChange(slug, () => modelVersionRetire(version.id, reason), onClose);
  const error = formErrorOf(retire.error, ['reason']);
  return (
    <Modal opened onClose={onClose} title={`Retire ${version.name}?`}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          retire.mutate(undefined);
        }}
      >
        <Stack>
          <Text size="sm">
            It can no longer be promoted and proposes nothing more. Its proposals, scores and weights stay, and it can be brought back.{' '}
            {version.state === 'serving' ? 'It serves now: afterwards none does, until you promote another one or roll back.' : ''}
          </Text>
          <Textarea
            label="Why"
            description="Kept in the history and in the audit log."
            autosize
            minRows={2}
            maxLength={2000}
            data-autofocus
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
            error={fieldErrorOf(retire.error, 'reason')}
          />
          {error !== null && (
            <Text size="sm" c="var(--radicula-red)" role="alert">
              {error}
            </Text>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" color="red" variant="light" loading={retire.isPending}>
              Retire
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
