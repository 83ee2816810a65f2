import { LABEL, type Label, linesOf, symbolsOf } from './label.js';

/** Field data in which no character is a command: `^`, `~` and `_` go by their codes (command ^FH). */
function field(text: string): string {
  return `^FH^FD${text.replace(/[\^~_]/g, (char) => `_${char.charCodeAt(0).toString(16).toUpperCase()}`)}^FS`;
}

/** The label in Zebra's language (ZPL II), UTF-8, for a printer of 203 dpi. Code 128 in mode D takes GS1 element strings with their brackets. */
export function zplLabel(label: Label): string {
  const { widthDots, heightDots, moduleDots, marginDots, headingDots } = LABEL;
  const lines = linesOf(label).flatMap(({ heading, text, sizeDots }, i) => {
    const y = 40 + i * 74;
    return [`^FO${marginDots},${y}^A0N,24,24${field(heading)}`, `^FO${marginDots + headingDots},${y + 34 - sizeDots}^A0N,${sizeDots},${sizeDots}${field(text)}`];
  });
  const symbols = symbolsOf(label);
  const last = symbols.length - 1;
  const bars = symbols.flatMap(({ elements }, i) => {
    const y = 430 + i * 200 + (i === last ? (2 - last) * 200 : 0);
    const height = i === last ? 260 : 120;
    return [
      `^FO${marginDots},${y}^BY${moduleDots}^BCN,${height},N,N,N,D${field(elements)}`,
      `^FO${marginDots},${y + height + 12}^A0N,${i === last ? 38 : 30},${i === last ? 38 : 30}${field(elements)}`,
    ];
  });
  return ['^XA', '^CI28', `^PW${widthDots}`, `^LL${heightDots}`, '^LH0,0', ...lines, ...bars, '^XZ', ''].join('\n');
}
