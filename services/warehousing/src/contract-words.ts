/** The words of a core and the values of the contract's enum that stand for them. */
export interface ContractWords<Word extends string, Value extends string> {
  /** `too_warm` → `FINDING_TOO_WARM` */
  value(word: Word): Value;
  /** `FINDING_TOO_WARM` → `too_warm`; throws on a value without a word, which validation lets nobody send. */
  word(value: Value): Word;
}

export function contractWords<Word extends string, Value extends string>(values: Readonly<Record<Word, Value>>): ContractWords<Word, Value> {
  const words = new Map((Object.entries(values) as [Word, Value][]).map(([word, value]) => [value, word]));
  return {
    value: (word) => values[word],
    word(value) {
      const word = words.get(value);
      if (!word) throw new RangeError(`no word for ${value}`);
      return word;
    },
  };
}
