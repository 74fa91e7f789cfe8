// What stands in the service, as requests would name it. Enters: answers of lists. Leaves: ids, codes and cursors by the name of
// the field or address that takes them, so that requests reach what is there.

export class Harvest {
  readonly values = new Map<string, string[]>();
  readonly #isOwnKey: (key: Record<string, unknown>) => boolean;

  /** @param isOwnKey keys that requests come with: were they known, they would be revoked */
  constructor(isOwnKey: (key: Record<string, unknown>) => boolean) {
    this.#isOwnKey = isOwnKey;
  }

  /** @param target path and query that were answered: ids in its list are ids of its collection, a cursor goes with its query */
  take(target: string, answer: unknown): void {
    const [path = '', query = ''] = target.split('?');
    const cursor = (answer as { nextCursor?: unknown } | null)?.nextCursor;
    if (typeof cursor === 'string') this.#add([nextPageOf(path)], `${query}&cursor=${cursor}`);
    this.#visit(answer, path.split('/')[2] ?? '');
  }

  #visit(value: unknown, collection: string): void {
    if (value === null || typeof value !== 'object') return;
    const part = value as Record<string, unknown>;
    if (collection === 'api-keys' && this.#isOwnKey(part)) return;
    for (const [key, inner] of Object.entries(part)) {
      const names = key === 'id' ? (idNames[collection] ?? [`${collection}/id`]) : (fieldNames[key] ?? []);
      if (typeof inner === 'string') this.#add(names, inner);
      else
        this.#visit(inner, key === 'person' || key === 'people' ? 'persons' : key === 'owner' ? 'parties' : collection);
    }
  }

  #add(names: readonly string[], value: string): void {
    for (const name of names) {
      const values = this.values.get(name) ?? [];
      this.values.set(name, values);
      if (values.length < 400 && !values.includes(value)) values.push(value);
    }
  }
}

/** The queries that go on where an answer of this path ended. */
export const nextPageOf = (path: string) => `${path} next`;

/** An id of a collection stands for these parameters and fields. */
const idNames: Record<string, string[]> = {
  listings: ['listings/id', 'listing', 'order', 'site', 'row'],
  rounds: ['rounds/id', 'round'],
  parties: ['partyId'],
  persons: ['persons/id', 'personId'],
};

const fieldNames: Record<string, string[]> = {
  code: ['divisions/code', 'divisionCode', 'division', 'parent', 'county'],
  divisionCode: ['divisionCode', 'division', 'county'],
  uscc: ['owner', 'uscc'],
  partyId: ['partyId'],
  identity: ['delegate', 'identity'],
  actor: ['actor'],
  table: ['table'],
  place: ['q'],
  officialName: ['q'],
  nextSince: ['since'],
};
