// A factor for whoever needs one and has none, in the course of the sign-in.
import { post } from "./api.js";
import { reply, sending, tellSent, unlessOver } from "./challenge.js";
import { attempt, onSend } from "./fields.js";
import * as passkeys from "./passkeys.js";
import { advance, flow, go, onReturn, step } from "./steps.js";

const choice = step("enrol");

/** Asks which type of factor it shall be; of a single one there is no choice. */
export const chooseFactor = ({ options: { methods } }) => {
  const why = passkeys.whyNot();
  for (const way of choice.querySelectorAll("[data-way]")) {
    const isPasskey = way.dataset.way === "passkey";
    way.parentElement.hidden = !methods.includes(way.dataset.way);
    way.disabled = isPasskey && Boolean(why);
  }
  const place = choice.querySelector(".no-passkey");
  place.hidden = !(why && methods.includes("passkey"));
  place.textContent = why ?? "";
  advance("enrol");
};

/** Makes one; undefined if the sign-in has to begin again. */
const make = async (type, more = {}) => {
  try {
    return await post("/auth/enrol", { token: flow.challenge.token, type, ...more });
  } catch (refusal) {
    await unlessOver(refusal);
    return undefined;
  }
};

/** What is done first to make a factor of each type. */
const beginnings = {
  passkey: async () => go("enrol-passkey"),
  sms: async () => go("enrol-sms"),
  totp: async () => {
    const made = await make("totp");
    if (!made) return;
    const section = step("enrol-totp");
    section.querySelector("img").src = `data:image/svg+xml,${encodeURIComponent(made.qr_code ?? "")}`;
    section.querySelector(".qr").hidden = !made.qr_code;
    document.getElementById("open-app").href = made.uri;
    document.getElementById("key").textContent = made.key.replace(/(.{4})(?=.)/g, "$1 ");
    go("enrol-totp");
  },
  email: async () => sent("email", {}),
};

/** A code goes out to what is to be a factor; whoever asks for another one makes it again. */
const sent = async (type, more) => {
  const made = await make(type, more);
  if (!made) return;
  const section = step(type);
  section.querySelector(".other-ways").hidden = true;
  section.querySelector("input[name=secret]").value = "";
  tellSent(section, made);
  sending.again = async () => {
    const again = await make(type, more);
    return again && { options: again };
  };
  go(type);
};

for (const button of choice.querySelectorAll("[data-way]")) {
  button.addEventListener("click", () => attempt(choice, beginnings[button.dataset.way]));
}

const appForm = step("enrol-totp").querySelector("form");
onSend(appForm, () => reply("totp", appForm.elements.namedItem("secret").value.replace(/[\s-]/g, "")));

const phoneForm = step("enrol-sms").querySelector("form");
onSend(phoneForm, () => sent("sms", { phone: phoneForm.elements.namedItem("phone").value.replace(/[\s()/.-]/g, "") }));

step("enrol-passkey").querySelector("[data-create]").addEventListener("click", () =>
  attempt(step("enrol-passkey"), async () => {
    const made = await make("passkey");
    if (made) await reply("passkey", await passkeys.create(made.public_key));
  }),
);

const isEnrolling = () => !flow.isOver && flow.challenge?.type === "enrol";
for (const id of ["enrol", "enrol-totp", "enrol-sms", "enrol-passkey"]) onReturn(id, isEnrolling);
