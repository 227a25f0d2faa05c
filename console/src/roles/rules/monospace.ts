/** For fields whose text is code. */
export const MONOSPACE = { input: { fontFamily: "var(--mantine-font-family-monospace)" } } as const;
