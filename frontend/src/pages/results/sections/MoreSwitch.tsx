import { Group, Switch, Text, Title } from '@mantine/core';

interface MoreSwitchProps {
  title: string;
  words: string;
  about?: string;
  more: boolean;
  onMore: (more: boolean) => void;
}

/** A heading whose table can show more. */
export function MoreSwitch({ title, words, about, more, onMore }: MoreSwitchProps) {
  return (
    <Group justify="space-between" mb="xs" align="flex-end">
      <div>
        <Title order={2}>{title}</Title>
        {about !== undefined && (
          <Text size="sm" c="dimmed">
            {about}
          </Text>
        )}
      </div>
      <Switch size="xs" className="no-print" label={words} checked={more} onChange={(event) => onMore(event.currentTarget.checked)} />
    </Group>
  );
}
