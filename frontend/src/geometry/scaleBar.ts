const STEPS = [1, 2, 5];

/** The longest bar of 1, 2 or 5 times a power of ten mm that is no longer than the room there is. */
export function scaleBarMm(mmPerPixel: number, roomPixels: number): number {
  const roomMm = mmPerPixel * roomPixels;
  if (!(roomMm > 0) || !Number.isFinite(roomMm)) return 0;
  const decade = 10 ** Math.floor(Math.log10(roomMm));
  const step = STEPS.filter((candidate) => candidate * decade <= roomMm * (1 + 1e-9)).at(-1) ?? 1;
  return step * decade;
}

/** Words for a bar: mm, or cm from 10 mm on. */
export const scaleBarText = (mm: number): string => (mm >= 10 ? `${mm / 10} cm` : `${Number(mm.toPrecision(1))} mm`);
