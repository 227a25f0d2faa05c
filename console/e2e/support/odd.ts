/** Text that a page must show as it is, whatever it looks like. */
export const ODD = {
  script: `<script>alert(1)</script><img src=x onerror="alert(2)">`,
  quotes: `"'\`; DROP TABLE x; -- {{7*7}} \${7*7} </textarea>`,
  rightToLeft: "\u202Eevil\u202C \u05E9\u05DC\u05D5\u05DD \u200Bzero",
  emoji: "👩‍👩‍👧‍👦 🏴‍☠️ ÅÅ ﷽",
  long: "W".repeat(120),
} as const;

/** All of them, by what is odd about them. */
export const ODDITIES = Object.entries(ODD);
