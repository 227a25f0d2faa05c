import { type CSSVariablesResolver, createTheme, ModalHeader, NavLink } from "@mantine/core";

export const theme = createTheme({
  primaryColor: "blue",
  primaryShade: { light: 8, dark: 8 },
  autoContrast: true,
  defaultRadius: "md",
  cursorType: "pointer",
  respectReducedMotion: true,
  fontFamily: "system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif",
  components: {
    // Its element is the landmark of a whole page, which the head of a dialog is not.
    ModalHeader: ModalHeader.extend({ defaultProps: { role: "presentation" } }),
    NavLink: NavLink.extend({ styles: { description: { opacity: 1 } } }),
  },
  fontFamilyMonospace: "ui-monospace, SFMono-Regular, Menlo, Consolas, monospace",
});

/** Where the library's own colours have a contrast below 4.5. */
export const readable: CSSVariablesResolver = ({ colors }) => ({
  variables: {},
  light: {
    "--mantine-color-anchor": colors.blue[9],
    "--mantine-color-dimmed": colors.gray[7],
    "--mantine-color-placeholder": colors.gray[6],
    "--mantine-color-error": colors.red[9],
  },
  dark: {
    "--mantine-color-dimmed": colors.dark[1],
    "--mantine-color-placeholder": colors.dark[2],
    "--mantine-color-error": colors.red[5],
  },
});
