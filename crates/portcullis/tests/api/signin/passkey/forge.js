// An assertion that is signed with the key of a passkey, whatever it says.
const bytes = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
const text = (data) =>
  btoa(String.fromCharCode(...data)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
const utf8 = (string) => new TextEncoder().encode(string);
const sha256 = async (data) => new Uint8Array(await crypto.subtle.digest('SHA-256', data));

const { type, challenge, origin, crossOrigin } = input;
const clientData = utf8(JSON.stringify({ type, challenge, origin, crossOrigin }));
const count = [24, 16, 8, 0].map((shift) => (input.count >>> shift) & 0xff);
const authenticatorData = new Uint8Array([...(await sha256(utf8(input.rpId))), input.flags, ...count]);
const signed = new Uint8Array([...authenticatorData, ...(await sha256(clientData))]);

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const key = await crypto.subtle.importKey('pkcs8', bytes(input.privateKey), algorithm, false, ['sign']);
const raw = new Uint8Array(await crypto.subtle.sign(algorithm, key, signed));
// From the two numbers in a row to DER.
const number = (part) => {
  const digits = [...part.slice(part.findIndex((byte) => byte !== 0))];
  const positive = digits[0] & 0x80 ? [0, ...digits] : digits;
  return [2, positive.length, ...positive];
};
const numbers = [...number(raw.slice(0, 32)), ...number(raw.slice(32))];
const id = text(bytes(input.credentialId));
return JSON.stringify({
  id,
  rawId: id,
  type: 'public-key',
  clientExtensionResults: {},
  response: {
    authenticatorData: text(authenticatorData),
    clientDataJSON: text(clientData),
    signature: text(new Uint8Array([0x30, numbers.length, ...numbers])),
    ...(input.userHandle ? { userHandle: text(bytes(input.userHandle)) } : {}),
  },
});
