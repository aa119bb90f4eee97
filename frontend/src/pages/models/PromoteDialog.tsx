import { Alert, Anchor, Button, Group, Modal, Stack, Text, Textarea } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck, IconHelpCircle } from '@tabler/icons-react';
import { useState } from 'react';
import { Link } from 'react-router';
import { fieldErrorOf, formErrorOf } from '../../api/problem';
import { type Gate, modelVersionPromote, useGate } from '../../api/registry';
import type { ModelVersion } from '../../api/types';
import { focusOnMount } from '../parts/focusOnMount';
import { Failure, RowsSkeleton } from '../parts/states';
import { compareAddress } from './compareAddress';
import { useRegistryChange } from './useRegistryChange';
import { VERDICT_WORDS } from './versionWords';

interface PromoteDialogProps {
  slug: string;
  version: ModelVersion;
  onClose: () => void;
}

/** What the gate says before a version serves; where it does not open, a person says why. */
export function PromoteDialog({ slug, version, onClose }: PromoteDialogProps) {
  const gate = useGate(version.id);
  return (
    <Modal opened onClose={onClose} title={`Let ${version.name} serve?`} size="lg">
      {gate.data && !gate.isFetching ? (
        <PromoteForm slug={slug} version={version} gate={gate.data} onClose={onClose} onAskAgain={() => void gate.refetch()} />
      ) : gate.error ? (
        <Failure error={gate.error} onRetry={() => void gate.refetch()} />
      ) : (
        <RowsSkeleton rows={3} />
      )}
    </Modal>
  );
}

interface PromoteFormProps extends PromoteDialogProps {
  gate: Gate;
  onAskAgain: () => void;
}

function PromoteForm({ slug, version, gate, onClose, onAskAgain }: PromoteFormProps) {
  const [reason, setReason] = useState('');
  const promote = useRegistryChange(
    slug,
    () => modelVersionPromote(version.id, { reason, instead_of: gate.against?.id ?? null }),
    onClose,
  );
  const missing = !gate.opens && reason.trim() === '';
  const error = formErrorOf(promote.error, ['reason']);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (!missing) promote.mutate(undefined);
      }}
    >
      <Stack>
        <Text size="sm">
          From now on it makes the proposals of this study.{' '}
          {gate.against ? `${gate.against.name} stays a candidate: going back is one click.` : 'None serves now.'}
        </Text>
        <VerdictAlert gate={gate} />
        {gate.against && (
          <Anchor component={Link} size="sm" to={compareAddress(slug, version.id, gate.against.id)}>
            Compare the two case by case
          </Anchor>
        )}
        {!gate.opens && (
          <Textarea
            label="Why should it serve all the same?"
            description="Kept in the history and in the audit log."
            autosize
            minRows={2}
            maxLength={2000}
            required
            ref={focusOnMount}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
            error={fieldErrorOf(promote.error, 'reason')}
          />
        )}
        {error !== null && (
          <Group justify="space-between">
            <Text size="sm" c="var(--radicula-red)" role="alert" maw={440}>
              {error}
            </Text>
            <Button size="xs" variant="default" onClick={onAskAgain}>
              Ask the gate again
            </Button>
          </Group>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" disabled={missing} loading={promote.isPending} ref={gate.opens ? focusOnMount : null}>
            {gate.opens ? 'Promote' : 'Promote all the same'}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

const ICONS = { first: IconCircleCheck, passed: IconCircleCheck, failed: IconAlertTriangle, undecided: IconHelpCircle } as const;

/** The gate's verdict in a sentence, and the rule that it follows. */
export function VerdictAlert({ gate }: { gate: Gate }) {
  const { state, words, rule } = gate.verdict;
  const IconOf = ICONS[state];
  return (
    <Alert variant="light" color={gate.opens ? 'teal' : state === 'failed' ? 'red' : 'yellow'} icon={<IconOf aria-hidden />} title={VERDICT_WORDS[state]}>
      <Stack gap={6}>
        <Text size="sm">{words}</Text>
        <Text size="xs" c="dimmed">
          The rule: {rule}
        </Text>
      </Stack>
    </Alert>
  );
}
