/** One object store of an IndexedDB database, opened when it is first needed and again when it was closed under us. */
export class KeptStore {
  private database: Promise<IDBDatabase> | null = null;

  constructor(
    private readonly name: string,
    private readonly store: string,
    private readonly factory: () => IDBFactory,
  ) {}

  async run<T>(mode: IDBTransactionMode, work: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
    const database = await this.open();
    return new Promise<T>((resolve, reject) => {
      // Strict: work is "kept" once it is on the disk, not when the browser means to write it some day.
      const transaction = database.transaction(this.store, mode, { durability: 'strict' });
      const request = work(transaction.objectStore(this.store));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error ?? new Error('The draft was not written.'));
    });
  }

  /** A failure to open is tried anew the next time. */
  private open(): Promise<IDBDatabase> {
    const opening = (this.database ??= this.connect());
    opening.catch(() => (this.database = null));
    return opening;
  }

  private connect(): Promise<IDBDatabase> {
    return new Promise((resolve, reject) => {
      const request = this.factory().open(this.name, 1);
      request.onupgradeneeded = () => request.result.createObjectStore(this.store);
      request.onsuccess = () => {
        const database = request.result;
        // Another tab with a newer version of the site must not wait for this one.
        database.onversionchange = () => {
          database.close();
          this.database = null;
        };
        database.onclose = () => (this.database = null);
        resolve(database);
      };
      request.onerror = () => reject(request.error ?? new Error('This browser keeps no drafts.'));
    });
  }
}
