// Light or dark as it was chosen in the console of this browser; else as the system has it. Before anything is drawn.
try {
  const chosen = localStorage.getItem("mantine-color-scheme-value");
  if (chosen === "light" || chosen === "dark") document.documentElement.style.colorScheme = chosen;
} catch {
  // A browser that keeps nothing has nothing chosen.
}
