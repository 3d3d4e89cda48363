import { success, type Result } from '@milena/model';
import { isInternalTopic, type MetadataImage, type TopicImage } from '@milena/metadata';
import { TopicService } from '@milena/proto';
import { adminMethods, type AdminCall, type AdminMethod } from './admin-method';
import type { AppliedMetadata, GatewayContext } from './gateway-context';
import { listReassignments } from './list-reassignments';
import { pageOf, requestedPage, type PageFields } from './paging';
import type { ReadFields } from './read-metadata';
import { addPartitions, createTopic, deleteTopic, updateTopicConfigs } from './topic-changes';
import { getTopicConfig, listTopicConfigs } from './topic-configs';
import { findTopic, topicMessage, type TopicMessage } from './topic-message';
import { listPartitions } from './topic-partitions';
import { cancelReassignments, electLeaders, reassignPartitions } from './topic-placement';

/** TopicService: reads from the gateway's image, once it is as fresh as they ask for; changes by the active controller. */
export function topicService(context: GatewayContext): readonly AdminMethod[] {
  const sortedTopics = createTopicSorter();
  return adminMethods(TopicService, {
    createTopic: (request, call) => createTopic(context, request, call),
    getTopic: (request, call) => getTopic(context, request, call),
    listTopics: async (request, call) => listTopics(await context.read(request, call), request, sortedTopics),
    deleteTopic: (request, call) => deleteTopic(context, request, call),
    addPartitions: (request, call) => addPartitions(context, request, call),
    listPartitions: (request, call) => listPartitions(context, request, call),
    reassignPartitions: (request, call) => reassignPartitions(context, request, call),
    cancelReassignments: (request, call) => cancelReassignments(context, request, call),
    listReassignments: (request, call) => listReassignments(context, request, call),
    electLeaders: (request, call) => electLeaders(context, request, call),
    updateTopicConfigs: (request, call) => updateTopicConfigs(context, request, call),
    getTopicConfig: (request, call) => getTopicConfig(context, request, call),
    listTopicConfigs: (request, call) => listTopicConfigs(context, request, call),
  });
}

async function getTopic(
  context: GatewayContext,
  { name, ...fields }: ReadFields & { readonly name: string },
  call: AdminCall,
): Promise<Result<{ topic: TopicMessage }>> {
  const metadata = await context.read(fields, call);
  if (!metadata.ok) return metadata;
  const { image } = metadata.value;
  const topic = findTopic(image, name, 'name');
  return topic.ok ? success({ topic: topicMessage(image, topic.value) }) : topic;
}

function listTopics(
  metadata: Result<AppliedMetadata>,
  { includeInternal, ...fields }: PageFields & { readonly includeInternal: boolean },
  sortedTopics: (image: MetadataImage) => readonly TopicImage[],
): Result<{ topics: TopicMessage[]; nextPageToken: string }> {
  if (!metadata.ok) return metadata;
  const page = requestedPage(fields, `topics?include_internal=${includeInternal}`);
  if (!page.ok) return page;
  const { image } = metadata.value;
  const { after = '' } = page.value;
  const topics = sortedTopics(image).filter(({ name }) => name > after && (includeInternal || !isInternalTopic(name)));
  const { items, nextPageToken } = pageOf(topics, page.value, ({ name }) => name);
  return success({ topics: items.map((topic) => topicMessage(image, topic)), nextPageToken });
}

/** The topics of an image by name. Those of the last image are kept, because lists are read page by page. */
function createTopicSorter(): (image: MetadataImage) => readonly TopicImage[] {
  let last: { readonly image: MetadataImage; readonly sorted: readonly TopicImage[] } | undefined;
  return (image) => {
    if (last?.image !== image) {
      const sorted = [...image.topics()].sort((left, right) => (left.name < right.name ? -1 : 1));
      last = { image, sorted };
    }
    return last.sorted;
  };
}
