import { useMantineColorScheme } from '@mantine/core';

/** echarts measures text on a canvas, where 'inherit' means nothing. */
export const CHART_FONT = "Inter, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif";

/** Colours of axes and text. */
export interface Ink {
  text: string;
  strong: string;
  line: string;
  surface: string;
}

const DARK: Ink = { text: '#9aa3ad', strong: '#e6e8eb', line: '#2a2f36', surface: '#20242a' };
/** Also the ink of saved figures. */
export const LIGHT: Ink = { text: '#59626c', strong: '#16191d', line: '#dde1e5', surface: '#ffffff' };

/** The ink of the colour scheme at hand; the same object as long as the scheme stays. */
export const useChartInk = (): Ink => (useMantineColorScheme().colorScheme === 'light' ? LIGHT : DARK);
