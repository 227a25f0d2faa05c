const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(input);
const shown = await navigator.credentials.get({ publicKey });
return JSON.stringify(shown.toJSON());
