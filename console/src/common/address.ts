import { useMemo } from "react";
import { navigate, usePathname, useSearch } from "wouter/use-browser-location";

/** Parts of an address by name; what is empty or undefined is taken away. */
export type Changes = Readonly<Record<string, string | undefined>>;

/**
 * The parameters of the address, and how to change some of them, with a way back unless it `replaces`. The router's own
 * hooks decode addresses once too often for names that hold a `%`, `&` or `+`.
 */
export function useParameters(): [URLSearchParams, (changes: Changes, replaces?: boolean) => void] {
  const search = useSearch();
  const parameters = useMemo(() => new URLSearchParams(search), [search]);
  return [parameters, change];
}

function change(changes: Changes, replaces = false) {
  // As it stands now: two changes may come before the page is drawn anew.
  const parts = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(changes)) {
    if (value) parts.set(name, value);
    else parts.delete(name);
  }
  navigate(withParameters(location.pathname, parts), { replace: replaces });
}

/** A part of the address behind the `?`, and how to change it in its place. */
export function useInAddress(name: string): [string, (value: string) => void] {
  const [parameters, change] = useParameters();
  return [parameters.get(name) ?? "", (value) => change({ [name]: value }, true)];
}

/** An address with parameters; without a `?` if there are none. */
export function withParameters(
  path: string,
  parameters: URLSearchParams | Readonly<Record<string, string>>,
): string {
  const text = new URLSearchParams(parameters).toString();
  return text === "" ? path : `${path}?${text}`;
}

/** The names in the path below `/console/{section}/`, as they are. */
export function useNames(): readonly string[] {
  return usePathname().split("/").slice(3).map(decode);
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
