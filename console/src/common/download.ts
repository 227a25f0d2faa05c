/** Has the browser keep something as a file. */
export function download(name: string, content: Blob) {
  const address = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  // Browsers have read it by then.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
