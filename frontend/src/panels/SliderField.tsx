import { Slider } from '@mantine/core';
import type { ReactElement, ReactNode } from 'react';
import styles from './panels.module.css';

interface SliderFieldProps {
  readonly title: ReactNode;
  /** The value in words, with its unit. */
  readonly shown: ReactNode;
  /** The accessible name of the thumb. */
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly step?: number;
  readonly value: number;
  readonly onChange: (value: number) => void;
}

/** A slider with its title and its value above it. */
export function SliderField({ title, shown, name, ...slider }: SliderFieldProps): ReactElement {
  return (
    <>
      <div className={styles['fact']}>
        <span>{title}</span>
        <span>{shown}</span>
      </div>
      <Slider size="sm" mb="sm" label={null} thumbLabel={name} {...slider} />
    </>
  );
}
