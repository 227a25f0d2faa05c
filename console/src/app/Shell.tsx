import { AppShell, Box, Burger, Group, NavLink, ScrollArea, Text, UnstyledButton } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { Suspense, useEffect, useRef } from "react";
import { useTranslations } from "use-intl";
import { Link, Route, Switch, useLocation } from "wouter";
import { Waiting } from "~/common/Waiting.tsx";
import { Boundary } from "./Boundary.tsx";
import { Home } from "./Home.tsx";
import { ImpersonationBanner } from "./ImpersonationBanner.tsx";
import { Lost } from "./Lost.tsx";
import { Texts } from "./language.tsx";
import { HOME, SECTIONS } from "./navigation.ts";
import { PAGES } from "./pages.tsx";
import portcullis from "./portcullis.svg";
import { UserMenu } from "./UserMenu.tsx";

/** The frame of all pages: banner, header, navigation, and the page itself. */
export function Shell() {
  const t = useTranslations("app");
  const [location] = useLocation();
  const [open, { toggle, close }] = useDisclosure(false);
  const main = useRef<HTMLElement>(null);
  const before = useRef(location);
  useEffect(() => {
    if (before.current === location) return;
    const elsewhere = sectionOf(before.current) !== sectionOf(location);
    before.current = location;
    close();
    // Who does not see the page is told that it is another one; within a section the focus stays where it is, if it can.
    if (elsewhere || document.activeElement === document.body) main.current?.focus();
  }, [location, close]);
  return (
    <>
      <a className="skip" href="#main">
        {t("skip")}
      </a>
      <ImpersonationBanner />
      <AppShell
        header={{ height: "calc(56px + var(--banner-height, 0px))" }}
        navbar={{ width: 230, breakpoint: "sm", collapsed: { mobile: !open } }}
        padding={{ base: "md", md: "xl" }}
      >
        <AppShell.Header pt="var(--banner-height, 0px)">
          <Group h="100%" px="md" justify="space-between" wrap="nowrap">
            <Group gap="sm" wrap="nowrap">
              <Burger opened={open} onClick={toggle} hiddenFrom="sm" size="sm" aria-label={t("menu")} />
              <UnstyledButton component={Link} href="/">
                <Group gap="xs" wrap="nowrap">
                  <img src={portcullis} alt="" width={26} height={26} />
                  <Text fw={700} visibleFrom="xs">
                    Portcullis
                  </Text>
                </Group>
              </UnstyledButton>
            </Group>
            <UserMenu />
          </Group>
        </AppShell.Header>
        <AppShell.Navbar p="xs" aria-label={t("sections")}>
          <AppShell.Section grow component={ScrollArea}>
            {[HOME, ...SECTIONS].map(({ path, text, Icon }) => {
              const here = path === "/" ? location === "/" : location.startsWith(path);
              return (
                <NavLink
                  key={path}
                  component={Link}
                  href={path}
                  label={t(`navigation.${text}`)}
                  leftSection={<Icon size={18} stroke={1.7} aria-hidden />}
                  active={here}
                  aria-current={here ? "page" : undefined}
                  variant="light"
                />
              );
            })}
          </AppShell.Section>
        </AppShell.Navbar>
        <AppShell.Main>
          <Box component="section" id="main" ref={main} tabIndex={-1} style={{ outline: "none" }}>
            <Boundary at={location}>
              <Suspense fallback={<Waiting />}>
                <Switch>
                  <Route path="/" component={Home} />
                  {PAGES.map(({ section, Page }) => (
                    <Route key={section} path={`/${section}/*?`}>
                      <Texts section={section}>
                        <Page />
                      </Texts>
                    </Route>
                  ))}
                  <Route component={Lost} />
                </Switch>
              </Suspense>
            </Boundary>
          </Box>
        </AppShell.Main>
      </AppShell>
    </>
  );
}

function sectionOf(location: string): string {
  return location.split("/")[1] ?? "";
}
