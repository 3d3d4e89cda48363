import { tableText } from './printer';

describe('tableText', () => {
  it('pads columns to their widest cell and ends lines without spaces', () => {
    const columns = [
      { heading: 'TOPIC', cell: (row: { name: string; partitions: number }) => row.name },
      { heading: 'PARTITIONS', cell: (row: { name: string; partitions: number }) => row.partitions },
    ];
    const rows = [
      { name: 'quickstart-events', partitions: 3 },
      { name: 'a', partitions: 12 },
    ];
    expect(tableText(rows, columns)).toBe(
      'TOPIC              PARTITIONS\nquickstart-events  3\na                  12\n',
    );
  });
});
