/**
 * The policy of the page has browsers refuse text where markup is taken (Trusted Types). Only one such place is left in
 * the libraries: the text of a style sheet, which holds no markup. Everything else is refused, also if a mistake lets
 * it come so far.
 */
interface TrustedTypes {
  createPolicy(name: string, rules: { createHTML(text: string): string }): unknown;
}

const types = (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes;
types?.createPolicy("default", {
  createHTML(text) {
    if (text.includes("<")) throw new TypeError("markup as text is refused");
    return text;
  },
});
