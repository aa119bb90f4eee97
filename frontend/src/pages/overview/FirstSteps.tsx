import { Button, Card, Group, Text, Title } from '@mantine/core';
import { IconCircle, IconCircleCheck } from '@tabler/icons-react';
import { Link } from 'react-router';
import { useMembers } from '../../api/queries';
import type { StudyCounts } from '../../api/types';
import classes from './Overview.module.css';

interface Step {
  title: string;
  text: string;
  to: string;
  action: string;
  done: boolean;
}

/** What a lead does first with an empty study. */
export function FirstSteps({ slug, counts }: { slug: string; counts: StudyCounts }) {
  const members = useMembers(slug).data ?? [];
  const people = new Set(members.map((member) => member.user.id)).size;
  const steps: Step[] = [
    {
      title: 'Import',
      text: 'Drop a BIDS dataset as one .zip file: images, and labels if there are any.',
      to: `/studies/${slug}/cases`,
      action: 'Import a dataset',
      done: counts.cases > 0,
    },
    {
      title: 'Invite',
      text: 'Add annotators and reviewers by user name, each with a role.',
      to: `/studies/${slug}/settings`,
      action: 'Add people',
      done: people > 1,
    },
    {
      title: 'Assign',
      text: 'Choose cases, then who reads them and how often.',
      to: `/studies/${slug}/cases`,
      action: 'Assign cases',
      done: counts.tasks > 0,
    },
  ];
  const current = steps.find((step) => !step.done);
  return (
    <Card>
      <Title order={2} mb="md">
        First steps
      </Title>
      <ol className={classes.steps}>
        {steps.map((step, index) => (
          <li key={step.title} className={classes.step}>
            <Group gap={8}>
              {step.done ? (
                <IconCircleCheck size={18} color="var(--radicula-accepted)" aria-label="done" />
              ) : (
                <IconCircle size={18} color="var(--mantine-color-dimmed)" aria-label="to do" />
              )}
              <Text fw={500}>
                {index + 1}. {step.title}
              </Text>
            </Group>
            <Text size="sm" c="dimmed">
              {step.text}
            </Text>
            <Button component={Link} to={step.to} size="xs" mt={4} variant={step === current ? 'filled' : 'default'}>
              {step.action}
            </Button>
          </li>
        ))}
      </ol>
    </Card>
  );
}
