/** Reads which server of a Redis Cluster has which slots, again and again: a slot moves, and a replica becomes a master. */

import { askServer } from '../ask-server.ts';
import { checkFormat } from '../format.ts';
import type { RedisLinkPort } from '../link-port.ts';
import { createRawClient } from '../raw-client.ts';
import { moveTo } from '../redis-address.ts';
import { SlotTable, slotOf, type ClusterNode } from '../slots.ts';
import { explainTrouble } from '../trouble.ts';

type Client = Awaited<ReturnType<typeof createRawClient>>;

/** How long connecting to a server may take, in milliseconds. */
const CONNECT_MS = 1_000;

export interface ClusterMapOptions {
  readonly address: string;
  /** Where the cluster is asked at first. User, password and TLS are those of the first one. */
  readonly urls: readonly string[];
  readonly caFile: string | undefined;
  readonly formatKey: string;
  /** Told of each table that was read. */
  readonly onTable: (table: SlotTable) => void;
}

export class ClusterMap implements RedisLinkPort {
  readonly address: string;
  /** Only what was read tells that it lives. */
  readonly isAlive = false;
  readonly #options: ClusterMapOptions;
  #table: SlotTable | undefined;
  #client: Client | undefined;
  #host = '';
  #heard: () => void = () => undefined;
  #isReading = false;
  #isFormatKnown = false;

  constructor(options: ClusterMapOptions) {
    this.#options = options;
    this.address = options.address;
  }

  /** The URL of a server of the cluster. */
  urlOf({ host, port }: ClusterNode): string {
    return moveTo(this.#options.urls[0]!, host, port);
  }

  async open(heard: () => void, lost: (error: Error) => void): Promise<void> {
    const masters = [...(this.#table?.masters.values() ?? [])];
    let failure: unknown;
    for (const url of [...masters.map((node) => this.urlOf(node)), ...this.#options.urls]) {
      try {
        await this.#openAt(url, lost);
        this.#heard = heard;
        return;
      } catch (error) {
        failure = error;
        this.close();
      }
    }
    throw explainTrouble(failure);
  }

  use(): void {
    if (this.#table !== undefined) this.#options.onTable(this.#table);
  }

  /** Reads the table again. */
  probe(): void {
    const client = this.#client;
    if (client === undefined || this.#isReading) return;
    this.#isReading = true;
    const read = async (): Promise<void> => {
      try {
        const table = await this.#read(client);
        if (client !== this.#client) return;
        this.#table = table;
        this.#options.onTable(table);
        this.#heard();
      } catch {
        // A link that hears nothing is made anew.
      } finally {
        this.#isReading = false;
      }
    };
    void read();
  }

  close(): void {
    const client = this.#client;
    this.#client = undefined;
    if (client?.isOpen === true) client.destroy();
  }

  async #openAt(url: string, lost: (error: Error) => void): Promise<void> {
    const { caFile, formatKey } = this.#options;
    const client = await createRawClient({ url, caFile, connectMs: CONNECT_MS });
    this.#client = client;
    let isOpen = false;
    client.on('error', (error: Error) => {
      // Before, the next server is asked.
      if (isOpen && this.#client === client) lost(error);
    });
    await client.connect();
    this.#host = new URL(url).hostname;
    const table = await this.#read(client);
    if (!this.#isFormatKnown) {
      const keeper = table.masters.get(table.owners[slotOf(formatKey)] ?? '');
      if (keeper === undefined) throw new Error('no server of the cluster has the slot of the format');
      await checkFormat(formatKey, (words) => askServer(this.urlOf(keeper), caFile, words));
      // It need not be there when the table is read again.
      this.#isFormatKnown = true;
    }
    this.#table = table;
    isOpen = true;
  }

  async #read(client: Client): Promise<SlotTable> {
    return new SlotTable(await client.sendCommand<unknown>(['CLUSTER', 'SLOTS']), this.#host);
  }
}
