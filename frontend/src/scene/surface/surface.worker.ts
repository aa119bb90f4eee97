import { answerSurface, type SurfaceMessage } from './surfaceMessages';

self.addEventListener('message', (event: MessageEvent<SurfaceMessage>) => {
  const answer = answerSurface(event.data);
  const transfer = answer.type === 'done' ? [answer.surface.positions.buffer, answer.surface.triangles.buffer, answer.surface.normals.buffer] : [];
  self.postMessage(answer, { transfer: transfer as ArrayBuffer[] });
});
