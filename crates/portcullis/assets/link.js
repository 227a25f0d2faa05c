// A page behind a link of a letter: sends the secret of the link, and what is typed, to the address of the page itself.
"use strict";

const form = document.getElementById("link");
const button = form.querySelector("button");
const problem = document.getElementById("problem");
// Browsers send nobody what stands behind "#"; from here on it is in no history either.
const secret = decodeURIComponent(location.hash.slice(1));
history.replaceState(null, "", location.pathname);

const show = (id) => {
  form.hidden = true;
  const text = document.getElementById(id);
  text.hidden = false;
  text.focus();
};

const clear = () => {
  problem.textContent = "";
  for (const input of form.elements) {
    if (input.name) tell(input, "");
  }
};

const tell = (input, text) => {
  document.getElementById(`${input.name}-problem`).textContent = text;
  input.setAttribute("aria-invalid", text ? "true" : "false");
};

// Errors go where they belong; the first field in error is where to go on.
const refuse = (answer) => {
  let first = null;
  for (const error of answer.errors ?? []) {
    const input = form.elements.namedItem((error.pointer ?? "").slice(1));
    if (!input) continue;
    tell(input, `This ${error.detail}.`);
    first ??= input;
  }
  problem.textContent = first ? "" : (answer.detail ?? "This did not work. Try again.");
  first?.focus();
};

const send = async () => {
  const typed = [...new FormData(form)].filter(([, text]) => text !== "");
  const body = JSON.stringify({ token: secret, ...Object.fromEntries(typed) });
  const headers = { "content-type": "application/json" };
  const answer = await fetch(location.pathname, { method: "POST", headers, body });
  if (!answer.ok) return refuse(await answer.json());
  const told = answer.status === 200 ? await answer.json() : {};
  show(told.complete === false ? "half" : "done");
};

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  clear();
  button.disabled = true;
  try {
    await send();
  } catch {
    problem.textContent = "The server did not answer. Try again in a moment.";
  } finally {
    button.disabled = false;
  }
});

document.getElementById("incomplete").hidden = secret !== "";
form.hidden = secret === "";
