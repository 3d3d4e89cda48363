/** A broken rule of Raft. */
export class SafetyViolation extends Error {
  override readonly name = 'SafetyViolation';
}

/** Throws a SafetyViolation unless the rule holds. */
export function demand(condition: boolean, complaint: string): void {
  if (!condition) throw new SafetyViolation(complaint);
}
