/** Red, green and blue, each from 0 to 1: how much of a fibre's direction runs right-left, front-back and up-down, times FA. */
export type Colour = readonly [red: number, green: number, blue: number];

/** A number as the status line says it: whole numbers whole, others with four digits. */
export const numberInWords = (value: number): string => (Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4))));

/** All three parts of a colour: the red one alone says nothing of a direction. */
export const colourInWords = (colour: Colour): string => colour.map((part, n) => `${'RGB'[n]} ${part.toFixed(2)}`).join(' ');

export const valueInWords = (value: number | Colour): string => (typeof value === 'number' ? numberInWords(value) : colourInWords(value));
