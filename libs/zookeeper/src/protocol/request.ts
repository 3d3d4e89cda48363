import type { AclEntry } from './acl';
import type { Operation } from './operation';

/** A read that may leave a watch behind. */
export interface WatchableRead {
  readonly operation: 'exists' | 'getData' | 'getChildren' | 'getChildren2';
  readonly path: string;
  readonly watch: boolean;
}

type Each<Names extends string, Fields> = { [Name in Names]: { readonly operation: Name } & Fields }[Names];

/** Something about one path, without more. */
export type PathRequest = Each<'getAcl' | 'sync' | 'getEphemerals' | 'getAllChildrenNumber', { readonly path: string }>;

/** Something about the session or the ensemble; what a reconfig asks for is not read. */
export type BareRequest = Each<'ping' | 'closeSession' | 'whoAmI' | 'reconfig', unknown>;

/** Adds an identity to the connection. */
export interface AuthRequest {
  readonly operation: 'auth';
  readonly scheme: string;
  /** Of scheme digest: `user:password` in clear. */
  readonly credentials: Buffer;
}

/** The watches of a former connection, to be set again, and since when they may have missed something. */
export interface SetWatchesFields {
  /** The newest zxid the client has seen. */
  readonly relativeZxid: bigint;
  readonly data: readonly string[];
  readonly exist: readonly string[];
  readonly child: readonly string[];
  readonly persistent: readonly string[];
  readonly persistentRecursive: readonly string[];
}

/** A request to set watches again, in the form with persistent watches or the older one without. */
export type SetWatchesRequest = Each<'setWatches' | 'setWatches2', SetWatchesFields>;

/** Which watches of a path are meant. */
export type WatchSelection = 'children' | 'data' | 'any';

/** Asks for or removes watches of this connection. */
export type SelectWatchesRequest = Each<
  'checkWatches' | 'removeWatches',
  { readonly path: string; readonly selection: WatchSelection }
>;

/** Sets a watch that stays until it is removed (ZooKeeper 3.6). */
export interface AddWatchRequest {
  readonly operation: 'addWatch';
  readonly path: string;
  readonly mode: 'persistent' | 'persistentRecursive';
}

/** Makes a znode. */
export interface CreateRequest {
  readonly operation: 'create' | 'create2' | 'createContainer' | 'createTtl';
  readonly path: string;
  readonly data: Buffer | undefined;
  readonly acl: readonly AclEntry[];
  /** 0 persistent, 1 ephemeral, 2 and 3 the same sequential, 4 container, 5 and 6 with a time to live. */
  readonly flags: number;
}

/** Deletes a znode, or checks its version. */
export type VersionedRequest = Each<
  'delete' | 'check',
  {
    readonly path: string;
    /** -1 stands for any. */
    readonly version: number;
  }
>;

/** Replaces the data of a znode. */
export interface SetDataRequest {
  readonly operation: 'setData';
  readonly path: string;
  readonly data: Buffer | undefined;
  readonly version: number;
}

/** Replaces the access control list of a znode. */
export interface SetAclRequest {
  readonly operation: 'setAcl';
  readonly path: string;
  readonly acl: readonly AclEntry[];
  readonly version: number;
}

/** What may stand in a multi. */
export type TransactionStep = CreateRequest | VersionedRequest | SetDataRequest;

/** Several steps, all or none. */
export interface MultiRequest {
  readonly operation: 'multi';
  readonly steps: readonly TransactionStep[];
}

/** Several reads at one zxid. */
export interface MultiReadRequest {
  readonly operation: 'multiRead';
  readonly reads: readonly WatchableRead[];
}

/** A request after the handshake. */
export type ZookeeperRequest =
  | WatchableRead
  | PathRequest
  | BareRequest
  | AuthRequest
  | SetWatchesRequest
  | SelectWatchesRequest
  | AddWatchRequest
  | TransactionStep
  | SetAclRequest
  | MultiRequest
  | MultiReadRequest;

/** The requests of one or several operations. */
export type RequestOf<Name extends Operation> = Extract<ZookeeperRequest, { readonly operation: Name }>;
