import { pageOf, requestedPage, type PageFields } from './paging';

const items = Array.from({ length: 5 }, (_, index) => `item${index}`);

function page(fields: Partial<PageFields>, listing = 'topics') {
  const requested = requestedPage({ pageSize: 0, pageToken: '', ...fields }, listing);
  if (!requested.ok) return requested.error;
  const { after = '' } = requested.value;
  return pageOf(
    items.filter((item) => item > after),
    requested.value,
    (item) => item,
  );
}

/** Walks a list page by page. */
function walk(pageSize: number): string[][] {
  const pages: string[][] = [];
  let pageToken = '';
  do {
    const found = page({ pageSize, pageToken });
    if (!('items' in found)) throw new Error(found.message);
    pages.push([...found.items]);
    pageToken = found.nextPageToken;
  } while (pageToken !== '');
  return pages;
}

describe('paging', () => {
  it('walks the whole list, and the last page has no token', () => {
    expect(walk(2)).toEqual([['item0', 'item1'], ['item2', 'item3'], ['item4']]);
    expect(walk(5)).toEqual([items]);
    expect(walk(0)).toEqual([items]);
  });

  it('takes a size of 0 for the default, and counts too large ones as the largest', () => {
    const sizeOf = (pageSize: number) => {
      const requested = requestedPage({ pageSize, pageToken: '' }, 'topics');
      return requested.ok ? requested.value.size : requested.error.violations?.[0]?.field;
    };
    expect([0, 1, 1000, 5000, -1].map(sizeOf)).toEqual([100, 1, 1000, 1000, 'page_size']);
  });

  it('refuses a token of another list, one that was changed, and one that never was', () => {
    const first = page({ pageSize: 2 });
    const token = 'items' in first ? first.nextPageToken : '';
    const bytes = Buffer.from(token, 'base64url');
    bytes[bytes.length - 1]! ^= 1;
    expect(page({ pageToken: token }, 'topics?include_internal=true')).toMatchObject({ code: 'INVALID_REQUEST' });
    for (const pageToken of [bytes.toString('base64url'), 'x', 'a'.repeat(10_000), '0']) {
      expect(page({ pageToken })).toMatchObject({ code: 'INVALID_REQUEST', violations: [{ field: 'page_token' }] });
    }
  });

  it('lets the size change between pages', () => {
    const first = page({ pageSize: 1 });
    const pageToken = 'items' in first ? first.nextPageToken : '';
    expect(page({ pageSize: 3, pageToken })).toMatchObject({ items: ['item1', 'item2', 'item3'] });
  });
});
