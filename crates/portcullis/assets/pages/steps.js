// The steps of the sign-in: one of them is shown, with its title; the browser's way back leads to the one before.
import { announce } from "./fields.js";

const all = document.getElementById("steps");
const languages = document.getElementById("languages");
const { issuer } = document.body.dataset;

/** What is known of this sign-in. */
export const flow = {
  /** Where it leads. */
  next: all.dataset.next,
  /** The step that it begins with, and begins again with. */
  first: "identify",
  /** What the server asks at this moment. */
  challenge: undefined,
  /** Until when it may be answered, in milliseconds. */
  endsAt: 0,
  /** What was typed at the first step, for a password that must be changed. */
  username: "",
  password: "",
  /** Whether there is a session already; then no step of the sign-in is come back to. */
  isOver: false,
};

export const step = (id) => document.getElementById(id);

/** Steps that can be come back to, and what is to be done there. */
const returns = new Map();

/** Says what is done when somebody comes back to a step; false: it cannot be come back to. */
export const onReturn = (id, may) => returns.set(id, may);

const render = (id) => {
  for (const section of all.children) section.hidden = section.id !== id;
  const section = step(id);
  const heading = section.querySelector("h1");
  document.title = `${heading.textContent} - ${issuer}`;
  // What was begun would be lost in another language.
  languages.hidden = !["identify", "again", "here", "leave", "left"].includes(id);
  const fields = [...section.querySelectorAll("input[id]:not([type=checkbox], [type=radio])")];
  const empty = fields.find((input) => !input.value && input.required && input.offsetParent);
  (empty ?? section.querySelector(".primary:not([type=submit])") ?? heading).focus();
  const lead = section.querySelector(".lead:not(:empty)")?.textContent ?? "";
  announce(`${heading.textContent}. ${lead}`);
};

/** The step that the page begins with. */
export const start = (id) => {
  history.replaceState({ step: id }, "");
  render(id);
};

/** The next step; the way back leads to this one. */
export const go = (id) => {
  history.pushState({ step: id }, "");
  render(id);
};

/** Another step in the place of this one. */
export const instead = (id) => {
  history.replaceState({ step: id }, "");
  render(id);
};

/** The next step after the first one, whichever is shown now. */
export const advance = (id) => (history.state?.step === flow.first ? go(id) : instead(id));

window.addEventListener("popstate", ({ state }) => {
  if (!state?.step) return;
  // There is a session: the server knows what to show.
  if (flow.isOver) return location.assign(all.dataset.login);
  const may = returns.get(state.step) ?? (() => false);
  if (may()) render(state.step);
  else instead(flow.first);
  return undefined;
});

for (const button of all.querySelectorAll("[data-back]")) {
  button.addEventListener("click", () => history.back());
}
