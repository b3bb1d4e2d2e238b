import * as vscode from 'vscode';
import { DisposableStore } from '../platform/disposables.ts';
import { onSettingChanged, setting } from '../platform/settings.ts';
import type { AgentContext } from './agent-context.ts';

/** The tools of `languageModelTools` in `package.json`. None of them answers a question of a program: a person does. */
export const TOOLS = ['holdfast_runCode', 'holdfast_readOutput', 'holdfast_readVariables'] as const;
export type ToolName = (typeof TOOLS)[number];

/** Offers the tools to language models, unless the person has switched that off. What the tools do is loaded with the first call. */
export class AgentTools implements vscode.Disposable {
  readonly #store = new DisposableStore();
  readonly #context: AgentContext;
  #offered: vscode.Disposable | undefined;

  constructor(context: AgentContext) {
    this.#context = context;
    this.#store.add(onSettingChanged('agents.enabled', () => this.#update()));
    this.#update();
  }

  /** The tool, without VS Code before it, which asks the person and checks the input. */
  tool(name: ToolName): Required<vscode.LanguageModelTool<unknown>> {
    return {
      prepareInvocation: async ({ input }) => (await import('./tools.ts')).tools[name].prepare(input),
      invoke: async ({ input }, token) => {
        const { tools } = await import('./tools.ts');
        const text = await tools[name].invoke(input, this.#context, token);
        return new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(text)]);
      },
    };
  }

  dispose(): void {
    this.#offered?.dispose();
    this.#store.dispose();
  }

  #update(): void {
    if (!setting('agents.enabled')) {
      this.#offered?.dispose();
      this.#offered = undefined;
    } else this.#offered ??= vscode.Disposable.from(...TOOLS.map((name) => this.#offer(name)));
  }

  #offer(name: ToolName): vscode.Disposable {
    return vscode.lm.registerTool<unknown>(name, this.tool(name));
  }
}
