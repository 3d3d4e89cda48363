import { createFileRegistry, fromBinary, toBinary, type DescFile, type FileRegistry } from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema, FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { DESCRIPTOR_SET } from '@milena/proto/descriptor-set';

/** Descriptors as the compiler made them, looked up the ways that reflection asks. Unknown names give undefined. */
export interface ServiceDescriptors {
  /** A file and everything it imports, encoded. */
  fileByName(name: string): readonly Uint8Array[] | undefined;
  /** The file that holds a message, enum, service, extension, method or field, and everything it imports. */
  fileBySymbol(symbol: string): readonly Uint8Array[] | undefined;
  /** The file that holds the extension `number` of a message, and everything it imports. */
  fileByExtension(messageName: string, number: number): readonly Uint8Array[] | undefined;
  hasMessage(name: string): boolean;
}

/** Reads the descriptors of everything our servers offer; takes some milliseconds, so it waits until somebody asks. */
export function readServiceDescriptors(): ServiceDescriptors {
  const set = fromBinary(FileDescriptorSetSchema, Buffer.from(DESCRIPTOR_SET, 'base64'));
  return new RegisteredFiles(createFileRegistry(set));
}

class RegisteredFiles implements ServiceDescriptors {
  /** Encoding takes longer than everything else in an answer. */
  readonly #encoded = new Map<DescFile, Uint8Array>();

  constructor(private readonly registry: FileRegistry) {}

  fileByName(name: string): readonly Uint8Array[] | undefined {
    return this.#withImports(this.registry.getFile(name));
  }

  fileBySymbol(symbol: string): readonly Uint8Array[] | undefined {
    return this.#withImports(this.registry.get(symbol)?.file ?? this.#fileOfMember(symbol));
  }

  fileByExtension(messageName: string, number: number): readonly Uint8Array[] | undefined {
    const extendee = this.registry.getMessage(messageName);
    return this.#withImports(extendee && this.registry.getExtensionFor(extendee, number)?.file);
  }

  hasMessage(name: string): boolean {
    return this.registry.getMessage(name) !== undefined;
  }

  #fileOfMember(symbol: string): DescFile | undefined {
    const dot = symbol.lastIndexOf('.');
    const parent = this.registry.get(symbol.slice(0, Math.max(0, dot)));
    const name = symbol.slice(dot + 1);
    const members = parent?.kind === 'service' ? parent.methods : parent?.kind === 'message' ? parent.fields : [];
    return members.some((member) => member.name === name) ? parent?.file : undefined;
  }
  /** The file first, each of its direct and indirect imports once. */
  #withImports(file: DescFile | undefined): readonly Uint8Array[] | undefined {
    if (file === undefined) return undefined;
    const found = new Set([file]);
    // A set iterates over what is added on the way.
    for (const each of found) for (const imported of each.dependencies) found.add(imported);
    return [...found].map((each) => this.#bytesOf(each));
  }

  #bytesOf(file: DescFile): Uint8Array {
    const bytes = this.#encoded.get(file) ?? toBinary(FileDescriptorProtoSchema, file.proto);
    this.#encoded.set(file, bytes);
    return bytes;
  }
}
