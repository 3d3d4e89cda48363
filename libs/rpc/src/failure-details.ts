import type { DescMessage, MessageInitShape } from '@bufbuild/protobuf';
import { errorInfo, type Failure } from '@milena/model';
import { BadRequestSchema, ErrorInfoSchema } from '@milena/proto';

/** Domain of the reasons in google.rpc.ErrorInfo: Kafka's error names. */
export const ERROR_DOMAIN = 'kafka.apache.org';
/** Details travel in headers of limited size: whatever they are made of is cut to this. */
const TEXT_CHARACTERS_MAX = 128;
const ENTRIES_MAX = 4;

/** A typed detail of an error (AIP-193), ready to be encoded. */
export interface FailureDetail<Schema extends DescMessage = DescMessage> {
  readonly desc: Schema;
  readonly value: MessageInitShape<Schema>;
}

/**
 * The details of a Failure: ErrorInfo with Kafka's name and number of the error and what it is about; BadRequest when
 * fields of the request are to blame.
 */
export function failureDetails({ code, about = {}, violations = [] }: Failure): readonly FailureDetail[] {
  const metadata: Record<string, string> = { kafka_error_code: String(errorInfo(code).code) };
  for (const [key, value] of Object.entries(about).slice(0, ENTRIES_MAX)) metadata[key] = shortText(value);
  const info: FailureDetail<typeof ErrorInfoSchema> = {
    desc: ErrorInfoSchema,
    value: { reason: code, domain: ERROR_DOMAIN, metadata },
  };
  if (violations.length === 0) return [info];
  const fieldViolations = violations
    .slice(0, ENTRIES_MAX)
    .map(({ field, description }) => ({ field: shortText(field), description: shortText(description) }));
  const badRequest: FailureDetail<typeof BadRequestSchema> = { desc: BadRequestSchema, value: { fieldViolations } };
  return [info, badRequest];
}

function shortText(text: string): string {
  return wellFormed(text.slice(0, TEXT_CHARACTERS_MAX));
}

/** Through UTF-8, which replaces half a surrogate pair: encoders throw on one. */
export function wellFormed(text: string): string {
  return Buffer.from(text).toString();
}
