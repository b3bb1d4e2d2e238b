export * from './backend.ts';
export * from './events.ts';
export * from './executions.ts';
export * from './method.ts';
export * from './namespace.ts';
export * from './prompts.ts';
export * from './sessions.ts';
