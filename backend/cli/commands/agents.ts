import path from 'node:path';
import { type Common, command, type Declare, interpreterOptions, interpretersOf } from './command.ts';

export const mcpCommand: Declare = (holdfast) => {
  interpreterOptions(command(holdfast, 'mcp', false))
    .description('serve the sessions to an agent by the Model Context Protocol, over standard input and output')
    .action(serveAgent);
};

/** The protocol's library is large: it stands in a bundle of its own. */
function serveAgent(flags: Common): void {
  const { serve } = require(path.join(__dirname, 'mcp.js')) as typeof import('../mcp.ts');
  serve({ workspace: path.resolve(flags.workspace), interpreters: interpretersOf(flags) });
}
