import { takeAhead } from '../api/ahead';
import { addressOf } from '../api/http';
import type { components, operations, paths } from '../api/schema';
import type { LabelArray } from '../commands/labelGrid';
import { encodeRuns, type LabelRuns } from '../commands/labelRuns';
import type { AnatomyFinding, AnatomyOverride, LabelVersion, Task, TaskId, Verdict, VersionId, VolumeId } from '../state/task';
import { labelVersionsOf } from './labelVersions';
import { mapsOf, type UncertaintyMap } from './uncertaintyMaps';
import { labelDtype } from './voxels';

/** The server could not be reached, or is not well: worth trying again. */
export class ServerAway extends Error {
  override readonly name = 'ServerAway';
}

/** The server understood and said no; the message is its own sentence. */
export class RequestRefused extends Error {
  override readonly name = 'RequestRefused';
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

export interface LabelSave {
  readonly task: TaskId;
  readonly volume: VolumeId;
  readonly parent: VersionId | null;
  readonly labels: LabelArray;
  readonly activeSeconds: number;
}

export interface ChangesSave {
  readonly task: TaskId;
  readonly volume: VolumeId;
  /** What was changed; null for the empty map. */
  readonly base: LabelVersion | null;
  readonly runs: LabelRuns;
  readonly activeSeconds: number;
}

export interface LabelSaved {
  readonly version: LabelVersion;
  readonly conflict: LabelVersion | null;
}

/** A voxel of a volume. */
export interface VoxelPlace {
  readonly volume: VolumeId;
  readonly ijk: readonly number[];
}

export type Progress = (fraction: number) => void;

/** What the viewer asks of a server. */
export interface TaskApi {
  task(id: TaskId, signal?: AbortSignal): Promise<Task>;
  open(id: TaskId, signal?: AbortSignal): Promise<Task>;
  /** Uncertainty maps of the task's volumes; none where they are not to be seen. */
  maps(task: Task, signal?: AbortSignal): Promise<readonly UncertaintyMap[]>;
  version(id: VersionId): Promise<LabelVersion>;
  /** Label versions of a volume to compare with, newest first. */
  versions(volume: VolumeId): Promise<readonly LabelVersion[]>;
  voxels(url: string, expectedBytes: number, onProgress?: Progress, signal?: AbortSignal): Promise<ArrayBuffer>;
  saveLabels(save: LabelSave): Promise<LabelSaved>;
  /** The same as saving the whole map, for the bytes that changed. */
  saveChanges(save: ChangesSave): Promise<LabelSaved>;
  adopt(id: TaskId, version: VersionId): Promise<void>;
  /** What anatomy speaks against in the labels as they are on the server. */
  checks(id: TaskId, signal?: AbortSignal): Promise<readonly AnatomyFinding[]>;
  submit(id: TaskId, activeSeconds: number, comment: string, overrides: readonly AnatomyOverride[]): Promise<void>;
  review(id: TaskId, verdict: Verdict, comment: string, place: VoxelPlace | null): Promise<void>;
  next(study: string): Promise<TaskId | null>;
}

/** A server that is silent for so long counts as away: a save must not wait for it for ever. */
const ANSWER_MS = 60_000;

type Input = components['schemas'];
type SaveQuery = operations['tasks_label_versions_create']['parameters']['query'];
type ChangesQuery = operations['tasks_label_changes_create']['parameters']['query'];

const TASK = '/api/v1/tasks/{task_id}';
/** Of a task itself, not of a thing within it that has an id of its own. */
type TaskPath = Exclude<Extract<keyof paths, `${typeof TASK}${string}`>, `${typeof TASK}${string}{${string}`>;

/** Where a task, or what one does with it, is to be found; other paths than the schema's are type errors. */
const at = (path: TaskPath, id: TaskId): string => addressOf<TaskPath>(path, { task_id: id });
/** How often the progress of a download is told. */
const TELL_MS = 100;
const RETRYABLE = new Set([408, 425, 429]);

export class HttpTaskApi implements TaskApi {
  async task(id: TaskId, signal?: AbortSignal): Promise<Task> {
    return (await call('GET', at(TASK, id), { signal })) as Task;
  }

  async open(id: TaskId, signal?: AbortSignal): Promise<Task> {
    return (await call('POST', at(`${TASK}/open`, id), { json: {}, signal })) as Task;
  }

  async maps(task: Task, signal?: AbortSignal): Promise<readonly UncertaintyMap[]> {
    return mapsOf(task, signal);
  }

  async version(id: VersionId): Promise<LabelVersion> {
    return (await call('GET', addressOf('/api/v1/label-versions/{version_id}', { version_id: id }), {})) as LabelVersion;
  }

  async versions(volume: VolumeId): Promise<readonly LabelVersion[]> {
    return labelVersionsOf(volume);
  }

  async voxels(url: string, expectedBytes: number, onProgress?: Progress, signal?: AbortSignal): Promise<ArrayBuffer> {
    const response = await send(url, { method: 'GET', ...(signal && { signal }) });
    return readBody(response, expectedBytes, onProgress ?? (() => {}));
  }

  async saveLabels({ task, volume, parent, labels, activeSeconds }: LabelSave): Promise<LabelSaved> {
    const asked = {
      volume,
      parent: parent ?? '',
      dtype: labelDtype(labels),
      active_seconds: Math.round(activeSeconds),
    } satisfies SaveQuery;
    const bytes = new Uint8Array(labels.buffer as ArrayBuffer, labels.byteOffset, labels.byteLength);
    return (await post(at(`${TASK}/label-versions`, task), asked, bytes)) as LabelSaved;
  }

  async saveChanges({ task, volume, base, runs, activeSeconds }: ChangesSave): Promise<LabelSaved> {
    const asked = {
      volume,
      base: base?.id ?? '',
      base_sha256: base?.voxels_sha256 ?? '',
      active_seconds: Math.round(activeSeconds),
    } satisfies ChangesQuery;
    return (await post(at(`${TASK}/label-changes`, task), asked, encodeRuns(runs))) as LabelSaved;
  }

  async adopt(id: TaskId, version: VersionId): Promise<void> {
    const json: Input['AdoptInputRequest'] = { version };
    await call('POST', at(`${TASK}/adopt`, id), { json });
  }

  async checks(id: TaskId, signal?: AbortSignal): Promise<readonly AnatomyFinding[]> {
    return (await call('POST', at(`${TASK}/checks`, id), { json: {}, signal })) as readonly AnatomyFinding[];
  }

  async submit(id: TaskId, activeSeconds: number, comment: string, overrides: readonly AnatomyOverride[]): Promise<void> {
    const json: Input['SubmitInputRequest'] = { active_seconds: Math.round(activeSeconds), comment, overrides: [...overrides] };
    await call('POST', at(`${TASK}/submit`, id), { json });
  }

  async review(id: TaskId, verdict: Verdict, comment: string, place: VoxelPlace | null): Promise<void> {
    const json: Input['ReviewInputRequest'] = { verdict, comment, ...(place && { volume: place.volume, ijk: [...place.ijk] }) };
    await call('POST', at(`${TASK}/review`, id), { json });
  }

  async next(study: string): Promise<TaskId | null> {
    const json: Input['TaskNextInputRequest'] = { study };
    const path = '/api/v1/tasks/next' satisfies keyof paths;
    const task = (await call('POST', path, { json })) as Input['TaskOutput'] | null;
    return (task?.id ?? null) as TaskId | null;
  }
}

/** Sends bytes, packed. */
async function post(path: string, asked: Record<string, string | number>, bytes: Uint8Array<ArrayBuffer>): Promise<unknown> {
  const query = new URLSearchParams(Object.entries(asked).map(([name, value]) => [name, String(value)]));
  const body = await new Response(new Blob([bytes]).stream().pipeThrough(new CompressionStream('gzip'))).blob();
  const headers = { 'Content-Type': 'application/octet-stream', 'Content-Encoding': 'gzip' };
  return call('POST', `${path}?${query}`, { body, headers });
}

interface CallOptions {
  readonly json?: object;
  readonly body?: Blob;
  readonly headers?: Record<string, string>;
  readonly signal?: AbortSignal | undefined;
}

async function call(method: 'GET' | 'POST', path: string, options: CallOptions): Promise<unknown> {
  const headers: Record<string, string> = { Accept: 'application/json', ...options.headers };
  if (options.json) headers['Content-Type'] = 'application/json';
  if (method !== 'GET') headers['X-CSRFToken'] = cookie('csrftoken');
  const body = options.json ? JSON.stringify(options.json) : options.body;
  const response = await send(path, {
    method,
    headers,
    ...(body !== undefined && { body }),
    signal: AbortSignal.any([AbortSignal.timeout(ANSWER_MS), ...(options.signal ? [options.signal] : [])]),
  });
  const text = await reachable(() => response.text());
  if (text === '') return null;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new ServerAway('The answer was not what Radicula expects; is a proxy in the way?');
  }
}

async function send(url: string, init: RequestInit): Promise<Response> {
  const ahead = init.method === 'GET' ? takeAhead(url) : null;
  const response = await reachable(() => ahead ?? fetch(url, { ...init, credentials: 'same-origin' }));
  if (response.ok) return response;
  const sentence = await sentenceOf(response);
  if (response.status >= 500 || RETRYABLE.has(response.status)) throw new ServerAway(sentence);
  throw new RequestRefused(response.status, sentence);
}

async function reachable<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ServerAway('The server cannot be reached.');
  }
}

/** The server's own words from a problem document (RFC 9457). */
async function sentenceOf(response: Response): Promise<string> {
  try {
    const problem = (await response.json()) as { detail?: string; title?: string; errors?: Record<string, string[]> };
    const fields = Object.values(problem.errors ?? {}).flat();
    return [problem.detail ?? problem.title, ...fields].filter(Boolean).join(' ') || `Status ${response.status}.`;
  } catch {
    return response.status >= 500 ? 'The server is away.' : `The server said no (status ${response.status}).`;
  }
}

async function readBody(response: Response, expectedBytes: number, onProgress: Progress): Promise<ArrayBuffer> {
  if (!response.body) return reachable(() => response.arrayBuffer());
  const reader = response.body.getReader();
  // Written in place: the size is known, and gathering chunks first would hold a large scan twice.
  let bytes = new Uint8Array(expectedBytes);
  let length = 0;
  let toldAtMs = performance.now();
  for (;;) {
    const { done, value } = await reachable(() => reader.read());
    if (done) break;
    if (length + value.length > bytes.length) {
      const larger = new Uint8Array(Math.max(2 * bytes.length, length + value.length));
      larger.set(bytes.subarray(0, length));
      bytes = larger;
    }
    bytes.set(value, length);
    length += value.length;
    // A large scan comes in thousands of pieces, and each telling is drawn.
    const nowMs = performance.now();
    if (nowMs - toldAtMs < TELL_MS) continue;
    toldAtMs = nowMs;
    onProgress(Math.min(1, length / expectedBytes));
  }
  return length === bytes.length ? bytes.buffer : bytes.slice(0, length).buffer;
}

function cookie(name: string): string {
  const found = document.cookie.split('; ').find((part) => part.startsWith(`${name}=`));
  return found ? decodeURIComponent(found.slice(name.length + 1)) : '';
}
