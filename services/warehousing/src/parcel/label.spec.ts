import { describe, expect, it } from '@jest/globals';
import { BarcodeFormat, BinaryBitmap, DecodeHintType, HybridBinarizer, MultiFormatReader, RGBLuminanceSource } from '@zxing/library';
import { PNG } from 'pngjs';
import { type Label, symbolsOf } from './label.js';
import { pngLabel } from './png-label.shell.js';
import { zplLabel } from './zpl.js';

const LABEL: Label = {
  sscc: '395212340000000014',
  code: 'PCL-20101201-0001',
  fromCentre: 'GN-01',
  fromName: 'Gangnam',
  toCountry: 'GB',
  orderCode: 'ORD-20101201-0001',
  merchantReference: '536365',
  number: 1,
  of: 2,
  grossGrams: 12_050n,
  temperatureClass: 'ambient',
  contained: { gtin: '9521234000013', count: 6n },
};

/** What a reader that shares nothing with the writer sees in one band of the picture. */
function decode(png: PNG, top: number, height: number): string {
  const grey = new Uint8ClampedArray(png.width * height);
  for (let i = 0; i < grey.length; i++) grey[i] = png.data[(top * png.width + i) * 4]!;
  const hints = new Map<DecodeHintType, unknown>([
    [DecodeHintType.POSSIBLE_FORMATS, [BarcodeFormat.CODE_128]],
    [DecodeHintType.ASSUME_GS1, true],
    [DecodeHintType.TRY_HARDER, true],
  ]);
  const bitmap = new BinaryBitmap(new HybridBinarizer(new RGBLuminanceSource(grey, png.width, height)));
  return new MultiFormatReader().decode(bitmap, hints).getText();
}

describe('a label as a picture', () => {
  it('is read by another reader: the SSCC, the content, the order', async () => {
    const png = PNG.sync.read(await pngLabel(LABEL));
    expect([png.width, png.height]).toEqual([840, 1184]);
    expect(decode(png, 850, 250)).toBe(']C100395212340000000014');
    expect(decode(png, 640, 120)).toBe(']C102095212340000133706');
    expect(decode(png, 440, 120)).toBe(']C1400536365');
  });

  it('keeps long names on the label', async () => {
    const png = PNG.sync.read(await pngLabel({ ...LABEL, fromName: 'The Centre With The Longest Name In The Whole Of The Land', number: 100, of: 1000 }));
    for (let y = 0; y < png.height; y++) for (const x of [2, png.width - 20, png.width - 1]) expect(png.data[(y * png.width + x) * 4]).toBe(255);
  });

  it('leaves the quiet zones white', async () => {
    const png = PNG.sync.read(await pngLabel(LABEL));
    for (const y of [500, 700, 960]) {
      const row = Array.from({ length: png.width }, (_, x) => png.data[(y * png.width + x) * 4]! < 128);
      expect(row.indexOf(true)).toBeGreaterThanOrEqual(40);
      expect(row.lastIndexOf(true)).toBeLessThan(png.width - 40);
    }
  });
});

describe('the symbols of a label', () => {
  it('are those that fit at full size', () => {
    const titles = (change: Partial<Label>): readonly string[] => symbolsOf({ ...LABEL, ...change }).map(({ title }) => title);
    expect(titles({})).toEqual(['ORDER', 'CONTENT', 'SSCC']);
    expect(titles({ contained: undefined })).toEqual(['ORDER', 'SSCC']);
    expect(titles({ contained: undefined, merchantReference: '주문-1' })).toEqual(['SSCC']);
    expect(titles({ contained: undefined, merchantReference: 'X'.repeat(30) })).toEqual(['SSCC']);
  });
});

describe('a label for the printer', () => {
  it('is one label with every symbol and line, and no character of the text is a command', () => {
    const zpl = zplLabel({ ...LABEL, fromName: 'A^XZ~_한' });
    expect(zpl.startsWith('^XA\n')).toBe(true);
    expect(zpl.trimEnd().endsWith('^XZ')).toBe(true);
    expect(zpl.match(/\^XZ/g)).toHaveLength(1);
    expect(zpl).toContain('^FDGN-01  A_5EXZ_7E_5F한^FS');
    expect(zpl).toContain('^BCN,260,N,N,N,D^FH^FD(00)395212340000000014^FS');
    expect(zpl).toContain('^FD1 of 2   PCL-20101201-0001^FS');
    expect(zpl).toContain('^FD12.050 kg   ambient^FS');
  });
});
