import path from 'node:path';
import * as z from 'zod';
import { human } from './capability.ts';
import { Question } from './question.ts';

const Path = z.string().min(1).max(4096);

const Params = z.strictObject({
  prompt: Question,
  select: z.enum(['file', 'files', 'folder', 'save']),
  filters: z.record(z.string().max(100), z.array(z.string().max(50)).max(50)),
  /** Where to begin. */
  folder: Path.nullable(),
});

/** Paths of files or of a folder that the person picks. User code gets a list. */
export const pickFile = human<typeof Params>({
  name: 'pick_file',
  params: Params,
  describe: ({ prompt, select, filters, folder }) => ({ prompt, form: { kind: 'pick_file', select, filters, folder } }),
  answer: ({ select }) =>
    z.union([z.array(Path).max(10_000), Path.transform((one) => [one])]).transform((paths, context) => {
      const relative = paths.find((one) => !path.isAbsolute(one));
      if (relative !== undefined) context.addIssue(`${JSON.stringify(relative)} is not an absolute path.`);
      if (select !== 'files' && paths.length !== 1) context.addIssue('Exactly one path is to be picked.');
      return paths;
    }),
});
