import { Alert, Anchor, Button, Stack, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useState } from 'react';
import { useOpen, useShown } from '../context';
import { FINDING_TITLES, findingsTogether, type FoundTogether } from '../words';

const SHOWN = 3;

/** What a reader of the numbers should know before any of them. */
export function Findings() {
  const { document } = useShown();
  const [all, setAll] = useState(false);
  const found = findingsTogether(document);
  if (found.length === 0) return null;
  const shown = all ? found : found.slice(0, SHOWN);
  return (
    <Stack gap="xs">
      {shown.map((one) => (
        <OneFinding key={`${one.type}-${one.pair}-${one.text}`} found={one} />
      ))}
      {found.length > shown.length && (
        <Button size="xs" variant="default" style={{ alignSelf: 'flex-start' }} onClick={() => setAll(true)}>
          Show all {found.length} findings
        </Button>
      )}
    </Stack>
  );
}

function OneFinding({ found }: { found: FoundTogether }) {
  const open = useOpen();
  const { document } = useShown();
  const [first] = found.cases;
  const severe = found.type !== 'missing_label';
  const names = found.cases.slice(0, 6).map((one) => one.name).join(', ');
  return (
    <Alert color={severe ? 'red' : 'amber'} variant="light" icon={<IconAlertTriangle aria-hidden />} title={FINDING_TITLES[found.type] ?? found.type} role="status" py="xs">
      <Text size="sm">
        {found.text}{' '}
        <Text span size="sm" c="dimmed">
        {found.cases.length === 1 ? names : `In ${found.cases.length} cases: ${names}${found.cases.length > 6 ? ' …' : ''}`}
        {first && document.pairs[found.pair] && (
          <>
            {' · '}
            <Anchor component="button" type="button" size="sm" onClick={() => open({ pair: found.pair, label: null })}>
              See it in the viewer
            </Anchor>
          </>
        )}
        </Text>
      </Text>
    </Alert>
  );
}
