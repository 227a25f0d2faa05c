import { setNonce } from "get-nonce";

/** The value that the policy of this page lets styles in by. */
export const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? "";

// The library that keeps the page behind a dialog from scrolling takes it from here.
setNonce(nonce);
