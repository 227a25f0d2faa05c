import { usePathname, useSearch } from "wouter/use-browser-location";

/**
 * A part of the address behind the `?`, and how to change it; empty, it is left out. The router's own hooks decode
 * addresses once too often for names that hold a `%`.
 */
export function useInAddress(name: string): [string, (value: string) => void] {
  const value = new URLSearchParams(useSearch()).get(name) ?? "";
  const change = (text: string) => {
    const parts = new URLSearchParams(location.search);
    if (text === "") parts.delete(name);
    else parts.set(name, text);
    const search = parts.toString();
    history.replaceState(null, "", location.pathname + (search && `?${search}`));
  };
  return [value, change];
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
