import { endpointText, parseEndpoint } from './endpoint';
import { parseTopicPartition, topicPartitionName } from './topic-partition';

describe('endpoint', () => {
  it.each(['localhost:9092', '127.0.0.1:0', '[::1]:9093', ':9092'])('reads %s and writes it back', (text) => {
    const endpoint = parseEndpoint(text);
    expect(endpoint && endpointText(endpoint)).toBe(text);
  });

  it.each(['localhost', 'localhost:', 'localhost:70000', 'a b:1', '::1:9093', ''])('refuses %p', (text) => {
    expect(parseEndpoint(text)).toBeUndefined();
  });
});

describe('topic partition name', () => {
  it('takes the last dash for the border', () => {
    expect(parseTopicPartition('my-topic-12')).toEqual({ topic: 'my-topic', partition: 12 });
    expect(topicPartitionName({ topic: 'my-topic', partition: 12 })).toBe('my-topic-12');
  });

  it.each(['', 'topic', 'topic-', '-1', 'topic-x'])('refuses %p', (text) => {
    expect(parseTopicPartition(text)).toBeUndefined();
  });
});
