/** What stands in the address after `?`, so that a filter can be kept and sent. */

import { useLocation, useSearch } from "wouter";

type Changes = Readonly<Record<string, string | undefined>>;

/** The parameters, and how to change some of them: undefined takes one away. */
export function useAddress(): [URLSearchParams, (changes: Changes) => void] {
  const [path, navigate] = useLocation();
  const search = useSearch();
  const params = new URLSearchParams(search);
  const change = (changes: Changes) => {
    const next = new URLSearchParams(search);
    for (const [name, value] of Object.entries(changes)) {
      if (value === undefined) next.delete(name);
      else next.set(name, value);
    }
    navigate(withParameters(path, next), { replace: true });
  };
  return [params, change];
}

/** An address with parameters; without a `?` if there are none. */
export function withParameters(
  path: string,
  params: URLSearchParams | Readonly<Record<string, string>>,
): string {
  const text = new URLSearchParams(params).toString();
  return text === "" ? path : `${path}?${text}`;
}

/** The page of a role. */
export function roleAddress(id: string): string {
  return `/roles/role/${encodeURIComponent(id)}`;
}
