import { Text } from '@mantine/core';
import type { StudyEvent } from '../../api/types';
import classes from './EventLines.module.css';
import { eventDetailText, verbText } from './eventText';
import { agoText, timeText } from './numbers';
import { useNow } from './useNow';

/** Lines of the audit log: when, who, what. */
export function EventLines({ events }: { events: readonly StudyEvent[] }) {
  const now = useNow(30_000);
  return (
    <ul className={classes.lines}>
      {events.map((event) => (
        <li key={event.id} className={classes.line}>
          <Text span size="xs" c="dimmed" title={timeText(event.at)}>
            {agoText(event.at, now)}
          </Text>
          <span>{event.actor ?? 'the site'}</span>
          <span>
            {verbText(event.verb)}
            <Text span size="sm" c="dimmed" ml={8}>
              {eventDetailText(event.detail)}
            </Text>
          </span>
        </li>
      ))}
    </ul>
  );
}
