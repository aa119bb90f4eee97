/** How readers look in every plot of a study: a colour and a symbol each, so that colour is not the only sign. */

import type { DocumentReader, KnownReader } from '../../api/types';

export interface Look {
  colour: string;
  symbol: string;
}

/** Okabe and Ito's colours that stand on a dark ground and on white alike; raters first, models and tools from the end. */
const COLOURS = ['#E69F00', '#56B4E9', '#009E73', '#CC79A7', '#D55E00', '#0072B2', '#999933', '#882255', '#44AA99', '#AA4499'] as const;
const SYMBOLS = ['circle', 'triangle', 'rect', 'diamond', 'pin', 'arrow', 'roundRect'] as const;

export const symbolAt = (place: number): string => SYMBOLS[place % SYMBOLS.length] ?? 'circle';

type Named = Pick<KnownReader, 'type' | 'name'>;

const keyOf = ({ type, name }: Named): string => `${type}:${name}`;

/**
 * The looks of all readers that a study knows, by who they are: two reads of a rater look alike. The same study gives the
 * same looks on every page, whichever of its readers an analysis is about.
 */
export class Looks {
  private readonly places: ReadonlyMap<string, number>;

  constructor(known: readonly Named[]) {
    const raters = [...new Set(known.filter(({ type }) => type === 'rater').map(keyOf))].sort();
    const others = [...new Set(known.filter(({ type }) => type !== 'rater').map(keyOf))];
    this.places = new Map([
      ...raters.map((key, place) => [key, place] as const),
      ...others.map((key, place) => [key, COLOURS.length - 1 - (place % COLOURS.length)] as const),
    ]);
  }

  of(reader: Named): Look {
    const place = this.places.get(keyOf(reader)) ?? 0;
    return { colour: COLOURS[place % COLOURS.length] ?? COLOURS[0], symbol: symbolAt(place) };
  }
}

/** Of an analysis whose study can't be asked. */
export const looksOfReaders = (readers: readonly DocumentReader[]): Looks =>
  new Looks(readers.map(({ type, name }) => ({ type: type as Named['type'], name })));
