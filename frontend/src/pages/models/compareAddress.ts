/** Where two versions stand side by side. */
export const compareAddress = (slug: string, first: string, second: string): string =>
  `/studies/${slug}/models/compare?first=${first}&second=${second}`;
