/** Kinds of things that carry configuration (Kafka's ConfigResource types 2, 4, 16 and 32). */
export type ConfigResourceType = 'TOPIC' | 'BROKER' | 'CLIENT_METRICS' | 'GROUP';

/** One thing that carries configuration. */
export interface ConfigResource {
  readonly type: ConfigResourceType;
  /** Topic name, broker id as text, group id ...; empty for the cluster-wide default of all brokers. */
  readonly name: string;
}

/** A key for maps, unique per resource. */
export function configResourceKey({ type, name }: ConfigResource): string {
  return `${type}:${name}`;
}
