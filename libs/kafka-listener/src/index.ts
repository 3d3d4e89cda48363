export { createKafkaListener, type KafkaListener, type KafkaListenerOptions } from './kafka-listener';
export type { AnswerFrame, FrameHandler, KafkaConnection } from './kafka-connection';
export { DEFAULT_CONNECTION_LIMITS, type ConnectionLimits } from './connection-limits';
export { ListenFailure } from './listen-failure';
