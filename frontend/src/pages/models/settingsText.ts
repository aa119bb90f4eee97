/** Training settings, an open object, as names and values. Units in a name become units of the value. */

const UNIT = /_(mm3|mm|s|seconds|mib|ml)$/;

/** Numbers along three axes; other lists are enumerations. */
const ALONG_AXES = /(spacing|patch|shape)/;

type Settings = Readonly<Record<string, unknown>>;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const valueText = (name: string, value: unknown): string => {
  if (Array.isArray(value)) {
    const items = value.map((item) => valueText(name, item));
    return items.length === 0 ? 'none' : items.join(ALONG_AXES.test(name) ? ' × ' : ', ');
  }
  if (value === null || value === undefined) return '–';
  if (isRecord(value)) return JSON.stringify(value);
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return String(value);
};

/** One level of nesting (`specification`, `settings`) is a grouping that a reader doesn't need. */
const flat = (settings: Settings): Record<string, unknown> =>
  Object.fromEntries(Object.entries(settings).flatMap(([name, value]) => (isRecord(value) ? Object.entries(value) : [[name, value]])));

export const settingFacts = (settings: Settings): (readonly [string, string])[] =>
  Object.entries(flat(settings)).map(([name, value]) => {
    const unit = UNIT.exec(name)?.[1];
    const words = name.replace(UNIT, '').replaceAll('_', ' ');
    return [words, unit === undefined ? valueText(name, value) : `${valueText(name, value)} ${unit}`];
  });

/** How many epochs a run plans, else those that are there. */
export const plannedEpochs = (parameters: Settings, done: number): number => {
  const epochs = flat(parameters)['epochs'];
  return typeof epochs === 'number' ? epochs : done;
};
