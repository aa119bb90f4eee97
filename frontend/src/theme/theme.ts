import {
  Badge, Button, Card, createTheme, type CSSVariablesResolver, type MantineColorsTuple, Modal, Table, Tooltip,
} from '@mantine/core';

/** Neutral greys without a hue: nothing on screen tints the image beside it. */
const grey: MantineColorsTuple = [
  '#e6e8eb', '#c4cad0', '#9aa3ad', '#808993', '#33393f', '#2a2f36', '#20242a', '#16191d', '#121417', '#0e1013',
];

const teal: MantineColorsTuple = [
  '#e3f6f3', '#c3ebe5', '#9cddd4', '#74cec2', '#57bfb2', '#3aa99c', '#23897e', '#18756b', '#12615a', '#0c4a45',
];

const amber: MantineColorsTuple = [
  '#fff5df', '#fbe6b6', '#f6d58a', '#f0c361', '#e9b244', '#d99a24', '#a8730f', '#8a5c08', '#6d4804', '#523501',
];

export const theme = createTheme({
  colors: { dark: grey, teal, amber },
  primaryColor: 'teal',
  primaryShade: { light: 7, dark: 7 },
  fontFamily: "Inter, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, system-ui, sans-serif",
  fontFamilyMonospace: "ui-monospace, 'SF Mono', Menlo, Consolas, 'Liberation Mono', monospace",
  fontSizes: { xs: '12.5px', sm: '14px', md: '15px', lg: '17px', xl: '20px' },
  lineHeights: { xs: '1.4', sm: '1.45', md: '1.5', lg: '1.5', xl: '1.4' },
  spacing: { xs: '8px', sm: '12px', md: '16px', lg: '24px', xl: '32px' },
  radius: { xs: '2px', sm: '4px', md: '6px', lg: '8px', xl: '12px' },
  defaultRadius: 'md',
  headings: {
    fontWeight: '600',
    sizes: {
      h1: { fontSize: '22px', lineHeight: '1.3' },
      h2: { fontSize: '16px', lineHeight: '1.4' },
      h3: { fontSize: '15px', lineHeight: '1.4' },
    },
  },
  respectReducedMotion: true,
  cursorType: 'pointer',
  focusRing: 'auto',
  components: {
    Button: Button.extend({ defaultProps: { size: 'sm' } }),
    Badge: Badge.extend({ defaultProps: { variant: 'default', radius: 'sm', tt: 'none', fw: 500 } }),
    Card: Card.extend({ defaultProps: { withBorder: true, padding: 'md', radius: 'lg' } }),
    Modal: Modal.extend({
      defaultProps: { transitionProps: { duration: 120, transition: 'fade' }, centered: true, radius: 'lg' },
    }),
    Table: Table.extend({ defaultProps: { verticalSpacing: 8, horizontalSpacing: 12, fz: 'sm' } }),
    Tooltip: Tooltip.extend({
      defaultProps: { openDelay: 250, transitionProps: { duration: 80 }, multiline: true, maw: 360, events: { hover: true, focus: true, touch: true } },
    }),
  },
});

export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  dark: {
    '--mantine-color-body': '#0e1013',
    '--mantine-color-text': '#e6e8eb',
    '--mantine-color-dimmed': '#9aa3ad',
    '--mantine-color-placeholder': '#808993',
    '--mantine-color-error': '#ff8787',
    '--mantine-color-default': '#16191d',
    '--mantine-color-default-hover': '#20242a',
    '--mantine-color-default-border': '#33393f',
    '--mantine-color-anchor': '#74cec2',
    '--radicula-surface': '#16191d',
    '--radicula-raised': '#20242a',
    '--radicula-line': '#2a2f36',
    '--radicula-control': '#5c656f',
    '--radicula-accent': '#57bfb2',
    '--radicula-amber': '#e9b244',
    '--radicula-red': '#ff8787',
    '--radicula-accepted': '#3aa99c',
    '--radicula-submitted': '#9cddd4',
    '--radicula-in-progress': '#5f7f94',
    '--radicula-todo': '#3b424a',
  },
  light: {
    '--mantine-color-body': '#ffffff',
    '--mantine-color-text': '#16191d',
    '--mantine-color-dimmed': '#59626c',
    '--mantine-color-default-border': '#d3d8dd',
    '--mantine-color-anchor': '#12615a',
    '--radicula-surface': '#f6f7f8',
    '--radicula-raised': '#eceef0',
    '--radicula-line': '#dde1e5',
    '--radicula-control': '#868e96',
    '--radicula-accent': '#18756b',
    '--radicula-amber': '#8a5c08',
    '--radicula-red': '#c92a2a',
    '--radicula-accepted': '#18756b',
    '--radicula-submitted': '#74cec2',
    '--radicula-in-progress': '#7f97a8',
    '--radicula-todo': '#cfd5da',
  },
});
