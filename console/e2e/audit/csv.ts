/** Reads CSV (RFC 4180) by a way of its own, as a spreadsheet would. */
export function readCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let value = "";
  let quoted = false;
  const plain = text.replace(/^\uFEFF/, "");
  for (let at = 0; at < plain.length; at++) {
    const sign = plain[at];
    if (quoted && sign === '"' && plain[at + 1] === '"') {
      value += '"';
      at += 1;
    } else if (sign === '"') {
      quoted = !quoted;
    } else if (!quoted && sign === ",") {
      row.push(value);
      value = "";
    } else if (!quoted && sign === "\n") {
      rows.push([...row, value]);
      row = [];
      value = "";
    } else if (quoted || sign !== "\r") {
      value += sign;
    }
  }
  return rows;
}
