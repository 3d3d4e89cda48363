/** How data is printed: `json` one document, `ndjson` one per line and row. */
export type OutputFormat = 'table' | 'json' | 'yaml' | 'ndjson';

/** The formats, the default first. */
export const OUTPUT_FORMATS: readonly OutputFormat[] = ['table', 'json', 'yaml', 'ndjson'];

/** A column of a table: its heading and the text of a row's cell. */
export interface Column<Row> {
  readonly heading: string;
  readonly cell: (row: Row) => string | number;
}

/** Prints rows to stdout: a table, or `data` (the rows themselves unless a command answers with something else). */
export async function printRows<Row>(
  format: OutputFormat,
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  data: unknown = rows,
): Promise<void> {
  process.stdout.write(format === 'table' ? tableText(rows, columns) : await dataText(format, data));
}

/** Prints one object to stdout; as a table it is a line `name  value` per field. */
export async function printObject(format: OutputFormat, object: Readonly<Record<string, unknown>>): Promise<void> {
  const columns: Column<readonly [string, unknown]>[] = [
    { heading: 'NAME', cell: ([name]) => name },
    { heading: 'VALUE', cell: ([, value]) => (typeof value === 'string' ? value : (JSON.stringify(value) ?? '-')) },
  ];
  await printRows(format, Object.entries(object), columns, object);
}

/** Data as text that ends its last line: a list is one JSON text, one YAML document, or a line of JSON per item. */
export async function dataText(format: Exclude<OutputFormat, 'table'>, data: unknown): Promise<string> {
  if (format === 'json') return `${JSON.stringify(data)}\n`;
  if (format === 'ndjson') {
    return (Array.isArray(data) ? data : [data]).map((item) => `${JSON.stringify(item)}\n`).join('');
  }
  const { stringify } = await import('yaml');
  return stringify(data, { aliasDuplicateObjects: false, lineWidth: 0 });
}

/** Columns padded to their widest cell, two spaces between, no borders: easy to read and to grep. */
export function tableText<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
  const lines = [
    columns.map(({ heading }) => heading),
    ...rows.map((row) => columns.map(({ cell }) => `${cell(row)}`)),
  ];
  const widths = columns.map((_, index) => Math.max(...lines.map((line) => line[index]?.length ?? 0)));
  const padded = (line: readonly string[]) => line.map((cell, index) => cell.padEnd(widths[index] ?? 0));
  return `${lines.map((line) => padded(line).join('  ').trimEnd()).join('\n')}\n`;
}
