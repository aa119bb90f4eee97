import { Card, Text, Title } from '@mantine/core';
import { Link } from 'react-router';
import { type Transition, useTransitions } from '../../api/registry';
import { timeText } from '../parts/numbers';
import { Loaded } from '../parts/states';
import classes from './Registry.module.css';
import { VERDICT_WORDS } from './versionWords';

const WORDS: Readonly<Record<Transition['kind'], string>> = {
  promoted: 'promoted',
  rolled_back: 'rolled back to',
  retired: 'retired',
  reinstated: 'brought back',
};

/** What served when, who decided it, and why. */
export function History({ slug }: { slug: string }) {
  return (
    <Card component="section" aria-label="History">
      <Title order={2} mb="sm">
        History
      </Title>
      <Loaded query={useTransitions(slug)}>
        {(steps) =>
          steps.length === 0 ? (
            <Text size="sm" c="dimmed">
              Nothing was promoted yet.
            </Text>
          ) : (
            <ol className={classes['history']}>
              {steps.map((step) => (
                <Step key={step.id} slug={slug} step={step} />
              ))}
            </ol>
          )
        }
      </Loaded>
    </Card>
  );
}

function Step({ slug, step }: { slug: string; step: Transition }) {
  const gate = step.verdict && step.verdict.state !== 'first' ? `gate: ${VERDICT_WORDS[step.verdict.state].toLowerCase()}` : null;
  const instead = step.before && step.kind !== 'reinstated' && step.before.id !== step.version.id ? `instead of ${step.before.name}` : null;
  return (
    <li>
      <Text size="xs" c="dimmed" component="time" dateTime={step.at}>
        {timeText(step.at)}
      </Text>
      <div>
        <Text size="sm">
          {step.by ?? 'the command line'} {WORDS[step.kind]} <Link to={`/studies/${slug}/models/versions/${step.version.id}`}>{step.version.name}</Link>
          {[instead, gate].filter(Boolean).map((words) => `, ${words}`)}
        </Text>
        {step.reason !== '' && (
          <Text size="sm" c="dimmed">
            “{step.reason}”
          </Text>
        )}
      </div>
    </li>
  );
}
