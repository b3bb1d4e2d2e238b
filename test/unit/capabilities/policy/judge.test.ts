import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Request } from '../../../../backend/capabilities/broker.ts';
import { OpenPrompts } from '../../../../backend/capabilities/open-prompts.ts';
import { Judge, phrase } from '../../../../backend/capabilities/policy/judge.ts';
import { SessionSecurity } from '../../../../backend/capabilities/policy/session-security.ts';
import { targetOf } from '../../../../backend/capabilities/policy/target.ts';
import { WorkspaceSecurity } from '../../../../backend/capabilities/policy/workspace-security.ts';
import { DurablePromises } from '../../../../backend/durable/durable-promises.ts';
import { PromptRecords } from '../../../../backend/durable/prompt-records.ts';
import { DEFAULT_SECURITY } from '../../../../backend/protocol/client/security.ts';

describe('an answer that cannot be kept', () => {
  it('holds for what was asked, and the person is told', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'hf-judge-'));
    const promises = new DurablePromises({ kind: 'embedded', folder: path.join(folder, 'promises') });
    try {
      const stateFolder = path.join(folder, 'leads-nowhere');
      await symlink(path.join(folder, 'not/there'), stateFolder);
      const changed = () => {};
      const workspace = new WorkspaceSecurity({ workspace: folder, stateFolder, settings: DEFAULT_SECURITY, changed });
      const session = new SessionSecurity(workspace, { level: 'restricted', allow: [], deny: [] }, () => []);
      const told: string[] = [];
      const prompts: OpenPrompts = new OpenPrompts({
        listener: { opened: ({ promptId }) => void prompts.answer(promptId, 'allow_workspace'), closed: () => {} },
        records: new PromptRecords(promises),
        timeoutMs: () => null,
        isRepeatable: () => false,
      });
      const notify = (_request: Request, level: string, message: string) => void told.push(`${level} ${message}`);
      const judge = new Judge({ sessionId: 's', workspace, session, prompts, machine: () => null, notify });
      const request = { requestId: 1, executionId: null, capability: 'network', location: null } as Request;
      const effect = { category: 'network', operation: 'fetch', host: 'example.com', port: 443 } as const;
      const judged = await judge.judge(effect, request, new AbortController().signal);
      assert.deepEqual(judged, { remember: true, touched: null });
      assert.equal(told.length, 1);
      assert.match(told[0] ?? '', /^warning The answer cannot be kept in .*grants\.json \(E\w+\)/);
      await assert.rejects(readFile(path.join(stateFolder, 'grants.json')));
      // Written later, it would make the folder again.
      await workspace.audit.flushed();
    } finally {
      await promises.close();
      await rm(folder, { recursive: true });
    }
  });
});

describe('what is asked is said as what is done', () => {
  const network = (operation: string, host: string, port: number | null) =>
    ({ category: 'network', operation, host, port }) as const;
  const environment = (operation: string, name: string | null) =>
    ({ category: 'environment', operation, name }) as const;
  for (const [effect, words] of [
    [network('socket.connect', 'Example.com', 443), 'connect to example.com:443'],
    [network('socket.bind', '::1', 8000), 'listen on [::1]:8000'],
    [network('net.listen', '::', 8000), 'listen on [::]:8000'],
    [network('dgram.bind', '127.0.0.1', 53), 'listen on 127.0.0.1:53'],
    [network('socket.bind', '127.0.0.1', 0), 'listen on a free port of 127.0.0.1'],
    [network('socket.bind', '::1', 0), 'listen on a free port of [::1]'],
    [network('socket.connect', 'unix:/run/docker.sock', null), 'connect to unix:/run/docker.sock'],
    [network('dns.resolve', 'example.com', null), 'look up example.com'],
    [network('socket.getaddrinfo', 'example.com', null), 'look up example.com'],
    [network('socket.getaddrinfo', 'example.com', 443), 'connect to example.com:443'],
    [network('socket.gethostbyaddr', '127.0.0.1', null), 'look up 127.0.0.1'],
    [network('fetch', 'example.com', null), 'connect to example.com'],
    [environment('os.environ', 'HOME'), 'read the environment variable HOME'],
    [environment('os.environ', null), 'read all variables of the environment'],
    [environment('os.putenv', 'HOME'), 'set the environment variable HOME'],
    [environment('os.unsetenv', 'HOME'), 'remove the environment variable HOME'],
    [{ category: 'subprocess', operation: 'subprocess', argv: ['/bin/ls', '-l'], cwd: '/' }, 'run /bin/ls -l (in /)'],
  ] as const) {
    it(words, async () => assert.equal(phrase(effect, await targetOf(effect, [])), words));
  }
});
