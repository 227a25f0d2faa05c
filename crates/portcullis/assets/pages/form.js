// A page that asks for some fields, and sends them to its own address; with the secret of a link, if it stands behind one.
import { post } from "./api.js";
import { announce, onSend } from "./fields.js";
import { text } from "./texts.js";

const form = document.getElementById("form");
const isBehindLink = form?.hasAttribute("data-secret");
// Browsers send nobody what stands behind "#"; from here on it is in no history either.
const secret = decoded(location.hash.slice(1));
history.replaceState(null, "", location.pathname + location.search);

function decoded(hash) {
  try {
    return decodeURIComponent(hash);
  } catch {
    return hash;
  }
}

const show = (id) => {
  form.hidden = true;
  const words = document.getElementById(id);
  words.hidden = false;
  words.focus();
  announce(words.textContent);
};

/** Whoever has set the server up goes on as its first user. */
const enter = async ({ username, password }) => {
  const input = { type: "password", authentication_id: username, secret: password, realm: "main", session: "cookie" };
  const { challenge, password_change_required: mustChange } = await post("/auth/login", input);
  location.replace(challenge || mustChange ? "/auth/login" : "/console/");
};

const send = async () => {
  const typed = Object.fromEntries([...new FormData(form)].filter(([, words]) => words !== ""));
  const input = isBehindLink && secret ? { ...typed, token: secret } : typed;
  const told = await post(location.pathname, input);
  if (location.pathname === "/auth/setup") {
    announce(text("set_up"));
    await enter(typed).catch(() => show("done"));
  } else {
    show(told.complete === false ? "half" : "done");
  }
};

/** A field that a link fills need not be typed. */
const prepare = () => {
  const token = form.elements.namedItem("token");
  const isWhole = secret !== "" || token !== null || !isBehindLink;
  if (token && secret) token.closest(".field").remove();
  form.hidden = !isWhole;
  const incomplete = document.getElementById("incomplete");
  if (incomplete) incomplete.hidden = isWhole;
  const realm = form.elements.namedItem("realm");
  if (realm) realm.value = document.querySelector("[data-realm]").dataset.realm;
  const kept = JSON.parse(sessionStorage.getItem("portcullis-sign-in") ?? "{}");
  const name = form.elements.namedItem("authentication_id");
  if (name) name.value ||= kept.username ?? "";
  const first = [...form.elements].find((element) => element.matches("input") && !element.value);
  if (isWhole) first?.focus();
  onSend(form, send);
};

if (form) prepare();

// Another language is another page: the secret goes along.
for (const link of document.querySelectorAll("#languages a")) {
  link.addEventListener("click", () => {
    if (secret) link.hash = encodeURIComponent(secret);
  });
}
