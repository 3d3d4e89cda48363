import { dataText, tableText } from './printer';

interface TopicRow {
  readonly name: string;
  readonly partitions: number;
}

const rows: readonly TopicRow[] = [
  { name: 'quickstart-events', partitions: 3 },
  { name: 'a', partitions: 12 },
];

describe('the printer', () => {
  it('pads columns to their widest cell and ends lines without spaces', () => {
    const columns = [
      { heading: 'TOPIC', cell: (row: TopicRow) => row.name },
      { heading: 'PARTITIONS', cell: (row: TopicRow) => row.partitions },
    ];
    expect(tableText(rows, columns)).toBe(
      'TOPIC              PARTITIONS\nquickstart-events  3\na                  12\n',
    );
    expect(tableText([], columns)).toBe('TOPIC  PARTITIONS\n');
  });

  it('prints a list as one JSON text, as a line of JSON per item, or as YAML', async () => {
    expect(await dataText('json', rows)).toBe(`${JSON.stringify(rows)}\n`);
    expect(await dataText('ndjson', rows)).toBe(
      '{"name":"quickstart-events","partitions":3}\n{"name":"a","partitions":12}\n',
    );
    expect(await dataText('yaml', rows)).toBe(
      '- name: quickstart-events\n  partitions: 3\n- name: a\n  partitions: 12\n',
    );
    expect(await dataText('ndjson', { name: 'a' })).toBe('{"name":"a"}\n');
    expect(await dataText('ndjson', [])).toBe('');
  });

  it('repeats in YAML what occurs twice, so that a reader needs no anchors', async () => {
    const replicas = [1, 2];
    expect(await dataText('yaml', { replicas, isr: replicas })).toBe('replicas:\n  - 1\n  - 2\nisr:\n  - 1\n  - 2\n');
  });
});
