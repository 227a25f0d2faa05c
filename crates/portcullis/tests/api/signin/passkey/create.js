const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(input);
const made = await navigator.credentials.create({ publicKey });
return JSON.stringify(made.toJSON());
