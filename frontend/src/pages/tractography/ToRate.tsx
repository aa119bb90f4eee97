import { Button, Text } from '@mantine/core';
import { IconStars } from '@tabler/icons-react';
import { Link } from 'react-router';
import type { RatingsInStudy } from '../../api/tracts';
import { leftText, rateAddress } from './tractText';
import classes from './Tractography.module.css';

/** What somebody was given to rate, with the way there. Neither cases nor arms are told. */
export function ToRate({ given, named = false }: { given: readonly RatingsInStudy[]; named?: boolean }) {
  if (given.length === 0) return null;
  return (
    <ul className={classes.toRate} aria-label="Tractograms to rate">
      {given.map((one) => (
        <li key={one.study}>
          <IconStars size={18} stroke={1.6} aria-hidden />
          <Text size="sm" flex={1}>
            {leftText(one)}
            {named ? ` in ${one.study_name}` : ''}
            <Text span c="dimmed" inherit ml={12}>
              blind, from 1 to 5
            </Text>
          </Text>
          <Button component={Link} to={rateAddress(one.study)} size="xs" aria-label={`Rate tractograms of ${one.study_name}`}>
            Rate
          </Button>
        </li>
      ))}
    </ul>
  );
}
