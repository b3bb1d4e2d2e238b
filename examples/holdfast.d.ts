/** Asks the person. What Holdfast brings into JavaScript and TypeScript; here for the editor's own checks. */
declare function input(prompt?: string, options?: { secret?: boolean }): Promise<string>
