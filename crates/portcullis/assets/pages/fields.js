// Fields and buttons: what is wrong stands where it belongs, nothing that was typed is lost, and who must wait is told
// how long.
import { Refusal } from "./api.js";
import { clock, duration, plain, text } from "./texts.js";

const status = document.getElementById("status");
// It is for whoever has no scripts.
document.getElementById("scripts-needed").remove();

/** Says something to whoever does not see the page. */
export const announce = (words) => {
  status.textContent = "";
  // Another text in the next frame is another event for screen readers, even if it is the same.
  requestAnimationFrame(() => {
    status.textContent = words;
  });
};

/** What is wrong with a field; nothing if the text is empty. */
export const tell = (input, words) => {
  document.getElementById(`${input.id}-problem`).textContent = words;
  input.setAttribute("aria-invalid", words ? "true" : "false");
};

/** The place for what is wrong with the whole. */
const whole = (box) => box.querySelector('.problem[role="alert"]');

const inputs = (box) => [...box.querySelectorAll("input[id]")].filter((input) => byProblem(input));
const byProblem = (input) => document.getElementById(`${input.id}-problem`);

/** Nothing is wrong any more. */
export const clear = (box) => {
  for (const input of inputs(box)) tell(input, "");
  say(box, "");
};

/** What is wrong with the whole. */
export const say = (box, words) => {
  const place = whole(box);
  if (place) place.textContent = words;
};

/** Whether all is there that is needed; the first field that is empty is where to go on. */
export const isComplete = (form) => {
  const empty = inputs(form).filter((input) => input.required && !input.value && input.offsetParent);
  for (const input of empty) tell(input, text("empty"));
  empty[0]?.focus();
  return empty.length === 0;
};

/** Errors go where they belong; the first field in error is where to go on. */
const refuse = (box, refusal) => {
  let first;
  const unplaced = [];
  for (const { pointer = "", detail } of refusal.errors) {
    const input = inputs(box).find((input) => input.name === pointer.slice(1) && input.offsetParent);
    const words = plain(detail) ?? text("field", { detail });
    if (!input) {
      unplaced.push(words);
      continue;
    }
    const before = byProblem(input).textContent;
    tell(input, before ? `${before} ${words}` : words);
    first ??= input;
  }
  if (unplaced.length) say(box, unplaced.join(" "));
  else if (!first) say(box, refusal.message);
  // What was wrong is typed again: a code, a password.
  const again = box.matches("form") ? inputs(box).find((input) => input.name === "secret") : undefined;
  (first ?? (refusal.status === 401 ? again : undefined))?.focus();
  if (!first && refusal.status === 401) again?.select();
};

const buttons = (box) => [...box.querySelectorAll("button")].filter((button) => !button.matches(".show, .link"));

/** Does the work of a button, once at a time; what is refused is told, and waited for. */
export const attempt = async (box, work) => {
  if (box.dataset.busy) return;
  clear(box);
  hold(box, true);
  try {
    await work();
    hold(box, false);
  } catch (refusal) {
    hold(box, false);
    if (!(refusal instanceof Refusal)) throw refusal;
    refuse(box, refusal);
    if (refusal.wait) wait(box, work, refusal);
  }
};

// A button that cannot be pressed keeps the focus.
const hold = (box, isBusy) => {
  if (isBusy) box.dataset.busy = "true";
  else delete box.dataset.busy;
  for (const button of buttons(box)) button.setAttribute("aria-disabled", String(isBusy));
};

/** Counts down. Whoever was too many at once is tried again; whoever is locked out may try again himself. */
const wait = (box, work, { status: code, wait: seconds, message }) => {
  const place = whole(box);
  const isTriedAgain = code === 503;
  const left = document.createElement("span");
  left.className = "countdown";
  left.setAttribute("aria-hidden", "true");
  const time = duration(seconds);
  const again = isTriedAgain ? text("again_by_itself", { time }) : text("again_in", { time });
  place.textContent = `${message} ${again}`;
  place.after(left);
  hold(box, true);
  const over = new AbortController();
  const end = Date.now() + seconds * 1000;
  const stop = () => {
    over.abort();
    left.remove();
    place.textContent = "";
    hold(box, false);
  };
  const tick = () => {
    if (over.signal.aborted) return;
    const rest = Math.ceil((end - Date.now()) / 1000);
    if (rest > 0) {
      left.textContent = clock(rest);
      setTimeout(tick, 250);
      return;
    }
    stop();
    if (isTriedAgain) attempt(box, work);
    else announce(text("again_now"));
  };
  // Another name is not locked out.
  const isOther = ({ target }) => target.name === "authentication_id" || target.name === "realm" || isTriedAgain;
  box.addEventListener("input", (event) => isOther(event) && stop(), { signal: over.signal });
  tick();
};

/** Does this with a form when it is sent and complete. */
export const onSend = (form, work) =>
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (form.dataset.busy) return;
    clear(form);
    if (isComplete(form)) attempt(form, work);
  });

/** Shows and hides what is typed into a password. */
const shows = (button) => {
  const input = document.getElementById(button.dataset.shows);
  button.addEventListener("click", () => {
    const isShown = input.type === "text";
    input.type = isShown ? "password" : "text";
    button.classList.toggle("shown", !isShown);
    announce(isShown ? text("is_hidden") : text("is_shown"));
  });
  // What is sent is hidden, so that no browser keeps it as an ordinary text.
  input.form?.addEventListener("submit", () => {
    input.type = "password";
    button.classList.remove("shown");
  });
};

/** Says that Caps Lock is on while a password is typed. */
const watchesCapsLock = (input) => {
  const hint = document.getElementById(`${input.id}-caps`);
  const look = (event) => {
    const isOn = event.getModifierState?.("CapsLock") ?? false;
    const words = isOn ? text("caps_lock") : "";
    if (hint.textContent !== words) hint.textContent = words;
  };
  input.addEventListener("keydown", look);
  input.addEventListener("keyup", look);
  input.addEventListener("blur", () => {
    hint.textContent = "";
  });
};

document.querySelectorAll(".show").forEach(shows);
document.querySelectorAll('input[type="password"]').forEach(watchesCapsLock);
