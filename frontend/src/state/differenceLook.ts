import { FIRST_ONLY, OTHER_LABEL, SECOND_ONLY } from '../operations/labelDifference';

/** Told apart by those who see few colours (Okabe and Ito), and hatched differently all the same. */
export const DIFFERENCE_COLOURS: Readonly<Record<number, string>> = {
  [FIRST_ONLY]: '#f0e442',
  [SECOND_ONLY]: '#56b4e9',
  [OTHER_LABEL]: '#ffffff',
};
