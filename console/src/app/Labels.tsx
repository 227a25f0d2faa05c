import { type MantineThemeOverride, MantineThemeProvider } from "@mantine/core";
import { type ReactNode, useMemo } from "react";
import { useTranslations } from "use-intl";

/** Gives the buttons that the library itself draws their names, in the language of the user. */
export function Labels({ children }: { children: ReactNode }) {
  const t = useTranslations("app.do");
  const close = t("close");
  const theme = useMemo<MantineThemeOverride>(() => {
    const button = { "aria-label": close };
    return {
      components: {
        Notification: { defaultProps: { closeButtonProps: button } },
        ModalCloseButton: { defaultProps: button },
        DrawerCloseButton: { defaultProps: button },
        // Its element is the landmark of a whole page, which the head of a dialog is not.
        ModalHeader: { defaultProps: { role: "presentation" } },
        DrawerHeader: { defaultProps: { role: "presentation" } },
      },
    };
  }, [close]);
  return (
    <MantineThemeProvider theme={theme} inherit>
      {children}
    </MantineThemeProvider>
  );
}
