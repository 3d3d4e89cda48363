import type { ElectionType, ElectLeadersRequest } from '@milena/controller';
import { MalformedInput } from '@milena/bytes';
import { ElectLeadersRequestSchema, ElectLeadersResponseSchema } from '@milena/proto';
import { defineRpc } from '../rpc';
import { naturalFromWire } from '../wire-values';
import { partitionOutcomesFromWire, partitionOutcomesToWire } from './partition-outcomes';

/** Elects leaders of partitions now (KIP-460). */
export const electLeadersRpc = defineRpc(
  'controller.v1.ControllerService/ElectLeaders',
  {
    schema: ElectLeadersRequestSchema,
    toWire: ({ topics, ...request }: ElectLeadersRequest) => ({
      principal: request.principal,
      electionType: ELECTION_TYPES.indexOf(request.electionType),
      ...(topics && {
        partitions: {
          topics: topics.map(({ name, partitions }) => ({ name, partitionIndexes: [...partitions] })),
        },
      }),
      validateOnly: request.validateOnly,
      timeoutMs: request.timeoutMs,
    }),
    fromWire: (message): ElectLeadersRequest => ({
      principal: message.principal,
      electionType: electionTypeFromWire(message.electionType),
      topics: message.partitions?.topics.map(({ name, partitionIndexes }) => ({ name, partitions: partitionIndexes })),
      validateOnly: message.validateOnly,
      timeoutMs: naturalFromWire(message.timeoutMs, 'timeout'),
    }),
  },
  { schema: ElectLeadersResponseSchema, toWire: partitionOutcomesToWire, fromWire: partitionOutcomesFromWire },
);

/** By Kafka's numbers. */
const ELECTION_TYPES: readonly ElectionType[] = ['PREFERRED', 'UNCLEAN'];

function electionTypeFromWire(number: number): ElectionType {
  const type = ELECTION_TYPES[number];
  if (type === undefined) throw new MalformedInput(`election type ${number}`);
  return type;
}
