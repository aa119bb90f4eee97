import { Title } from '@mantine/core';
import { useShown } from '../context';
import { Numbers } from '../Figure';

/** What could not enter, with the reason of each. */
export function Excluded() {
  const { document, slug } = useShown();
  if (document.excluded.length === 0) return null;
  return (
    <section aria-label="Left out">
      <Title order={2} mb="xs">
        Left out, {document.excluded.length}
      </Title>
      <Numbers
        title="Missing readings and why"
        table={{
          head: ['Case', 'Volume', 'Reader', 'Reason'],
          rows: document.excluded.map((one) => ({ to: `/studies/${slug}/cases/${one.case_id}`, cells: [one.case, one.volume, one.reader, one.reason] })),
        }}
      />
    </section>
  );
}
