import type { Result } from '@milena/model';
import type { VoterChangeRequest } from '../messages';
import { replicaKeyText } from '../replica-key';
import type { TestCluster } from './test-cluster';
import type { TestNode } from './test-node';

/** What the commands work on. */
export interface VoterCommandScene {
  cluster(): TestCluster;
  node(id: string | undefined): TestNode;
  /** Shows a line of its own in the transcript. */
  tell(line: string): void;
}

type Run = (words: readonly string[]) => readonly string[] | void;

/**
 * The commands of transcripts about dynamic voters; those that ask the leader print its answer when it comes.
 *
 *   add ID at=NODE timeout=MS ack=append           asks the leader to add that replica, at its own endpoint unless said
 *   remove ID                                      asks the leader to remove that voter
 *   upgrade LEVEL validate                         raises kraft.version, or with `validate` says whether it could be
 *   bootstrap ID PEER..                            the configuration of a node names where those peers are now
 *   disk-replaced ID | moved ID PORT               what happened to a node while it was down
 *   cluster joiners=1 joinerflush=1 autojoin=true  controllers that are no voters; how slow their disks are; whether
 *                                                  controllers ask to become voters by themselves
 *   cluster directories=true                       static voters have directory ids, which nobody was told
 *   voters                                         the voter set that rules on every node
 */
export function voterCommands(scene: VoterCommandScene): Readonly<Record<string, Run>> {
  const ask = (request: VoterChangeRequest): void => {
    scene.node('leader').serve(request, ({ error, ...response }) => {
      const why = 'message' in response ? `: ${response.message}` : '';
      const verb = request.type.slice(0, -'Voter'.length);
      scene.tell(`asked to ${verb} ${replicaKeyText(request.voter)}: ${error}${why}`);
    });
  };
  return {
    add: ([id, ...words]) => {
      const given = Object.fromEntries(words.map((word) => word.split('=', 2) as [string, string]));
      const { self, endpoint } = scene.node(given['at'] ?? id);
      if (endpoint === undefined) throw new Error(`node ${self.id} serves nobody`);
      ask({
        type: 'addVoter',
        voter: scene.node(id).self,
        endpoint,
        timeoutMs: Number(given['timeout'] ?? 1000),
        ackWhenCommitted: given['ack'] !== 'append',
      });
    },
    remove: ([id]) => {
      const { raft } = scene.node('leader');
      const voter = raft?.voters.voter(Number(id))?.key ?? scene.node(id).self;
      ask({ type: 'removeVoter', voter });
    },
    upgrade: ([level, how]) => {
      let outcome: Result<void> | undefined;
      scene.node('leader').input((raft) => {
        const { epoch } = raft.leadership;
        outcome = raft.upgradeKraftVersion({ epoch, version: Number(level), validateOnly: how === 'validate' });
      });
      const end = outcome?.ok === false ? `${outcome.error.code}: ${outcome.error.message}` : 'NONE';
      return [`asked to raise kraft.version to ${level}: ${end}`];
    },
    'disk-replaced': ([id]) => {
      scene.node(id).replaceDisk();
    },
    bootstrap: ([id, ...peers]) => {
      scene.node(id).addresses = peers.flatMap((peer) => scene.node(peer).endpoint ?? []);
    },
    moved: ([id, port]) => {
      scene.node(id).move(Number(port));
    },
    voters: () => [...scene.cluster().nodes.values()].filter((node) => node.isUp()).map(votersOf),
  };
}

function votersOf({ id, raft }: TestNode): string {
  const voters = raft?.voters.voters ?? [];
  const names = voters.map(({ key, endpoint }) => {
    const port = endpoint.port === 9093 ? '' : ` (port ${endpoint.port})`;
    return `${replicaKeyText(key)}${port}`;
  });
  return `${id} has the voters ${names.join(' ')}`.trimEnd();
}
