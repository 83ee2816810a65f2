import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import PDFDocument from 'pdfkit';
import { HttpBody } from '@naru/contracts/gen/google/api/httpbody';
import type { Column, Fact, Printed, Table } from './printed.js';

/** Millimetres in points. */
const MM = 72 / 25.4;
const MARGIN = 16 * MM;
const FOOT = 24 * MM;
const INK = '#1b1f24';
const GREY = '#5c6670';
const RULE = '#b8c0c8';
const SHADE = '#eef1f4';
const ROW_PADDING = 4;

const packages = createRequire(import.meta.url);
let fonts: { readonly regular: Buffer; readonly bold: Buffer } | undefined;

/** NanumGothic (SIL Open Font License 1.1), from its npm package; read at the first document. */
function fontsOf(): { readonly regular: Buffer; readonly bold: Buffer } {
  // the empty glyph of the space stands at the very end of the file, and fontkit reads the header of a glyph there all the same
  const read = (name: string): Buffer => Buffer.concat([readFileSync(packages.resolve(`@expo-google-fonts/nanum-gothic/${name}`)), Buffer.alloc(16)]);
  fonts ??= { regular: read('400Regular/NanumGothic_400Regular.ttf'), bold: read('700Bold/NanumGothic_700Bold.ttf') };
  return fonts;
}

type Doc = InstanceType<typeof PDFDocument>;

/** A printed document as PDF: A4, fonts embedded. */
export async function pdfOf(printed: Printed): Promise<HttpBody> {
  const date = new Date(printed.issuedAt);
  const doc = new PDFDocument({
    size: 'A4',
    margins: { top: MARGIN, left: MARGIN, right: MARGIN, bottom: 0 },
    bufferPages: true,
    lang: printed.language,
    info: { Title: `${printed.title} ${printed.code}`, CreationDate: date, ModDate: date },
  });
  const chunks: Buffer[] = [];
  const done = new Promise<Buffer>((resolve, reject) => {
    doc.on('data', (chunk: Buffer) => chunks.push(chunk));
    doc.on('end', () => resolve(Buffer.concat(chunks)));
    doc.on('error', reject);
  });
  const { regular, bold } = fontsOf();
  doc.registerFont('regular', regular);
  doc.registerFont('bold', bold);
  head(doc, printed);
  boxes(doc, printed);
  for (const table of printed.tables) draw(doc, table);
  sums(doc, printed);
  remarks(doc, printed);
  feet(doc, printed);
  doc.end();
  return HttpBody.fromPartial({ contentType: 'application/pdf', data: await done });
}

function widthOf(doc: Doc): number {
  return doc.page.width - 2 * MARGIN;
}

function head(doc: Doc, { title, subtitle }: Printed): void {
  const width = widthOf(doc);
  doc.font('bold').fontSize(22).fillColor(INK).text(title, MARGIN, MARGIN, { width, align: 'center', characterSpacing: title.length < 6 ? 6 : 0 });
  doc.font('regular').fontSize(9).fillColor(GREY).text(subtitle, MARGIN, doc.y + 5, { width, align: 'center' });
  rule(doc, doc.y + 8, INK, 1.4);
  doc.y += 18;
}

function rule(doc: Doc, y: number, colour: string, thickness: number): void {
  doc.moveTo(MARGIN, y).lineTo(doc.page.width - MARGIN, y).lineWidth(thickness).strokeColor(colour).stroke();
}

/** Who stands left, what right. */
function boxes(doc: Doc, { facts, parties }: Printed): void {
  const half = widthOf(doc) / 2;
  const top = doc.y;
  const left = pairs(doc, parties, MARGIN, top, half - 10, 0.3);
  const right = pairs(doc, facts, MARGIN + half + 10, top, half - 10, 0.28);
  doc.y = Math.max(left, right) + 12;
}

function pairs(doc: Doc, facts: readonly Fact[], x: number, top: number, width: number, share: number): number {
  let y = top;
  for (const { label, value } of facts) {
    const begins = width * share;
    doc.font('regular').fontSize(8.5).fillColor(GREY).text(label, x, y + 0.5, { width: begins });
    const under = doc.y;
    doc.font('bold').fontSize(9).fillColor(INK).text(value, x + begins + 4, y, { width: width - begins - 4 });
    y = Math.max(under, doc.y) + 4;
  }
  return y;
}

function draw(doc: Doc, table: Table): void {
  room(doc, 60);
  doc.font('bold').fontSize(10).fillColor(INK).text(table.title, MARGIN, doc.y + 4);
  doc.y += 4;
  const widths = shares(table.columns, widthOf(doc));
  headRow(doc, table, widths);
  for (const cells of table.rows) {
    if (room(doc, heightOf(doc, cells, widths, 'regular'))) headRow(doc, table, widths);
    row(doc, cells, table.columns, widths, 'regular');
    rule(doc, doc.y, RULE, 0.4);
  }
  doc.y += 10;
}

function shares(columns: readonly Column[], width: number): readonly number[] {
  const all = columns.reduce((sum, column) => sum + column.width, 0);
  return columns.map((column) => (column.width / all) * width);
}

function headRow(doc: Doc, { columns }: Table, widths: readonly number[]): void {
  const labels = columns.map((column) => column.label);
  doc.rect(MARGIN, doc.y, widthOf(doc), heightOf(doc, labels, widths, 'bold')).fill(SHADE);
  row(doc, labels, columns, widths, 'bold');
  rule(doc, doc.y, INK, 0.8);
}

function heightOf(doc: Doc, cells: readonly string[], widths: readonly number[], font: string): number {
  doc.font(font).fontSize(8.5);
  return Math.max(...cells.map((cell, i) => doc.heightOfString(cell === '' ? ' ' : cell, { width: widths[i]! - 6 }))) + 2 * ROW_PADDING;
}

function row(doc: Doc, cells: readonly string[], columns: readonly Column[], widths: readonly number[], font: string): void {
  const top = doc.y;
  const height = heightOf(doc, cells, widths, font);
  let x = MARGIN;
  cells.forEach((cell, i) => {
    doc.font(font).fontSize(8.5).fillColor(INK).text(cell, x + 3, top + ROW_PADDING, { width: widths[i]! - 6, align: columns[i]!.align });
    x += widths[i]!;
  });
  doc.y = top + height;
}

/** Goes on to a new page where `height` does not fit any more. */
function room(doc: Doc, height: number): boolean {
  if (doc.y + height <= doc.page.height - FOOT) return false;
  doc.addPage();
  doc.y = MARGIN;
  return true;
}

function sums(doc: Doc, { totals, result }: Printed): void {
  room(doc, totals.length * 16 + 40);
  const width = widthOf(doc) * 0.5;
  const x = doc.page.width - MARGIN - width;
  for (const { label, value } of totals) {
    const y = doc.y;
    doc.font('regular').fontSize(9).fillColor(GREY).text(label, x + 8, y, { width: width * 0.5 });
    doc.font('regular').fontSize(9).fillColor(INK).text(value, x + width * 0.5, y, { width: width * 0.5 - 8, align: 'right' });
    doc.y = y + 16;
  }
  const y = doc.y + 2;
  doc.rect(x, y, width, 28).fill(SHADE);
  doc.moveTo(x, y).lineTo(x + width, y).lineWidth(1.2).strokeColor(INK).stroke();
  doc.font('bold').fontSize(10).fillColor(INK).text(result.label, x + 8, y + 9, { width: width * 0.5 });
  doc.font('bold').fontSize(12.5).text(result.value, x + width * 0.4, y + 7.5, { width: width * 0.6 - 8, align: 'right' });
  doc.y = y + 38;
}

function remarks(doc: Doc, printed: Printed): void {
  for (const remark of printed.remarks) {
    room(doc, 16);
    doc.font('regular').fontSize(8.5).fillColor(INK).text(remark, MARGIN, doc.y + 2, { width: widthOf(doc) });
  }
}

/** On every page: the number, the legal basis, the page. */
function feet(doc: Doc, { basis, code, page }: Printed): void {
  const { start, count } = doc.bufferedPageRange();
  for (let i = 0; i < count; i++) {
    doc.switchToPage(start + i);
    const y = doc.page.height - FOOT + 6 * MM;
    const width = widthOf(doc);
    rule(doc, y, RULE, 0.5);
    doc.font('regular').fontSize(7.5).fillColor(GREY).text(basis, MARGIN, y + 5, { width: width * 0.6 });
    doc.text(`${code} · ${page} ${i + 1} / ${count}`, MARGIN + width * 0.6, y + 5, { width: width * 0.4, align: 'right' });
  }
}
