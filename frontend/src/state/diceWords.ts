/** Three digits, and never 1 where something differs. */
export const diceInWords = (dice: number): string => (dice < 1 && dice >= 0.9995 ? '>0.999' : dice.toFixed(3));
