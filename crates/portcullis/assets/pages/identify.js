// The first step: name and password, or a passkey; and the same once more where a fresh sign-in is wanted.
import { post, Refusal } from "./api.js";
import { beginAgain, proceed } from "./challenge.js";
import { announce, attempt, onSend } from "./fields.js";
import * as passkeys from "./passkeys.js";
import { flow, instead, onReturn, start, step } from "./steps.js";
import { text } from "./texts.js";

const { realm: wantedRealm } = document.getElementById("steps").dataset;
const TYPED = "portcullis-sign-in";
const REALM = "portcullis-realm";

const form = step("identify").querySelector("form");
const field = (name) => form.elements.namedItem(name);
const again = step("again").querySelector("form");

/** How the session is to be kept: said with the first step, whichever that is. */
const kept = () => {
  const realm = field("realm")?.value.trim();
  return {
    session: "cookie",
    ...(realm ? { realm } : {}),
    ...(field("remember")?.checked ? { remember: true } : {}),
  };
};

onSend(form, async () => {
  flow.username = field("authentication_id").value.trim();
  flow.password = field("secret").value;
  const input = { type: "password", authentication_id: flow.username, secret: flow.password, ...kept() };
  await begun(await post("/auth/login", input));
});

onSend(again, async () => {
  flow.password = again.elements.namedItem("secret").value;
  await begun(await stepUp({ type: "password", secret: flow.password }));
});

const begun = async (answer) => {
  keepRealm();
  // From here on the browser is asked for other things.
  proposing.abort("begun");
  await proceed(answer);
};

/** Signs in again for the session that there is; without one, the sign-in is a new one. */
const stepUp = async (input) => {
  try {
    return await post("/auth/reauthenticate", input);
  } catch (refusal) {
    if (!(refusal instanceof Refusal) || !refusal.code) throw refusal;
    flow.first = "identify";
    beginAgain(text("session_over"));
    return undefined;
  }
};

/** The ceremony that the browser keeps open for names that it proposes. */
let proposing = new AbortController();

/** Shows a passkey, and signs in with it. */
const signInByPasskey = async (more = {}) => {
  const begin = await post("/auth/passkey");
  const secret = await passkeys.show(begin.public_key, more);
  const shown = { type: "passkey", authentication_id: begin.token, secret };
  flow.password = "";
  await begun(flow.first === "again" ? await stepUp(shown) : await post("/auth/login", { ...shown, ...kept() }));
};

/** Lets the browser propose passkeys where the name is typed; what was begun is over after a while, and begun again. */
const propose = async () => {
  if (!(await passkeys.isProposed())) return;
  proposing = new AbortController();
  const renewed = setTimeout(() => proposing.abort("renew"), 240_000);
  try {
    await signInByPasskey({ mediation: "conditional", signal: proposing.signal });
  } catch (refusal) {
    if (proposing.signal.reason === "renew") return void propose();
    // Nobody has asked for it: a browser that proposes none is no error. A passkey that is not taken is.
    if (refusal instanceof Refusal && refusal.status === 401) {
      await attempt(byPasskey("identify"), () => Promise.reject(refusal));
      return void propose();
    }
  } finally {
    clearTimeout(renewed);
  }
  return undefined;
};

const byPasskey = (id) => step(id).querySelector(".by-passkey");

/** Offers what can work, and tells why where it cannot. */
const offer = (id) => {
  const why = passkeys.whyNot();
  byPasskey(id).hidden = Boolean(why) || !passkeys.isEnough;
  const box = step(id).querySelector("details.no-passkey");
  if (!box) return;
  box.hidden = !why;
  box.querySelector("p").textContent = why ?? "";
};

for (const id of ["identify", "again"]) {
  const box = byPasskey(id);
  box.querySelector("[data-passkey]").addEventListener("click", () =>
    attempt(box, () => {
      proposing.abort("button");
      return signInByPasskey();
    }),
  );
  onReturn(id, () => {
    if (!flow.isOver && id === "identify") propose();
    return !flow.isOver;
  });
  offer(id);
}

/** What this browser remembers brings its user back; else he signs in. */
const restore = async () => {
  try {
    await proceed(await post("/auth/remember"));
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) throw refusal;
    instead("identify");
    propose();
    announce(refusal.status === 401 ? text("remember_over") : refusal.message);
  }
};

step("restore").querySelector("[data-to]").addEventListener("click", () => instead("identify"));

/** The realm of the last sign-in is the one of the next. */
const keepRealm = () => {
  const realm = field("realm");
  if (!realm) return;
  if (realm.value.trim()) localStorage.setItem(REALM, realm.value.trim());
  else localStorage.removeItem(REALM);
};

/** Nothing that was typed is lost by choosing another language; a password is kept nowhere. */
const refill = () => {
  const typed = JSON.parse(sessionStorage.getItem(TYPED) ?? "{}");
  sessionStorage.removeItem(TYPED);
  field("authentication_id").value ||= typed.username ?? "";
  if (field("remember") && typed.remember) field("remember").checked = true;
  const realm = wantedRealm || typed.realm || localStorage.getItem(REALM);
  if (!field("realm") || !realm) return;
  field("realm").value = realm;
  document.getElementById("elsewhere").open = true;
};

for (const link of document.querySelectorAll("#languages a, #forgot")) {
  link.addEventListener("click", () => {
    const typed = {
      username: field("authentication_id").value,
      realm: field("realm")?.value,
      remember: field("remember")?.checked,
    };
    sessionStorage.setItem(TYPED, JSON.stringify(typed));
  });
}

/** Begins with the step that the server says. */
export const begin = (id) => {
  refill();
  if (id === "again") flow.first = "again";
  start(id);
  if (id === "identify") propose();
  if (id === "restore") restore();
};

