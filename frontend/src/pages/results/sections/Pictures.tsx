import { Anchor, Button, Group, Select, Text, Title } from '@mantine/core';
import { IconArrowLeft, IconArrowRight } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { Link } from 'react-router';
import { analysisPictureUrl } from '../../../api/client';
import { useFirstRows } from '../../../api/queries';
import { useMetric, useShown } from '../context';
import { rowAddress } from '../filters';
import { headerOf, worstFirst } from '../measures';
import { caseOrder } from './caseOrder';
import classes from './Pictures.module.css';

const WORST = 200;

/** A picture per case: each label in the slice where it is largest, with the outline of every reader; worst case first. */
export function Pictures() {
  const { analysis, document, filters, slug } = useShown();
  const measure = useMetric();
  const { label, pair, reader } = filters;
  const choice = { sort: worstFirst(measure.key), ...(label !== null && { label }), ...(pair !== null && { pair }), ...(reader !== null && { reader }) };
  const rows = useFirstRows(analysis.id, choice, WORST, document.rows.count > 0).data ?? [];
  const places = caseOrder(document.cases, rows);
  const [chosen, setChosen] = useState<string | null>(null);
  const at = Math.max(0, places.findIndex((one) => one.volume === chosen));
  const place = places[at];
  if (place === undefined) return null;
  const go = (step: number) => setChosen(places[at + step]?.volume ?? null);
  return (
    <section aria-label="Pictures of the cases">
      <Group justify="space-between" align="flex-end" mb="xs">
        <div>
          <Title order={2}>Case by case</Title>
          <Text size="sm" c="dimmed">
            Each label in the slice where it is largest, with the outline of every reader
            {rows.length > 0 && `; the case with the worst ${headerOf(measure)} first`}.
          </Text>
        </div>
        <Group gap={6} className="no-print">
          <Button size="xs" variant="default" disabled={at === 0} leftSection={<IconArrowLeft size={14} aria-hidden />} onClick={() => go(-1)}>
            Previous case
          </Button>
          <Select
            size="xs"
            w={230}
            aria-label="Case of the picture"
            allowDeselect={false}
            searchable={places.length > 12}
            data={places.map((one, index) => ({ value: one.volume, label: `${index + 1}. ${one.name}` }))}
            value={place.volume}
            onChange={setChosen}
          />
          <Button size="xs" variant="default" disabled={at + 1 >= places.length} rightSection={<IconArrowRight size={14} aria-hidden />} onClick={() => go(1)}>
            Next case
          </Button>
        </Group>
      </Group>
      <Picture key={place.volume} src={analysisPictureUrl(analysis.id, place.volume)} name={place.name} readers={document.readers.map((reader) => reader.title)} />
      {place.worst !== null && (
        <Anchor component={Link} to={rowAddress(slug, analysis.id, place.worst, filters)} size="sm">
          Open {place.name} in the viewer
        </Anchor>
      )}
    </section>
  );
}

/** It is drawn at the first request, which takes a second. */
function Picture({ src, name, readers }: { src: string; name: string; readers: readonly string[] }) {
  const [state, setState] = useState<'drawing' | 'there' | 'failed'>('drawing');
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), 400);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div className={classes.picture} aria-busy={state === 'drawing'}>
      {state === 'drawing' && slow && (
        <Text size="sm" c="dimmed" role="status">
          Drawing {name} …
        </Text>
      )}
      {state === 'failed' && (
        <Text size="sm" c="var(--radicula-red)" role="alert">
          The picture of {name} could not be drawn; its labels can be opened in the viewer all the same.
        </Text>
      )}
      <img src={src} alt={`${name}: every label with the outlines of ${readers.join(', ')}`} hidden={state === 'failed'} onLoad={() => setState('there')} onError={() => setState('failed')} />
    </div>
  );
}
