// Passkeys: whether this page can have them, and what the browser is asked. Browsers that cannot read and write the JSON
// of WebAuthn by themselves are helped.
import { Refusal } from "./api.js";
import { text } from "./texts.js";

const { passkeys, address } = document.getElementById("steps").dataset;

/** Why there are no passkeys on this page; undefined if there are. */
export const whyNot = () => {
  if (!passkeys) return text("passkey_no_address", { address });
  if (location.origin !== address) return text("passkey_other_address", { address });
  if (!window.isSecureContext || !window.PublicKeyCredential) return text("passkey_no_browser");
  return undefined;
};

/** Whether one is enough to sign in. */
export const isEnough = passkeys === "enough";

/** Whether the browser proposes passkeys beside names. */
export const isProposed = async () => {
  if (!isEnough || whyNot()) return false;
  return (await PublicKeyCredential.isConditionalMediationAvailable?.()) ?? false;
};

const bytes = (base64url) => {
  const binary = atob(base64url.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
};

const base64url = (buffer) => {
  const binary = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(binary).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
};

const listed = (credentials = []) => credentials.map((one) => ({ ...one, id: bytes(one.id) }));

const requestOptions = (json) =>
  PublicKeyCredential.parseRequestOptionsFromJSON?.(json) ?? {
    ...json,
    challenge: bytes(json.challenge),
    allowCredentials: listed(json.allowCredentials),
  };

const creationOptions = (json) =>
  PublicKeyCredential.parseCreationOptionsFromJSON?.(json) ?? {
    ...json,
    challenge: bytes(json.challenge),
    user: { ...json.user, id: bytes(json.user.id) },
    excludeCredentials: listed(json.excludeCredentials),
  };

const written = (credential) => {
  if (credential.toJSON) return JSON.stringify(credential.toJSON());
  const { id, rawId, type, response, authenticatorAttachment } = credential;
  const answer = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (response[name]) answer[name] = base64url(response[name]);
  }
  if (response.getTransports) answer.transports = response.getTransports();
  const clientExtensionResults = credential.getClientExtensionResults();
  return JSON.stringify({
    id,
    rawId: base64url(rawId),
    type,
    response: answer,
    authenticatorAttachment,
    clientExtensionResults,
  });
};

/** What the browser does, with its errors in plain words. */
const inWords = async (work) => {
  try {
    return written(await work());
  } catch (error) {
    if (error.name === "AbortError") throw error;
    if (error.name === "InvalidStateError") throw new Refusal(text("passkey_there"));
    if (error.name === "NotAllowedError") throw new Refusal(text("passkey_not_shown"));
    throw new Refusal(text("passkey_failed", { reason: error.message }));
  }
};

/** Asks for a passkey; the answer is text for the server. */
export const show = (json, more = {}) =>
  inWords(() => navigator.credentials.get({ publicKey: requestOptions(json), ...more }));

/** Asks to make one; the answer is text for the server. */
export const create = (json) =>
  inWords(() => navigator.credentials.create({ publicKey: creationOptions(json) }));
