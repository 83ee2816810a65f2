/** `items` in an order drawn from `random` in which each key keeps its own: what a bus with partitions may deliver. */
export function shuffledByKey<T extends { readonly key: string }>(items: readonly T[], random: () => number): readonly T[] {
  const queues = [...Map.groupBy(items, (item) => item.key).values()].map((queue) => queue.values());
  const heads = queues.map((queue) => ({ queue, next: queue.next() }));
  const order: T[] = [];
  while (heads.length > 0) {
    const at = Math.floor(random() * heads.length);
    const head = heads[at]!;
    if (head.next.done) heads.splice(at, 1);
    else {
      order.push(head.next.value);
      head.next = head.queue.next();
    }
  }
  return order;
}
