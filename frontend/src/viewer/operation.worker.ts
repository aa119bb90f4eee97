import { answerOperation, type OperationMessage } from '../operations/workerMessages';

self.addEventListener('message', (event: MessageEvent<OperationMessage>) => {
  answerOperation(event.data, (answer) => {
    const transfer = answer.type === 'done' ? [answer.change.indices.buffer, answer.change.values.buffer] : [];
    self.postMessage(answer, { transfer });
  });
});
