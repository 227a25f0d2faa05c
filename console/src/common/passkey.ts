/** Passkeys of the browser (WebAuthn), in the JSON that the server speaks. */

/** Why there can be no passkey here; nothing if there can. */
export function obstacle(): "insecure" | "address" | "browser" | undefined {
  if (!globalThis.isSecureContext) return "insecure";
  // Passkeys belong to a name: an address has none.
  if (/^[\d.]+$|^\[/.test(location.hostname)) return "address";
  return typeof globalThis.PublicKeyCredential?.parseCreationOptionsFromJSON === "function"
    ? undefined
    : "browser";
}

/** Has the browser make a passkey; what it answers, as the text that the server takes. */
export async function makePasskey(options: object): Promise<string> {
  // The server has written what the browser reads; the API's document says no more than that it is an object.
  const json = options as PublicKeyCredentialCreationOptionsJSON;
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(json);
  return answered(await navigator.credentials.create({ publicKey }));
}

/** Has the browser show a passkey; what it answers, as the text that the server takes. */
export async function showPasskey(options: object): Promise<string> {
  const json = options as PublicKeyCredentialRequestOptionsJSON;
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(json);
  return answered(await navigator.credentials.get({ publicKey }));
}

/** Whether it was the user who broke it off, or the time that was up: nothing to be told as a failure. */
export function isGivenUp(error: unknown): boolean {
  return error instanceof DOMException && (error.name === "NotAllowedError" || error.name === "AbortError");
}

/** Whether the device has a passkey of this account already. */
export function isMadeAlready(error: unknown): boolean {
  return error instanceof DOMException && error.name === "InvalidStateError";
}

function answered(credential: Credential | null): string {
  if (!(credential instanceof PublicKeyCredential)) throw new DOMException("none was chosen", "AbortError");
  return JSON.stringify(credential.toJSON());
}
