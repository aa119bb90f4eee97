import { Badge, Button, Group, SimpleGrid, Skeleton, Text } from '@mantine/core';
import { IconPlus, IconStack2 } from '@tabler/icons-react';
import { Link, useSearchParams } from 'react-router';
import { useStudies } from '../../api/queries';
import type { Study } from '../../api/types';
import { CountsBar, CountsLegend } from '../parts/CountsBar';
import { Swatches } from '../parts/marks';
import { countOf } from '../parts/numbers';
import { PageHeader } from '../parts/PageHeader';
import { ROLE_WORD } from '../parts/roles';
import { EmptyState, Loaded } from '../parts/states';
import { NewStudy } from './NewStudy';
import classes from './Studies.module.css';

const CARDS = { base: 1, sm: 2, lg: 3 };

export default function StudiesPage() {
  const studies = useStudies();
  const [params, setParams] = useSearchParams();
  const making = params.has('new');
  const add = (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setParams({ new: '' })}>
      New study
    </Button>
  );
  return (
    <>
      <PageHeader title="Studies">{studies.data && studies.data.length > 0 ? add : null}</PageHeader>
      <Loaded query={studies} skeleton={<CardsShape />}>
        {(list) =>
          list.length === 0 ? (
            <EmptyState icon={IconStack2} title="Make your first study" action={add}>
              A study is a protocol (which structures, on which images) at work on a dataset with a team. If a colleague
              has made one, ask to be added to it under its Settings.
            </EmptyState>
          ) : (
            <SimpleGrid cols={CARDS} spacing="md">
              {list.map((study) => (
                <StudyCard key={study.slug} study={study} />
              ))}
            </SimpleGrid>
          )
        }
      </Loaded>
      <NewStudy opened={making} onClose={() => setParams({})} />
    </>
  );
}

const CardsShape = () => (
  <SimpleGrid cols={CARDS} spacing="md">
    {[0, 1, 2].map((card) => (
      <Skeleton key={card} height={186} radius="lg" />
    ))}
  </SimpleGrid>
);

function StudyCard({ study }: { study: Study }) {
  const { counts } = study;
  return (
    <Link to={`/studies/${study.slug}`} className={classes.card}>
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <Text fw={600} lh={1.35}>
          {study.name}
        </Text>
        {study.is_demo && <Badge size="sm">demo</Badge>}
      </Group>
      <Text size="sm" c="dimmed" lineClamp={2}>
        {study.protocol.title}
      </Text>
      <div className={classes.bottom}>
        <Swatches labels={study.labels} />
        <CountsBar counts={counts} />
        {counts.tasks > 0 ? (
          <CountsLegend counts={counts} />
        ) : (
          <Text size="xs" c="dimmed">
            {counts.cases > 0 ? 'No tasks yet: assign its cases' : 'Empty: import a dataset'}
          </Text>
        )}
        <Text size="xs" c="dimmed">
          {countOf(counts.cases, 'case')} · you: {study.my_roles.map((role) => ROLE_WORD[role]).join(', ')}
        </Text>
      </div>
    </Link>
  );
}
