export {
  bodyOf,
  connectPacket,
  readChildren,
  readConnectAnswer,
  readData,
  readServerPacket,
  readStat,
  requestPacket,
  type ConnectAnswer,
  type ServerPacket,
  type WriteBody,
} from './client-codec';
export { LogWriter } from './log-writer';
