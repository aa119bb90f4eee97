import { Button, Card, Group, Kbd, SimpleGrid, Skeleton, Stack, Text, Title, Tooltip } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { IconPlayerPlay } from '@tabler/icons-react';
import { useNavigate, useParams } from 'react-router';
import { useOverview, useStudy } from '../../api/queries';
import type { Overview, StudyCounts } from '../../api/types';
import { CountsBar, CountsLegend } from '../parts/CountsBar';
import { grouped, percent } from '../parts/numbers';
import { PageHeader } from '../parts/PageHeader';
import { mayLead } from '../parts/roles';
import { Loaded, RowsSkeleton } from '../parts/states';
import { EventLines } from '../parts/EventLines';
import { FirstSteps } from './FirstSteps';
import classes from './Overview.module.css';

export default function OverviewPage() {
  const { slug = '' } = useParams();
  const study = useStudy(slug).data;
  const overview = useOverview(slug);
  const next = overview.data?.next_task ?? null;
  return (
    <>
      <PageHeader title="Overview" about={study?.description || 'How far are we, and what waits for whom?'}>
        {next !== null && <StartButton task={next} />}
      </PageHeader>
      <Loaded query={overview} skeleton={<OverviewShape />}>
        {(data) => (
          <Stack gap="lg">
            {mayLead(study) && data.counts.tasks === 0 && <FirstSteps slug={slug} counts={data.counts} />}
            <Counts counts={data.counts} />
            <div className={classes.columns}>
              <Raters overview={data} />
              <Waiting overview={data} />
            </div>
            <Latest overview={data} />
          </Stack>
        )}
      </Loaded>
    </>
  );
}

const OverviewShape = () => (
  <Stack gap="lg">
    <Skeleton height={92} radius="lg" />
    <RowsSkeleton rows={5} height={44} />
  </Stack>
);

function StartButton({ task }: { task: string }) {
  const navigate = useNavigate();
  const start = () => void navigate(`/tasks/${task}`);
  useHotkeys([['S', start]]);
  return (
    <Tooltip label="Open your next task (S)">
      <Button
        onClick={start}
        leftSection={<IconPlayerPlay size={16} aria-hidden />}
        rightSection={<Kbd size="xs">S</Kbd>}
      >
        Start
      </Button>
    </Tooltip>
  );
}

function Counts({ counts }: { counts: StudyCounts }) {
  const done = counts.tasks === 0 ? null : counts.accepted / counts.tasks;
  return (
    <Card>
      <SimpleGrid cols={{ base: 2, sm: 4 }} mb="md">
        <Figure name="cases" value={grouped(counts.cases)} />
        <Figure name="tasks" value={grouped(counts.tasks)} />
        <Figure name="submitted, to review" value={grouped(counts.submitted)} />
        <Figure name="accepted" value={grouped(counts.accepted)} note={done === null ? '' : percent(done)} />
      </SimpleGrid>
      <CountsBar counts={counts} />
      <div style={{ marginTop: 8 }}>
        <CountsLegend counts={counts} />
      </div>
    </Card>
  );
}

function Figure({ name, value, note = '' }: { name: string; value: string; note?: string }) {
  return (
    <div>
      <Group gap={8} align="baseline">
        <Text fz={26} fw={600} lh={1.2}>
          {value}
        </Text>
        <Text size="sm" c="dimmed">
          {note}
        </Text>
      </Group>
      <Text size="sm" c="dimmed">
        {name}
      </Text>
    </div>
  );
}

function Raters({ overview }: { overview: Overview }) {
  return (
    <Card>
      <Title order={2} mb="sm">
        Raters
      </Title>
      {overview.raters.length === 0 && (
        <Text size="sm" c="dimmed">
          Nobody reads yet. Assign cases to raters under Cases.
        </Text>
      )}
      <Stack gap="md">
        {overview.raters.map((rater) => (
          <div key={rater.name}>
            <Group justify="space-between" mb={6}>
              <Text size="sm" fw={500}>
                {rater.name}
              </Text>
              {rater.user === null ? (
                <Text size="xs" c="dimmed">
                  imported labels
                </Text>
              ) : (
                <CountsLegend counts={rater} />
              )}
            </Group>
            <CountsBar counts={rater} />
          </div>
        ))}
      </Stack>
    </Card>
  );
}

function Waiting({ overview }: { overview: Overview }) {
  const waiting = overview.waiting.filter((item) => item.count > 0);
  return (
    <Card>
      <Title order={2} mb="sm">
        What waits
      </Title>
      {waiting.length === 0 && (
        <Text size="sm" c="dimmed">
          Nothing waits for anyone.
        </Text>
      )}
      <Stack gap={10}>
        {waiting.map((item) => (
          <Group key={item.role + item.what} justify="space-between" wrap="nowrap">
            <Text size="sm">
              {item.what}
              <Text span size="xs" c="dimmed" ml={8}>
                for the {item.role}
              </Text>
            </Text>
            <Text size="sm" fw={600}>
              {item.count}
            </Text>
          </Group>
        ))}
      </Stack>
    </Card>
  );
}

function Latest({ overview }: { overview: Overview }) {
  if (overview.latest_events.length === 0) return null;
  return (
    <section>
      <Title order={2} mb="sm">
        Latest
      </Title>
      <EventLines events={overview.latest_events.slice(0, 8)} />
    </section>
  );
}
