/**
 * Drafts outlive a reload where the browser allows it: IndexedDB, else localStorage, else memory only.
 * The worker portal shows tasks in an iframe whose storage may be refused, so nothing here may throw or hang.
 */
export interface Store {
  /** Whether what is written survives a reload. */
  readonly lasting: boolean;
  get(key: string): Promise<unknown>;
  set(key: string, value: unknown): Promise<void>;
  delete(key: string): Promise<void>;
}

export interface Stamped {
  /** Milliseconds since 1970. */
  time: number;
}

const NAME = "truthkit-drafts";
const MONTH = 30 * 24 * 3600 * 1000;
const PATIENCE = 2000;

export class MemoryStore implements Store {
  readonly lasting = false;
  #values = new Map<string, unknown>();

  async get(key: string): Promise<unknown> {
    return this.#values.get(key);
  }

  async set(key: string, value: unknown): Promise<void> {
    this.#values.set(key, structuredClone(value));
  }

  async delete(key: string): Promise<void> {
    this.#values.delete(key);
  }
}

export class WebStore implements Store {
  readonly lasting = true;

  /** Throws where the storage is refused or full. */
  constructor(private readonly storage: Storage) {
    storage.setItem(`${NAME}?`, "1");
    storage.removeItem(`${NAME}?`);
    for (const key of Object.keys(storage)) {
      if (key.startsWith(`${NAME}:`) && isOld(parse(storage.getItem(key)))) storage.removeItem(key);
    }
  }

  async get(key: string): Promise<unknown> {
    return parse(this.storage.getItem(`${NAME}:${key}`));
  }

  async set(key: string, value: unknown): Promise<void> {
    this.storage.setItem(`${NAME}:${key}`, JSON.stringify(value));
  }

  async delete(key: string): Promise<void> {
    this.storage.removeItem(`${NAME}:${key}`);
  }
}

class DatabaseStore implements Store {
  readonly lasting = true;

  constructor(private readonly database: IDBDatabase) {
    this.#run("readwrite", (drafts) => {
      const cursor = drafts.openCursor();
      cursor.onsuccess = () => {
        const at = cursor.result;
        if (!at) return;
        if (isOld(at.value)) at.delete();
        at.continue();
      };
      return cursor;
    }).catch(() => undefined);
  }

  get(key: string): Promise<unknown> {
    return this.#run("readonly", (drafts) => drafts.get(key));
  }

  async set(key: string, value: unknown): Promise<void> {
    await this.#change((drafts) => drafts.put(value, key));
  }

  async delete(key: string): Promise<void> {
    await this.#change((drafts) => drafts.delete(key));
  }

  #change<T>(ask: (drafts: IDBObjectStore) => IDBRequest<T>): Promise<unknown> {
    return this.#run("readwrite", (drafts) => {
      const request = ask(drafts);
      // A page that is being left does not wait for the transaction to end by itself.
      request.transaction?.commit?.();
      return request;
    });
  }

  #run<T>(
    mode: IDBTransactionMode,
    ask: (drafts: IDBObjectStore) => IDBRequest<T>,
  ): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const transaction = this.database.transaction(NAME, mode);
      const request = ask(transaction.objectStore(NAME));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = transaction.onerror = () => reject(transaction.error);
    });
  }
}

function openDatabase(): Promise<Store> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(NAME);
    request.onsuccess = () => {
      if (request.result.objectStoreNames.contains(NAME))
        resolve(new DatabaseStore(request.result));
      else reject(new Error(`${NAME} is someone else's`));
    };
    request.onerror = request.onblocked = () => reject(request.error);
    setTimeout(() => reject(new Error("IndexedDB does not answer")), PATIENCE);
  });
}

/** The best store that this page may use. Never fails. */
export async function openStore(): Promise<Store> {
  try {
    return await openDatabase();
  } catch {
    try {
      return new WebStore(window.localStorage);
    } catch {
      return new MemoryStore();
    }
  }
}

function parse(text: string | null): unknown {
  try {
    return text === null ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isOld(value: unknown): boolean {
  return Date.now() - ((value as Stamped | undefined)?.time ?? 0) > MONTH;
}

/** A short name for a task: the task input carries no id, so its content is its name. */
export function fingerprint(...parts: unknown[]): string {
  const text = JSON.stringify(parts);
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    high = Math.imul(high ^ unit, 2654435761);
    low = Math.imul(low ^ unit, 1597334677);
  }
  high = Math.imul(high ^ (high >>> 15), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  low = Math.imul(low ^ (low >>> 15), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  return (high >>> 0).toString(16).padStart(8, "0") + (low >>> 0).toString(16).padStart(8, "0");
}

/** Writes the newest draft at most `wait` milliseconds after a change; a failed write never disturbs the work. */
export class DraftWriter {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #next: (() => unknown) | undefined;
  #closed = false;
  #writing = 0;

  constructor(
    private readonly store: Store,
    private readonly key: string,
    private readonly told: (saved: boolean) => void,
    private readonly wait = 250,
  ) {}

  /** Whether a change is not written yet. */
  get pending(): boolean {
    return this.#next !== undefined || this.#writing > 0;
  }

  /** Plans a write of what `read` gives by then. */
  plan(read: () => unknown): void {
    if (this.#closed) return;
    this.#next = read;
    this.#timer ??= setTimeout(() => void this.flush(), this.wait);
  }

  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const read = this.#next;
    this.#next = undefined;
    if (!read) return;
    let saved = true;
    this.#writing++;
    try {
      await this.store.set(this.key, read());
    } catch {
      saved = false;
    }
    this.#writing--;
    this.told(saved);
  }

  /** Forgets the draft; nothing is written any more when `forGood`. */
  async clear(forGood: boolean): Promise<void> {
    this.#closed ||= forGood;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#next = undefined;
    await this.store.delete(this.key).catch(() => undefined);
  }
}
