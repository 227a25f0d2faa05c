// The end of a sign-in: what its user must see or do before the way goes on; and signing out.
import { ask, post, Refusal } from "./api.js";
import { announce, attempt, onSend, tell } from "./fields.js";
import { flow, go, instead, onReturn, step } from "./steps.js";
import { day, text } from "./texts.js";

const all = document.getElementById("steps");
const { wanted, restricted } = all.dataset;
let isRoleAsked = false;

/** Nothing more is asked: on to where the browser wanted to go. */
const leaveFor = (path) => {
  window.removeEventListener("beforeunload", warn);
  location.replace(path);
};
const goOn = () => leaveFor(flow.next);

/** There is a session. */
export const finish = async (answer) => {
  flow.isOver = true;
  flow.challenge = undefined;
  if (answer.recovery_codes?.length) keepCodes(answer.recovery_codes, () => rest(answer));
  else await rest(answer);
};

const rest = async (answer) => {
  if (answer.password_change_required) return change({ isForced: true });
  flow.password = "";
  if (wanted === "change") return change({ isForced: false });
  if (wanted === "role") return chooseRole();
  const notice = notices(answer);
  if (notice) return tellBefore(notice, Boolean(answer.password_expires_at));
  if (await isRoleOpen()) return chooseRole();
  return goOn();
};

const notices = ({ recovery_codes_left: left, password_expires_at: end }) => {
  const told = [];
  if (left !== undefined) told.push(left === 0 ? text("no_codes_left") : text("codes_left", { count: left }));
  if (end) told.push(text("expires", { day: day(end) }));
  return told.join(" ");
};

const tellBefore = (notice, mayChange) => {
  const section = step("told");
  section.querySelector(".lead").textContent = notice;
  section.querySelector("[data-to]").hidden = !mayChange;
  instead("told");
};
step("told").querySelector("[data-to]").addEventListener("click", () => change({ isForced: false }));

for (const button of all.querySelectorAll("[data-go]")) button.addEventListener("click", goOn);

// Recovery codes are shown once.

const warn = (event) => event.preventDefault();
let afterCodes;

/** Shows recovery codes until somebody says that they are kept. */
export const keepCodes = (codes, next) => {
  const items = codes.map((code) => {
    const item = document.createElement("li");
    item.append(Object.assign(document.createElement("code"), { textContent: code }));
    return item;
  });
  document.getElementById("recovery-codes").replaceChildren(...items);
  afterCodes = next;
  window.addEventListener("beforeunload", warn);
  instead("codes");
};

const codes = () => [...document.querySelectorAll("#recovery-codes li")].map((item) => item.textContent).join("\n");

step("codes").querySelector("[data-saves]").addEventListener("click", () => {
  const file = new Blob([`${text("codes_file", { address: location.origin })}\n\n${codes()}\n`], { type: "text/plain" });
  const link = Object.assign(document.createElement("a"), {
    href: URL.createObjectURL(file),
    download: "recovery-codes.txt",
  });
  link.click();
  URL.revokeObjectURL(link.href);
});
step("codes").querySelector("[data-prints]").addEventListener("click", () => window.print());
step("codes").querySelector("[data-kept]").addEventListener("click", () => {
  window.removeEventListener("beforeunload", warn);
  document.getElementById("recovery-codes").replaceChildren();
  afterCodes();
});

for (const button of all.querySelectorAll("[data-copies]")) {
  button.addEventListener("click", async () => {
    const copied = document.getElementById(button.dataset.copies);
    const words = copied.id === "recovery-codes" ? codes() : copied.textContent.replaceAll(" ", "");
    try {
      await navigator.clipboard.writeText(words);
      announce(text("copied"));
    } catch {
      // Without TLS browsers copy nothing: what is selected can be copied by hand.
      getSelection().selectAllChildren(copied);
      announce(text("selected"));
    }
  });
}

// A password that must be changed, or shall be.

const changeForm = step("change").querySelector("form");
const old = document.getElementById("old-password");

/** Asks for a new password, and for the old one unless it was typed just now. Who must change it may sign out instead. */
const change = ({ isForced }) => {
  const isOldKnown = flow.password !== "";
  step("change").querySelector("[data-leave]").hidden = !isForced;
  step("change").querySelector("[data-go]").hidden = isForced;
  old.value = isOldKnown ? flow.password : "";
  changeForm.querySelector(".old").hidden = isOldKnown;
  if (flow.username) changeForm.querySelector("[autocomplete=username]").value = flow.username;
  instead("change");
};

onSend(changeForm, async () => {
  const input = { old_password: old.value, new_password: changeForm.elements.namedItem("new_password").value };
  try {
    await post("/auth/password", input);
  } catch (refusal) {
    if (refusal instanceof Refusal && refusal.status === 401 && !refusal.code) {
      changeForm.querySelector(".old").hidden = false;
      tell(old, text("old_wrong"));
      old.focus();
      old.select();
      return;
    }
    throw refusal;
  }
  changeForm.reset();
  flow.password = "";
  if (!isRoleAsked && wanted !== "change" && (await isRoleOpen())) chooseRole();
  else goOn();
});

// The role in which to act.

const readMe = () => ask("GET", "/auth/me");

/** Whether there is something to choose, and nothing was chosen: requests act in one role, and there are several. */
const isRoleOpen = async () => {
  if (isRoleAsked) return false;
  try {
    const { active_role: active, default_role: chosen, held_roles: held } = await readMe();
    return active !== null && held.length > 1 && !held.includes(chosen);
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) throw refusal;
    return false;
  }
};

/** Asks in which role to act where nothing else is said. */
export const chooseRole = async () => {
  isRoleAsked = true;
  const { held_roles: held, default_role: chosen, active_role: active } = await readMe();
  if (held.length === 0) return tellBefore(text("no_role"), false);
  const preferred = [chosen, active, held[0]].find((role) => held.includes(role));
  document.getElementById("roles").replaceChildren(...held.map((role, at) => option(role, at, role === preferred)));
  instead("role");
  document.querySelector("#roles input:checked").focus();
  return undefined;
};

/** A role as `name@/path/of/owner`. */
const option = (role, at, isPreferred) => {
  const [name, ...owner] = role.split("@");
  const input = Object.assign(document.createElement("input"), {
    type: "radio",
    name: "role",
    id: `role-${at}`,
    value: role,
    checked: isPreferred,
  });
  const label = Object.assign(document.createElement("label"), { htmlFor: input.id, textContent: name });
  if (owner.length) label.append(Object.assign(document.createElement("small"), { textContent: owner.join("@") }));
  const line = Object.assign(document.createElement("p"), { className: "choice" });
  line.append(input, label);
  return line;
};

const roleForm = step("role").querySelector("form");
onSend(roleForm, async () => {
  await ask("PUT", "/auth/default-role", { role: new FormData(roleForm).get("role") });
  goOn();
});

// Signing out.

const signOut = (path) => async () => {
  await post(path);
  flow.isOver = false;
  instead("left");
};

for (const button of all.querySelectorAll("[data-leave]")) {
  button.addEventListener("click", () => attempt(button.closest("section"), signOut("/auth/logout")));
}
for (const button of all.querySelectorAll("[data-forget]")) {
  button.addEventListener("click", () => attempt(button.closest("section"), signOut("/auth/forget")));
}

onReturn("here", () => true);

/** The step of somebody who has a session, and wants to do this. */
export const beginWith = async (id) => {
  if (id === "change") return change({ isForced: restricted !== undefined });
  if (id === "role") return chooseRole();
  return go(id);
};
