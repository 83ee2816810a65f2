import type { DescField, DescMessage, Message } from '@bufbuild/protobuf';

/** Puts values that the contract's enums lack to zero. */
type Forget = (message: Message) => void;

const forgetters = new Map<DescMessage, Forget | undefined>();

/**
 * What makes a decoded message fit the schemas that we publish: a newer service may know values of an enum that this
 * release does not, and they would leave as bare numbers. Undefined where no enum can occur.
 */
export function forgetUnknownEnums(message: DescMessage): Forget | undefined {
  if (forgetters.has(message)) return forgetters.get(message);
  forgetters.set(message, undefined); // a message that holds itself is looked at once
  const steps = message.fields.flatMap((field) => stepOf(field) ?? []);
  const forget = steps.length === 0 ? undefined : (of: Message): void => steps.forEach((step) => step(of));
  forgetters.set(message, forget);
  return forget;
}

function stepOf(field: DescField): ((of: Record<string, unknown>) => void) | undefined {
  const name = field.localName;
  if (field.oneof) return undefined; // none of our answers holds one
  if (field.enum) {
    const known = new Set(field.enum.values.map((value) => value.number));
    const settle = (value: unknown): unknown => (known.has(value as number) ? value : 0);
    return (of) => {
      const value = of[name];
      if (field.fieldKind === 'list') of[name] = (value as unknown[]).map(settle);
      else if (value !== undefined) of[name] = settle(value);
    };
  }
  const inner = field.message && field.fieldKind !== 'map' ? forgetUnknownEnums(field.message) : undefined;
  if (!inner) return undefined;
  return (of) => {
    const value = of[name];
    if (field.fieldKind === 'list') (value as Message[]).forEach(inner);
    else if (value !== undefined) inner(value as Message);
  };
}
