import { Anchor, Group, Text } from '@mantine/core';
import classes from './Split.module.css';
import { moved, type Split } from './splitEdit';

interface SplitEditorProps {
  split: Split;
  /** The frozen test set: shown, never moved. */
  test: readonly string[];
  edited: boolean;
  error: string | null;
  /** Without a split, the seed draws it. */
  onChange: (split: Split | undefined) => void;
}

/** Which subject is for what; a click moves one between training and validation. */
export function SplitEditor({ split, test, edited, error, onChange }: SplitEditorProps) {
  const list = (name: 'train' | 'validation', title: string, other: string) => (
    <div>
      <Text size="sm" fw={500}>
        {title}{' '}
        <Text span size="sm" c="dimmed">
          {split[name].length}
        </Text>
      </Text>
      <ul className={classes.subjects} aria-label={title}>
        {split[name].map((subject) => (
          <li key={subject}>
            <button
              type="button"
              className={classes.subject}
              title={`Move sub-${subject} to ${other}`}
              aria-label={`Move sub-${subject} to ${other}`}
              // A training needs a subject to learn from.
              disabled={name === 'train' && split.train.length === 1}
              onClick={() => onChange(moved(split, subject))}
            >
              {subject}
            </button>
          </li>
        ))}
        {split[name].length === 0 && <li className={classes.none}>none</li>}
      </ul>
    </div>
  );
  return (
    <div>
      <div className={classes.lists}>
        {list('train', 'Train', 'validation')}
        {list('validation', 'Validation', 'training')}
        <div>
          <Text size="sm" fw={500}>
            Test, frozen{' '}
            <Text span size="sm" c="dimmed">
              {test.length}
            </Text>
          </Text>
          <ul className={classes.subjects} aria-label="Test, frozen">
            {test.map((subject) => (
              <li key={subject} className={classes.frozen}>
                {subject}
              </li>
            ))}
            {test.length === 0 && <li className={classes.none}>none</li>}
          </ul>
        </div>
      </div>
      <Group gap={8} mt={6}>
        <Text size="xs" c="dimmed">
          Click a subject to move it between training and validation. The test set is never trained on.
        </Text>
        {edited && (
          <Anchor component="button" type="button" size="xs" onClick={() => onChange(undefined)}>
            Back to the split drawn by the seed
          </Anchor>
        )}
      </Group>
      {error !== null && (
        <Text size="sm" c="var(--radicula-red)" role="alert" mt={4}>
          {error}
        </Text>
      )}
    </div>
  );
}
