import type { ToolName } from './agent-tools.ts';
import { readOutput } from './read-output.ts';
import { readVariables } from './read-variables.ts';
import { runCode } from './run-code.ts';
import type { Tool } from './tool.ts';

/** THE list of tools. A new one is a file beside this, a line here, its name in agent-tools.ts and its entry in package.json. */
export const tools: { readonly [Name in ToolName]: Tool } = {
  holdfast_runCode: runCode,
  holdfast_readOutput: readOutput,
  holdfast_readVariables: readVariables,
};
