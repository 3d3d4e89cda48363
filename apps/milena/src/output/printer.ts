/** How data is printed. */
export type OutputFormat = 'table' | 'json';

/** A column of a table: its heading and the text of a row's cell. */
export interface Column<Row> {
  readonly heading: string;
  readonly cell: (row: Row) => string | number;
}

/** Prints rows to stdout: a table, or `json` (the rows themselves unless a command answers with one object). */
export function printRows<Row>(
  format: OutputFormat,
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  json: unknown = rows,
): void {
  process.stdout.write(format === 'json' ? `${JSON.stringify(json)}\n` : tableText(rows, columns));
}

/** Prints one object to stdout: as JSON, or a line `name  value` per field. */
export function printObject(format: OutputFormat, object: Readonly<Record<string, unknown>>): void {
  const columns: Column<readonly [string, unknown]>[] = [
    { heading: 'NAME', cell: ([name]) => name },
    { heading: 'VALUE', cell: ([, value]) => (typeof value === 'string' ? value : JSON.stringify(value)) },
  ];
  printRows(format, Object.entries(object), columns, object);
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
