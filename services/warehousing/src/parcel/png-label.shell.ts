import bwipjs from 'bwip-js';
import { LABEL, type Label, linesOf, symbolsOf } from './label.js';

const BLACK = '000000';
const FONT = 'Inconsolata';

type Canvas = ReturnType<typeof bwipjs.drawingZlibPng>;

/** Bar and space widths of the GS1-128 symbol of an element string, in modules, beginning with a bar. */
function barsOf(elements: string): readonly number[] {
  const [symbol] = bwipjs.raw('gs1-128', elements, {});
  if (!symbol || !('sbs' in symbol)) throw new Error(`no linear symbol for ${elements}`);
  return symbol.sbs;
}

function rectangle(canvas: Canvas, x: number, y: number, width: number, height: number): void {
  canvas.polygon([
    [x, y],
    [x, y + height],
    [x + width, y + height],
    [x + width, y],
  ]);
  canvas.fill(BLACK);
}

function drawSymbol(canvas: Canvas, elements: string, y: number, height: number): void {
  const { moduleDots, widthDots } = LABEL;
  const bars = barsOf(elements);
  let x = Math.floor((widthDots - bars.reduce((sum, width) => sum + width, 0) * moduleDots) / 2);
  bars.forEach((modules, i) => {
    if (i % 2 === 0) rectangle(canvas, x, y, modules * moduleDots, height);
    x += modules * moduleDots;
  });
}

function write(canvas: Canvas, text: string, x: number, baseline: number, size: number): void {
  canvas.text(x, baseline, text, BLACK, { name: FONT, width: size, height: size, dx: 0 });
}

/** Letters that the font has; others as a question mark. */
function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?');
}

/** The label as a PNG of A6 at 203 dpi, one pixel to a printer's dot: text above, the symbols below it, each with what it says underneath. */
export async function pngLabel(label: Label): Promise<Buffer> {
  const { widthDots, heightDots, marginDots, headingDots } = LABEL;
  const canvas = bwipjs.drawingZlibPng();
  canvas.setopts!({ bcid: 'gs1-128', text: '', backgroundcolor: 'FFFFFF', paddingleft: 0, paddingright: 0, paddingtop: 0, paddingbottom: 0 });
  canvas.init(widthDots, heightDots);
  const centred = (text: string, baseline: number, size: number): void => {
    const { width } = canvas.measure(text, FONT, size, size);
    write(canvas, text, Math.floor((widthDots - width) / 2), baseline, size);
  };
  linesOf(label).forEach(({ heading, text, sizeDots }, i) => {
    const baseline = 76 + i * 74;
    write(canvas, heading, marginDots, baseline, 26);
    write(canvas, printable(text), marginDots + headingDots, baseline, sizeDots);
  });
  const symbols = symbolsOf(label);
  symbols.forEach(({ elements }, i) => {
    const sscc = i === symbols.length - 1;
    const [y, height, size] = sscc ? [850, 250, 42] : [440 + i * 200, 120, 32];
    rectangle(canvas, marginDots, y - 24, widthDots - 2 * marginDots, 3);
    drawSymbol(canvas, elements, y, height);
    centred(elements, y + height + size, size);
  });
  return canvas.end();
}
