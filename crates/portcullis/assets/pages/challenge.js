// What a sign-in asks for after the first step: a code, a passkey, one of several ways.
import { post, Refusal } from "./api.js";
import { attempt, onSend, say } from "./fields.js";
import { chooseFactor } from "./enrol.js";
import { finish, keepCodes } from "./finish.js";
import * as passkeys from "./passkeys.js";
import { advance, flow, go, instead, onReturn, step } from "./steps.js";
import { clock, text } from "./texts.js";

const OVER = "The sign-in has to begin again.";
const SENT = ["email", "sms"];
const CODES = ["totp", "recovery", ...SENT];
let ending;

/** Goes on with what a step has led to: the next one, or the end. */
export const proceed = async (answer) => {
  if (!answer) return;
  const { challenge } = answer;
  if (!challenge) {
    clearTimeout(ending);
    await finish(answer);
    return;
  }
  hold(challenge);
  if (challenge.recovery_codes?.length) keepCodes(challenge.recovery_codes, () => pose(challenge));
  else pose(challenge);
};

/** A challenge waits for some minutes; then the sign-in begins again. */
const hold = (challenge) => {
  flow.challenge = challenge;
  flow.endsAt = Date.now() + challenge.expires_in * 1000;
  clearTimeout(ending);
  ending = setTimeout(() => beginAgain(text("too_long")), challenge.expires_in * 1000);
};

/** Back to the first step, with the reason. */
export const beginAgain = (why) => {
  clearTimeout(ending);
  flow.challenge = undefined;
  instead(flow.first);
  say(step(flow.first).querySelector("form"), why);
};

const pose = (challenge) => {
  sending.again = another;
  if (challenge.type === "enrol") chooseFactor(challenge);
  else advance(prepare(challenge));
};

/** Makes the step of a challenge ready, and gives back its name. */
const prepare = ({ type, options }) => {
  const section = step(type);
  section.querySelector(".other-ways").hidden = options.methods.length < 2;
  if (type === "passkey") preparePasskey(section, options);
  else emptyCode(section);
  if (SENT.includes(type)) tellSent(section, options);
  return type;
};

const emptyCode = (section) => {
  section.querySelector("input[name=secret]").value = "";
};

const preparePasskey = (section, options) => {
  const why = passkeys.whyNot() ?? (options.public_key ? undefined : text("passkey_none"));
  const place = section.querySelector(".no-passkey");
  place.hidden = !why;
  place.textContent = why ?? "";
  section.querySelector("[data-show]").hidden = Boolean(why);
};

/** Where a code went, and when another one may be sent. */
export const tellSent = (section, { code_sent: isNew, hint, send_again_in: seconds }) => {
  const to = hint ?? "";
  section.querySelector(".sent").textContent = isNew ? text("sent", { to }) : text("sent_before", { to });
  pause(section, seconds ?? 0);
};

const pauses = new WeakMap();
const pause = (section, seconds) => {
  const button = section.querySelector("[data-resend]");
  const left = section.querySelector(".countdown");
  const end = Date.now() + seconds * 1000;
  clearInterval(pauses.get(section));
  const tick = () => {
    const rest = Math.max(0, Math.ceil((end - Date.now()) / 1000));
    button.setAttribute("aria-disabled", String(rest > 0));
    left.textContent = rest > 0 ? clock(rest) : "";
    if (rest === 0) clearInterval(pauses.get(section));
  };
  pauses.set(section, setInterval(tick, 500));
  tick();
};

/** Answers the challenge. One that is over begins again. */
export const reply = async (type, secret) => {
  try {
    await proceed(await post("/auth/login", { type, authentication_id: flow.challenge.token, secret }));
  } catch (refusal) {
    await unlessOver(refusal);
  }
};

/** Begins again if that is why; else it is for the form to tell. */
export const unlessOver = async (refusal) => {
  if (refusal instanceof Refusal && refusal.status === 401 && refusal.detail === OVER) beginAgain(text("too_long"));
  else throw refusal;
};

/** Another way to answer, or a code once more. */
const another = async (type) => {
  try {
    const challenge = await post("/auth/challenge", { token: flow.challenge.token, type });
    hold(challenge);
    return challenge;
  } catch (refusal) {
    await unlessOver(refusal);
    return undefined;
  }
};

for (const id of CODES) {
  const form = step(id).querySelector("form");
  onSend(form, () => {
    const typed = form.elements.namedItem("secret").value;
    return reply(id, id === "recovery" ? typed.trim() : typed.replace(/[\s-]/g, ""));
  });
  onReturn(id, () => !flow.isOver && Boolean(flow.challenge));
}
onReturn("passkey", () => !flow.isOver && Boolean(flow.challenge?.options.public_key));
onReturn("ways", () => !flow.isOver && Boolean(flow.challenge));

/** How a code is sent once more; while a factor is made it is made again. */
export const sending = { again: another };

for (const id of SENT) {
  const section = step(id);
  section.querySelector("[data-resend]").addEventListener("click", ({ currentTarget: button }) => {
    if (button.getAttribute("aria-disabled") === "true") return;
    attempt(section.querySelector("form"), async () => {
      const challenge = await sending.again(id);
      if (challenge) tellSent(section, challenge.options);
    });
  });
}

step("passkey").querySelector("[data-show]").addEventListener("click", () =>
  attempt(step("passkey"), async () => {
    // What was asked is good for one answer.
    const challenge = flow.challenge.isAsked ? await another("passkey") : flow.challenge;
    if (!challenge) return;
    flow.challenge.isAsked = true;
    await reply("passkey", await passkeys.show(challenge.options.public_key));
  }),
);

for (const button of document.querySelectorAll("[data-to=ways]")) {
  button.addEventListener("click", () => {
    const { methods } = flow.challenge.options;
    for (const way of step("ways").querySelectorAll("[data-way]")) {
      way.parentElement.hidden = !methods.includes(way.dataset.way);
    }
    go("ways");
  });
}

for (const button of step("ways").querySelectorAll("[data-way]")) {
  button.addEventListener("click", () =>
    attempt(step("ways"), async () => {
      const challenge = await another(button.dataset.way);
      if (challenge) instead(prepare(challenge));
    }),
  );
}
