/** The audit log's verbs and details as a person reads them. */

/** `label_version.saved` -> "label version saved". */
export const verbText = (verb: string): string => verb.replaceAll(/[._]+/g, ' ').trim();

const HIDDEN = /(^|_)(id|sha256)$/;

const valueText = (value: unknown): string => {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value)) return value.length > 3 ? `${value.length}` : value.map(valueText).join(', ');
  if (typeof value === 'object') return '';
  return String(value);
};

/** A detail as "name value" pairs; ids and hashes are for the export. */
export const eventDetailText = (detail: unknown): string => {
  if (typeof detail === 'string') return detail;
  if (typeof detail !== 'object' || detail === null) return '';
  return Object.entries(detail)
    .filter(([name]) => !HIDDEN.test(name))
    .map(([name, value]) => [name.replaceAll('_', ' '), valueText(value)] as const)
    .filter(([, value]) => value !== '' && value.length < 80)
    .map(([name, value]) => `${name} ${value}`)
    .join(' · ');
};
