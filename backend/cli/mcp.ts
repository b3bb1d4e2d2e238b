import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { connect } from './connect.ts';
import { AgentSessions, type AgentSessionsOptions } from './mcp/agent-sessions.ts';
import { agentServer } from './mcp/server.ts';
import { warn } from './print.ts';

/**
 * Serves the workspace's sessions to an agent over standard input and output, until its end closes. What it is given is plain data: this
 * bundle has classes of its own.
 */
export function serve(options: Omit<AgentSessionsOptions, 'connect'>): void {
  const sessions = new AgentSessions({ ...options, connect: () => connect(options.workspace, true) });
  const handle = serveStdio(() => agentServer(sessions), {
    onerror: (error) => warn(error.message),
  });
  const end = async () => {
    await handle.close();
    sessions.close();
  };
  process.stdin.once('end', () => void end());
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void end());
}
