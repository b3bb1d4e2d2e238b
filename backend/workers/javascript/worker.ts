// First: a thread takes 45 ms to start, and does so beside what follows.
import './main/control-thread.ts';
import path from 'node:path';
import { installBackground } from './main/background.ts';
import { Capabilities } from './main/capabilities.ts';
import { Cells, tracksContext } from './main/cells.ts';
import { Definitions } from './main/checkpoints/definitions.ts';
import { installOutput } from './main/console.ts';
import { installConstants } from './main/constants.ts';
import { answers, control, engineFile, memory, port } from './main/control-thread.ts';
import { protectDescriptors } from './main/descriptors.ts';
import { EngineNames } from './main/engine-names.ts';
import { Errands } from './main/errands.ts';
import { installExit } from './main/exit.ts';
import { installFunctions } from './main/functions.ts';
import { Consent } from './main/gate/consent.ts';
import { Gate } from './main/gate/gate.ts';
import { InspectionAnswers } from './main/inspection/inspection.ts';
import { rememberFormatter } from './main/inspection/property.ts';
import { Link } from './main/link.ts';
import { Modules } from './main/modules.ts';
import { Namespace } from './main/namespace.ts';
import { defineProperty, store } from './main/primordials.ts';
import { Stacks } from './main/stack.ts';
import { installTasks } from './main/tasks/install.ts';
import { warmUp } from './main/warm-up.ts';
import { INSPECTION_FUNCTION, type Question } from './shared/inspection-function.ts';
import { openMemory, Word } from './shared/memory.ts';
import type { ToMain } from './shared/messages.ts';
import { PAGE_FUNCTION } from './shared/page-function.ts';

// The main thread: it starts the control thread and then runs what that tells it, one message at a time. User code always
// starts from a message, never from the inspector: only then can the inspector terminate it.

// Not in Node's types: `reallyExit` leaves without running user code, `_rawDebug` writes to fd 2 itself.
const native = process as typeof process & { reallyExit(code: number): never; _rawDebug(text: string): void };
const { reallyExit, _rawDebug: writeRaw } = native;
// Without its control thread the worker is deaf. The backend finds the reason in the standard error.
control.on('error', (error) => {
  writeRaw(`Holdfast's control thread failed: ${error.stack}`);
  reallyExit.call(process, 70);
});

const link = new Link(port, openMemory(memory));
const leave = installExit(link);
const stacks = new Stacks(engineFile);
const names = new EngineNames();
const namespace = new Namespace(names);
const modules = new Modules();
installOutput(link);
installBackground();
const capabilities = new Capabilities(link, answers, stacks);
installFunctions(capabilities, link, namespace);
modules.enter(null);
installConstants();
protectDescriptors();
defineProperty(globalThis, PAGE_FUNCTION, {
  value: ({ start, count }: { start: number; count: number }) => namespace.page(start, count),
});
rememberFormatter();
const inspections = new InspectionAnswers(names);
defineProperty(globalThis, INSPECTION_FUNCTION, {
  value: (question: Question) => inspections.answer(question),
});
namespace.markBuiltins(names.install());
const definitions = new Definitions();
const cells = new Cells({ link, namespace, names, modules, stacks, definitions });
const errands = new Errands({ link, namespace, names, modules, definitions, cells });
const consent = new Consent(capabilities, link, tracksContext());
const gate = new Gate({ consent, memory: link.memory, workerFolder: path.dirname(engineFile), thread: control });
const tasks = installTasks(link, control, () => cells.idle);

port.on('message', (message: ToMain) => {
  store(link.memory.words, Word.running, 0);
  switch (message.kind) {
    case 'run':
      tasks.renew();
      errands.forget();
      gate.renew();
      cells.run(message.context);
      return;
    case 'warm_up':
      return warmUp(message.cells, modules, stacks);
    case 'abandon':
      tasks.disturb();
      return cells.abandon(message.serial);
    case 'answer':
      capabilities.settle(message.requestId, message.answer, message.payload);
      return;
    case 'policy':
      capabilities.takeTrusted();
      return gate.renew();
    case 'cancel_task':
      tasks.cancel(message.taskId, message.replyTo);
      return;
    case 'errand':
      return errands.run(message.number, message.errand);
    case 'probe':
      return;
    case 'exit':
      return leave(0);
  }
});
link.send({ kind: 'ready' });
