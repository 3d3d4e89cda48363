import { array, int32, string } from '../field';

/** Where the leaders named in a Produce or Fetch response can be reached (KIP-951); tag 0 of the response. */
export const nodeEndpoints = <V extends string>(versions: V) =>
  array(
    versions,
    {
      nodeId: int32('0+'),
      host: string('0+'),
      port: int32('0+'),
      rack: string('0+', { nullable: '0+', default: null }),
    },
    { tag: 0 },
  );
