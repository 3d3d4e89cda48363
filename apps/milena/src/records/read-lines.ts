import { CommandFailure } from '../command-failure';

const NEWLINE = 0x0a;
/** A longer line is no record anybody wants; without a bound, a stream without a newline would fill the memory. */
const LINE_BYTES_MAX = 64 * 1024 * 1024;

/**
 * The lines of a stream of bytes without their newlines, several at a time: all that came together. Bytes after the last
 * newline are a line too. Throws CommandFailure for a line that is too long.
 */
export async function* readLines(
  input: AsyncIterable<Buffer>,
  bytesMax = LINE_BYTES_MAX,
): AsyncGenerator<readonly Buffer[]> {
  let begun: Buffer[] = [];
  let begunBytes = 0;
  for await (const chunk of input) {
    const lines: Buffer[] = [];
    let position = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, position)) {
      lines.push(Buffer.concat([...begun, chunk.subarray(position, end)]));
      begun = [];
      begunBytes = 0;
      position = end + 1;
    }
    const rest = chunk.subarray(position);
    if (rest.length > 0) begun.push(rest);
    begunBytes += rest.length;
    if (begunBytes > bytesMax) throw new CommandFailure(1, `a line of standard input is longer than ${bytesMax} bytes`);
    if (lines.length > 0) yield lines;
  }
  if (begunBytes > 0) yield [Buffer.concat(begun)];
}
