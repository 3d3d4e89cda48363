/** What clients sent to and read from a topic, or from all of them, since the broker started. */
export class TopicTraffic {
  messagesIn = 0;
  bytesIn = 0;
  bytesOut = 0;
  produceRequests = 0;
  fetchRequests = 0;
  failedProduceRequests = 0;
  failedFetchRequests = 0;
}

/**
 * Counts the traffic of clients, in all and by topic, as Kafka's BrokerTopicMetrics do: a request counts once for each
 * partition in it. Counting allocates nothing. Topics are those with a partition here, so that no client can invent more.
 */
export class BrokerTraffic {
  readonly all = new TopicTraffic();
  readonly #topics = new Map<string, TopicTraffic>();

  /** Records were appended for a producer. */
  produced(topic: string, bytes: number, messages: number): void {
    const traffic = this.#topic(topic);
    traffic.produceRequests += 1;
    traffic.bytesIn += bytes;
    traffic.messagesIn += messages;
    this.all.produceRequests += 1;
    this.all.bytesIn += bytes;
    this.all.messagesIn += messages;
  }

  /** A producer was refused; `topic` only when this broker has the partition. */
  produceFailed(topic?: string): void {
    this.all.produceRequests += 1;
    this.all.failedProduceRequests += 1;
    if (topic === undefined) return;
    const traffic = this.#topic(topic);
    traffic.produceRequests += 1;
    traffic.failedProduceRequests += 1;
  }

  /** A consumer was answered. */
  fetched(topic: string, bytes: number): void {
    const traffic = this.#topic(topic);
    traffic.fetchRequests += 1;
    traffic.bytesOut += bytes;
    this.all.fetchRequests += 1;
    this.all.bytesOut += bytes;
  }

  /** A consumer was refused; `topic` only when this broker has the partition. */
  fetchFailed(topic?: string): void {
    this.all.fetchRequests += 1;
    this.all.failedFetchRequests += 1;
    if (topic === undefined) return;
    const traffic = this.#topic(topic);
    traffic.fetchRequests += 1;
    traffic.failedFetchRequests += 1;
  }

  /** The counts by topic; those of topics that are not among `hosted` are forgotten. */
  topics(hosted: ReadonlySet<string>): ReadonlyMap<string, TopicTraffic> {
    for (const topic of [...this.#topics.keys()]) if (!hosted.has(topic)) this.#topics.delete(topic);
    return this.#topics;
  }

  #topic(name: string): TopicTraffic {
    let traffic = this.#topics.get(name);
    if (traffic === undefined) this.#topics.set(name, (traffic = new TopicTraffic()));
    return traffic;
  }
}
