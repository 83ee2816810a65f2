/** A carton of the BED-BPP data set: outer sizes and gross weight of an article. */
export interface Carton {
  /** Article number, a text of eight digits. */
  readonly id: string;
  /** `donut-00101843`. */
  readonly article: string;
  readonly productGroup: string;
  readonly lengthMm: number;
  readonly widthMm: number;
  readonly heightMm: number;
  readonly grams: number;
}

type CartonJson = Readonly<Record<'article' | 'id' | 'product_group', string> & Record<'length/mm' | 'width/mm' | 'height/mm' | 'weight/kg', number>>;
type OrdersJson = Readonly<Record<string, { readonly item_sequence: Readonly<Record<string, CartonJson>> }>>;

/**
 * The articles of a file of BED-BPP orders by number, each once, in order of number.
 * @throws RangeError for a size or weight that is none, or an article that measures one thing here and another there.
 */
export function parseCartons(text: string): ReadonlyMap<string, Carton> {
  const cartons = new Map<string, Carton>();
  for (const order of Object.values(JSON.parse(text) as OrdersJson)) {
    for (const json of Object.values(order.item_sequence)) {
      const carton = cartonOf(json);
      const known = cartons.get(carton.id);
      if (known && JSON.stringify(known) !== JSON.stringify(carton)) throw new RangeError(`article ${carton.id} has two sizes`);
      cartons.set(carton.id, carton);
    }
  }
  return new Map([...cartons].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function cartonOf(json: CartonJson): Carton {
  const [lengthMm, widthMm, heightMm, grams] = [json['length/mm'], json['width/mm'], json['height/mm'], Math.round(json['weight/kg'] * 1_000)];
  for (const value of [lengthMm, widthMm, heightMm, grams]) if (!(Number.isInteger(value) && value > 0)) throw new RangeError(`article ${json.id} has no size: ${value}`);
  return { id: json.id, article: json.article, productGroup: json.product_group, lengthMm, widthMm, heightMm, grams };
}
