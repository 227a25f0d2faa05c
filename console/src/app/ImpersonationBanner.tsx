import { Box, Button, Group, Text } from "@mantine/core";
import { IconMask } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useLayoutEffect, useRef } from "react";
import { useTranslations } from "use-intl";
import { client } from "~/api/client.ts";
import { tellFailed } from "~/common/tell.tsx";
import { useMe } from "./session.ts";

/** How high the banner is, for all that has to stand below it; see `console.css`. */
const HEIGHT = "--banner-height";

/** Says in whose place one acts: above everything on every page, dialogs included, as long as it lasts. */
export function ImpersonationBanner() {
  const { impersonator } = useMe();
  return impersonator ? <Banner impersonator={impersonator} /> : null;
}

function Banner({ impersonator }: { impersonator: string }) {
  const t = useTranslations("app.impersonation");
  const { username, realm } = useMe();
  const banner = useRef<HTMLDivElement>(null);
  const end = useMutation({
    mutationFn: () => client.POST("/auth/impersonation/end"),
    // Everything that was read belongs to somebody else.
    onSuccess: () => location.assign("/console/"),
    onError: tellFailed,
  });
  useLayoutEffect(() => {
    const { current } = banner;
    if (!current) return;
    const root = document.documentElement.style;
    const measure = () => root.setProperty(HEIGHT, `${current.offsetHeight}px`);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(current);
    return () => {
      observer.disconnect();
      root.removeProperty(HEIGHT);
    };
  }, []);
  return (
    <Box ref={banner} component="section" className="banner" aria-label={t("label")}>
      <Group justify="space-between" wrap="nowrap" gap="sm">
        <IconMask size={22} aria-hidden className="banner-sign" />
        <Text size="sm" className="told" lineClamp={3} flex={1} role="status">
          {t("told", { user: `${username}@${realm ?? ""}`, impersonator })}
        </Text>
        <Button color="dark" size="xs" flex="none" loading={end.isPending} onClick={() => end.mutate()}>
          {t("end")}
        </Button>
      </Group>
    </Box>
  );
}
