import { Stack, Text } from '@mantine/core';
import type { Label, LabelScore, Scores } from '../../api/types';
import { LabelMark, Undefined } from '../parts/marks';
import { scoreText } from './versionWords';

const reasonOf = (score: LabelScore): string => {
  if (typeof score.undefined === 'string' && score.undefined !== '') return score.undefined;
  return 'Dice is defined in none of the test cases: the label is empty in both maps.';
};

/** Dice per label: mean over the test set with its interval, and n. */
export function ScoreList({ scores, labels }: { scores: Scores; labels: readonly Label[] }) {
  const scored = labels.filter((label) => scores[String(label.value)] !== undefined);
  if (scored.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        not scored: no test set
      </Text>
    );
  }
  return (
    <Stack gap={2}>
      {scored.map((label) => {
        const score = scores[String(label.value)];
        return (
          <div key={label.value} style={{ display: 'grid', gridTemplateColumns: 'minmax(120px, 1fr) auto', gap: 16 }}>
            <LabelMark label={label} />
            <span style={{ whiteSpace: 'nowrap' }}>
              {score === undefined || score.mean === null ? (
                <Undefined reason={score ? reasonOf(score) : 'Not scored.'} />
              ) : (
                scoreText(score)
              )}
            </span>
          </div>
        );
      })}
    </Stack>
  );
}
