import { IconHistory } from '@tabler/icons-react';
import { useEvents } from '../../api/queries';
import type { StudyEvent } from '../../api/types';
import { type Column, DataTable } from '../parts/DataTable';
import { eventDetailText, verbText } from '../parts/eventText';
import { timeText } from '../parts/numbers';
import { EmptyState, Loaded } from '../parts/states';

const COLUMNS: readonly Column<StudyEvent>[] = [
  { key: 'at', header: 'When', value: (event) => event.at, cell: (event) => timeText(event.at) },
  { key: 'actor', header: 'Who', value: (event) => event.actor ?? 'the site' },
  { key: 'verb', header: 'What', value: (event) => verbText(event.verb) },
  { key: 'object', header: 'On', value: (event) => event.object, cell: (event) => verbText(event.object) },
  {
    key: 'detail',
    header: 'Detail',
    value: (event) => (typeof event.detail === 'string' ? event.detail : JSON.stringify(event.detail)),
    cell: (event) => eventDetailText(event.detail),
  },
];

/** Who did what, when: written once, never changed. */
export function AuditLog({ slug }: { slug: string }) {
  const events = useEvents(slug, true);
  return (
    <Loaded query={events}>
      {(list) =>
        list.length === 0 ? (
          <EmptyState icon={IconHistory} title="Nothing has happened yet">
            Each import, label, review, training and change of the team leaves a line here.
          </EmptyState>
        ) : (
          <DataTable
            name="audit"
            caption="audit log"
            columns={COLUMNS}
            rows={list}
            rowId={(event) => String(event.id)}
            initialSort={{ column: 'at', descending: true }}
          />
        )
      }
    </Loaded>
  );
}
