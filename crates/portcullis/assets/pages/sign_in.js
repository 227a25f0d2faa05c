// The page of the sign-in: begins with the step that the server says.
import { beginWith } from "./finish.js";
import { begin } from "./identify.js";

const { start, login } = document.getElementById("steps").dataset;
const ofASession = ["change", "role"];

if (ofASession.includes(start)) beginWith(start).catch(() => location.replace(login));
else begin(start);
