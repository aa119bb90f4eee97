import { Badge, Button, Group, Stack, Text } from '@mantine/core';
import { messageOf } from '../../api/problem';
import { useAnalysisOptions } from '../../api/queries';
import type { AnalysisKind } from '../../api/types';
import { RowsSkeleton } from '../parts/states';
import { KIND_QUESTIONS, KIND_TITLES } from './kinds';
import { useAnalysisStart } from './NewStudyAnalysis';
import { startingReaders, whatIsMissing } from './question';

/** Each kind of question, those of the protocol first: what it answers, what it still lacks, and its start in one click. */
export function Suggested({ slug, onAdjust }: { slug: string; onAdjust: (kind: AnalysisKind) => void }) {
  const options = useAnalysisOptions(slug).data;
  const start = useAnalysisStart(slug);
  if (!options) return <RowsSkeleton rows={3} />;
  // The server has them in the protocol's order.
  const kinds = options.kinds.map(({ kind, asked }) => {
    const readers = startingReaders(options, kind);
    return { kind, asked, readers, missing: whatIsMissing(kind, readers) };
  });
  const groups = options.groupings.filter((one) => ['site', 'vendor', 'session', 'resolution'].includes(one.name) && Object.keys(one.values).length > 1).map((one) => one.name);
  return (
    <Stack gap="xs" ta="left" maw={860}>
      {kinds.map(({ kind, asked, readers, missing }) => (
        <Group key={kind} justify="space-between" wrap="nowrap" align="flex-start" py={10} style={{ borderTop: '1px solid var(--radicula-line)' }}>
          <div>
            <Text size="sm" fw={500}>
              {KIND_TITLES[kind]}
              {asked && (
                <Badge variant="outline" size="sm" ml="xs">
                  The protocol asks for it
                </Badge>
              )}
            </Text>
            <Text size="sm" c="dimmed">
              {KIND_QUESTIONS[kind]} {missing ?? `Now: ${readers.map((reader) => reader.title).join(', ')}.`}
            </Text>
          </div>
          <Group gap={6} wrap="nowrap">
            <Button
              size="xs"
              disabled={missing !== null}
              loading={start.isPending && start.variables.kind === kind}
              aria-label={`Start: ${KIND_TITLES[kind]}`}
              onClick={() => start.mutate({ kind, readers: readers.map(({ type, name, read }) => ({ type, name, read })), group_by: kind === 'intra_rater' ? [] : groups, tolerance_mm: 1, consensus: 'staple', level: 0.95, resamples: 2000, seed: 0, title: '' })}
            >
              Start
            </Button>
            <Button size="xs" variant="default" aria-label={`Adjust: ${KIND_TITLES[kind]}`} onClick={() => onAdjust(kind)}>
              Adjust
            </Button>
          </Group>
        </Group>
      ))}
      {start.error && (
        <Text size="sm" c="var(--radicula-red)" role="alert">
          {messageOf(start.error)}
        </Text>
      )}
    </Stack>
  );
}

