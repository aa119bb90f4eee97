import { Anchor, Button, Group, Text } from '@mantine/core';
import { IconStars } from '@tabler/icons-react';
import { useMemo } from 'react';
import { useTasks } from '../../api/queries';
import type { Tractogram } from '../../api/tracts';
import { type Column, DataTable } from '../parts/DataTable';
import table from '../parts/DataTable.module.css';
import { RowLink } from '../parts/marks';
import { fixed, timeText } from '../parts/numbers';
import classes from './Tractography.module.css';
import { nervesText, stagesOf, viewerAddress } from './tractText';

interface TractogramsProps {
  slug: string;
  tractograms: readonly Tractogram[];
  /** Those that are to be given out; null for who gives none out. */
  chosen: ReadonlySet<string> | null;
  onChoose: (ids: ReadonlySet<string>) => void;
  onGive: () => void;
}

/** Every tractogram that the user may see: whose mask, how many lines, how long it took, and its files. */
export function Tractograms({ slug, tractograms, chosen, onChoose, onGive }: TractogramsProps) {
  const tasks = useTasks({ study: slug }).data;
  const columns = useMemo(() => columnsOf(tractograms, (one) => viewerAddress(one, tasks ?? [])), [tractograms, tasks]);
  return (
    <DataTable
      title="Tractograms"
      name="tractograms"
      caption="tractograms"
      columns={columns}
      rows={tractograms}
      rowId={(one) => one.id}
      {...(chosen && {
        selection: { ids: chosen, onChange: onChoose },
        actions: (
          <Button size="xs" variant="default" leftSection={<IconStars size={14} aria-hidden />} onClick={onGive}>
            {chosen.size === 0 ? 'Give to rate' : `Give ${chosen.size} to rate`}
          </Button>
        ),
      })}
    />
  );
}

const columnsOf = (tractograms: readonly Tractogram[], addressOf: (one: Tractogram) => string | null): readonly Column<Tractogram>[] => [
  {
    key: 'case',
    header: 'Case',
    value: (one) => one.case_name,
    cell: (one) => {
      const address = addressOf(one);
      return <span className={classes.whole}>{address === null ? one.case_name : <RowLink to={address}>{one.case_name}</RowLink>}</span>;
    },
  },
  { key: 'arm', header: 'Arm', value: (one) => one.arm },
  { key: 'author', header: 'Mask by', value: (one) => one.author },
  {
    key: 'nerves',
    header: 'Lines of each nerve',
    value: nervesText,
    cell: (one) => (
      <Text size="sm" lineClamp={2} maw={320} title={nervesText(one)}>
        {nervesText(one)}
      </Text>
    ),
  },
  { key: 'lines', header: 'Lines', value: (one) => one.streamlines, numeric: true },
  {
    key: 'files',
    header: 'Files',
    value: () => '',
    cell: (one) => (
      <Group gap="xs" wrap="nowrap" className={table.above}>
        {([['trk', one.trk_url], ['tck', one.tck_url]] as const).map(([kind, url]) => (
          <Anchor key={kind} href={url} download size="xs" aria-label={`${one.case_name}, ${one.arm}, as .${kind}`}>
            .{kind}
          </Anchor>
        ))}
      </Group>
    ),
  },
  ...stagesOf(tractograms).map((stage): Column<Tractogram> => ({
    key: stage,
    header: `${stage}, s`,
    value: (one) => one.seconds[stage],
    cell: (one) => fixed(one.seconds[stage], 1),
    numeric: true,
  })),
  { key: 'tracked_by', header: 'Tracked by', value: (one) => one.tracked_by },
  { key: 'created', header: 'Made', value: (one) => one.created_at, cell: (one) => <Text span size="sm" title={timeText(one.created_at)} className={classes.whole}>{timeText(one.created_at).slice(0, 10)}</Text> },
];
