/** One thing an operator does, with everything about it, as a script has it. */
export type OperatorAction =
  /** Replicas are to be on other brokers, the preferred leader first; without `target` such a move is taken back. */
  | {
      readonly do: 'move replicas';
      readonly topic: string;
      readonly partition: number;
      readonly target: readonly number[] | null;
    }
  /** Leaderships are given back to the first replica; of one partition, or where that is needed. */
  | { readonly do: 'elect preferred'; readonly topic: string | null; readonly partition: number }
  | { readonly do: 'elect uncleanly'; readonly topic: string; readonly partition: number }
  /** A key of a topic is set, or of all brokers where `topic` is empty; without a value it is taken away. */
  | { readonly do: 'configure'; readonly topic: string; readonly key: string; readonly value: string | null }
  /** A key is set to a value that nothing else is ever set to. */
  | { readonly do: 'set once'; readonly topic: string; readonly value: string }
  | { readonly do: 'unregister'; readonly broker: number };
