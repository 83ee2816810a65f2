export interface Life {
  end(): Promise<void>;
}
export async function beginLife(_say: (line: string) => void): Promise<Life> {
  throw new Error('');
}
