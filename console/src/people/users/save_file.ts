/** Hands a file to the browser, to be kept where its user wants it. */
export function saveFile(file: Blob, name: string) {
  const address = URL.createObjectURL(file);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  // Some browsers begin to read it only afterwards.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
