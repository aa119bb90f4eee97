import { addressOf, api, bodyOf, csrfHeader } from '../api/http';
import { parseProblem, serverAway } from '../api/problem';
import type { components } from '../api/schema';
import { decodeRegion, type RegionAnswer } from '../operations/regionRuns';
import type { InteractiveMethod } from '../state/interactive';
import type { TaskId, VolumeId } from '../state/task';

export type SentMarks = components['schemas']['InteractiveMarksInputRequest'];

export interface Answered {
  readonly region: RegionAnswer;
  readonly engineMs: number;
}

const SESSION = '/api/v1/tasks/{task_id}/interactive/{session_id}';

/** The interactive part of the API. Refusals are `ProblemError`s. */
export const interactiveApi = {
  async methods(task: TaskId): Promise<readonly InteractiveMethod[]> {
    const found = await bodyOf(api.GET('/api/v1/tasks/{task_id}/interactive', { params: { path: { task_id: task } } }));
    return found.methods;
  },

  async open(task: TaskId, volume: VolumeId): Promise<string> {
    const asked = { params: { path: { task_id: task } }, body: { volume } };
    return (await bodyOf(api.POST('/api/v1/tasks/{task_id}/interactive', asked))).id;
  },

  /** Bytes come back, which the generated client does not read. */
  async answer(task: TaskId, session: string, marks: SentMarks, signal: AbortSignal): Promise<Answered> {
    const response = await fetch(addressOf(SESSION, { task_id: task, session_id: session }), {
      method: 'POST',
      credentials: 'same-origin',
      headers: { 'Content-Type': 'application/json', Accept: '*/*', ...csrfHeader() },
      body: JSON.stringify(marks),
      signal,
    }).catch((error: unknown) => {
      throw error instanceof DOMException && error.name === 'AbortError' ? error : serverAway();
    });
    if (!response.ok) throw parseProblem(response.status, await response.text());
    return { region: decodeRegion(await response.arrayBuffer()), engineMs: engineMs(response.headers.get('Server-Timing')) };
  },

  /** Leaving: nobody waits for the answer. */
  close(task: TaskId, session: string): void {
    const address = addressOf(SESSION, { task_id: task, session_id: session });
    void fetch(address, { method: 'DELETE', credentials: 'same-origin', keepalive: true, headers: csrfHeader() }).catch(() => {});
  },
};

/** `read;dur=1.5, work;dur=80` in all. */
export const engineMs = (header: string | null): number =>
  [...(header ?? '').matchAll(/dur=([\d.]+)/g)].reduce((sum, [, milliseconds]) => sum + Number(milliseconds), 0);
