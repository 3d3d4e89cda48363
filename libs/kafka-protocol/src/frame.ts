/** A message without its size prefix, in pieces to be sent one after the other; large record bytes are not copied. */
export type Frame = readonly Buffer[];

/** The frame as one buffer. */
export function joinFrame(frame: Frame): Buffer {
  const [first] = frame;
  return frame.length === 1 && first !== undefined ? first : Buffer.concat(frame);
}
