import { Alert, Group, Text } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react';
import type { ClinicalSummary } from '../../api/types';
import { Disclosure } from '../models/Disclosure';
import { countOf } from '../parts/numbers';

/** How far the measures are: all there, outdated, missing, and what could not be computed with the reason. */
export function Standing({ summary }: { summary: ClinicalSummary }) {
  const { outdated, missing, lacking } = summary;
  const behind = [outdated > 0 ? `${countOf(outdated, 'table')} outdated` : '', missing > 0 ? `${countOf(missing, 'table')} not computed yet` : ''].filter(Boolean);
  return (
    <>
      <Group gap={6} mb="sm" aria-live="polite">
        {behind.length === 0 ? (
          <IconCircleCheck size={16} color="var(--radicula-accepted)" aria-hidden />
        ) : (
          <IconAlertTriangle size={16} color="var(--radicula-amber)" aria-hidden />
        )}
        <Text size="sm">
          {countOf(summary.tables, 'table')}: {behind.length === 0 ? 'all of them hold for the label maps of today' : behind.join(', ')}.
        </Text>
      </Group>
      {lacking.length > 0 && (
        <Alert variant="light" color="gray" mb="md">
          <Disclosure title={`${countOf(lacking.length, 'table')} without numbers`}>
            <ul style={{ margin: 0, paddingLeft: 18 }}>
              {lacking.map((one) => (
                <li key={one.table}>
                  <Text size="sm">
                    {one.case_name}, {one.title}, {one.measure}: {one.undefined}
                  </Text>
                </li>
              ))}
            </ul>
          </Disclosure>
        </Alert>
      )}
    </>
  );
}
