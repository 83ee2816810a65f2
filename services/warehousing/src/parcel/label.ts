/** What stands on a parcel's label. */
export interface Label {
  readonly sscc: string;
  /** The parcel's own code. */
  readonly code: string;
  readonly fromCentre: string;
  readonly fromName: string;
  readonly toCountry: string;
  readonly orderCode: string;
  /** The customer's order number (AI 400). */
  readonly merchantReference: string;
  readonly number: number;
  readonly of: number;
  readonly grossGrams: bigint;
  readonly temperatureClass: string;
  /** Of a parcel that holds one item which has a GTIN (AI 02 and 37). */
  readonly contained: { readonly gtin: string; readonly count: bigint } | undefined;
}

/** A GS1 element string as people read and type it: `(00)395212340000000014`. */
export interface Symbol {
  readonly elements: string;
  readonly title: string;
}

/** Dots of a label of A6, 105 × 148 mm, at 8 dots per millimetre (203 dpi); the width of a module of the symbols is 4 dots, 0.5 mm. */
export const LABEL = { widthDots: 840, heightDots: 1184, moduleDots: 4, marginDots: 40, headingDots: 130 } as const;

/** Characters that AI 400 may hold (GS1 General Specifications §7.11, character set 82). */
const CHARACTERS_82 = /^[!"%&'()*+,\-./0-9:;<=>?A-Z_a-z]{1,30}$/;

/**
 * Modules of the GS1-128 symbol of `data` beside its quiet zones, at most: start, FNC1, data, check digit and stop. Digits go two to a symbol character;
 * other characters one by one, with a change of code set before and after.
 */
function modulesOf(data: string): number {
  const runs = data.match(/\d{4,}|(?:\d{0,3}\D)+\d{0,3}/g) ?? [data];
  const characters = runs.reduce((sum, run) => sum + (/^\d+$/.test(run) ? Math.ceil(run.length / 2) + (run.length % 2) : run.length), runs.length - 1);
  return 11 * (2 + characters + 1) + 13;
}

/** Whether a symbol of `data` with its quiet zones of ten modules fits the label at the module width that GS1 asks of logistic labels (0.495 mm or more). */
function fits(data: string): boolean {
  return (modulesOf(data) + 20) * LABEL.moduleDots <= LABEL.widthDots;
}

/**
 * The symbols of a GS1 logistic label (GS1 General Specifications §6.6): always the SSCC; what is in the parcel and how many where it is one item with a GTIN; the
 * customer's order number where it is short enough to be printed at the right size. The SSCC is the lowest on the label.
 */
export function symbolsOf(label: Label): readonly Symbol[] {
  const symbols: Symbol[] = [];
  if (CHARACTERS_82.test(label.merchantReference) && fits(`400${label.merchantReference}`))
    symbols.push({ title: 'ORDER', elements: `(400)${label.merchantReference}` });
  if (label.contained) {
    const count = String(label.contained.count);
    const even = count.padStart(count.length + (count.length % 2), '0'); // an even number of digits: two to a symbol character
    const gtin = label.contained.gtin.padStart(14, '0');
    if (even.length <= 8 && fits(`02${gtin}37${even}`)) symbols.push({ title: 'CONTENT', elements: `(02)${gtin}(37)${even}` });
  }
  return [...symbols, { title: 'SSCC', elements: `(00)${label.sscc}` }];
}

/** The grams of a parcel in kilograms, `1.250 kg`. */
export function kilograms(grams: bigint): string {
  return `${grams / 1000n}.${String(grams % 1000n).padStart(3, '0')} kg`;
}

const LARGEST_TEXT_DOTS = 42;
/** Longer text is cut: what a picker needs stands in front. */
const MOST_CHARACTERS = 48;

export interface TextLine {
  readonly heading: string;
  readonly text: string;
  /** Height of the letters; smaller where the text is long, so that it stays on the label. */
  readonly sizeDots: number;
}

/** The lines of text above the symbols: a heading in small letters, and what it says. */
export function linesOf(label: Label): readonly TextLine[] {
  const width = LABEL.widthDots - 2 * LABEL.marginDots - LABEL.headingDots;
  const lines: readonly (readonly [heading: string, text: string])[] = [
    ['FROM', [label.fromCentre, label.fromName].filter((text, i, all) => text !== '' && all.indexOf(text) === i).join('  ')],
    ['TO', label.toCountry],
    ['ORDER', label.orderCode],
    ['PARCEL', `${label.number} of ${label.of}   ${label.code}`],
    ['WEIGHT', `${kilograms(label.grossGrams)}   ${label.temperatureClass}`],
  ];
  return lines.map(([heading, whole]) => {
    const text = whole.slice(0, MOST_CHARACTERS);
    // A letter of the fonts used is 0.62 of its height wide, space beside it included.
    return { heading, text, sizeDots: Math.min(LARGEST_TEXT_DOTS, Math.floor(width / (0.62 * text.length))) };
  });
}
