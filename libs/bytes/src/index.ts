export { ByteReader, MalformedInput } from './byte-reader';
export { ByteWriter } from './byte-writer';
export { crc32c } from './crc32c';
