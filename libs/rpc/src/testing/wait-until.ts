/** Waits, turn by turn of the event loop, until a condition holds; rejects when it does not in time. */
export async function waitUntil(condition: () => boolean, withinMs = 5000): Promise<void> {
  const untilMs = performance.now() + withinMs;
  while (!condition()) {
    if (performance.now() > untilMs) throw new Error('it did not happen in time');
    await new Promise((resolve) => setImmediate(resolve));
  }
}
