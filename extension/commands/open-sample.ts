import * as vscode from 'vscode';
import * as z from 'zod';
import { command } from './command.ts';

const SAMPLES = { python: 'tour.py', javascript: 'tour.js', typescript: 'tour.ts' } as const;
const LABELS = { python: 'Python', javascript: 'JavaScript', typescript: 'TypeScript' } as const;
const SampleLanguage = z.enum(['python', 'javascript', 'typescript']);

/** Opens code to try, in a document that is saved nowhere: in the language that is named, else the one picked. */
export const openSample = command({
  id: 'holdfast.openSample',
  argument: SampleLanguage.optional(),
  async run({ extensionUri }, argument) {
    const language = argument ?? (await pickLanguage());
    const file = vscode.Uri.joinPath(extensionUri, 'examples', SAMPLES[language]);
    const content = new TextDecoder().decode(await vscode.workspace.fs.readFile(file));
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ language, content }));
  },
});

async function pickLanguage(): Promise<z.infer<typeof SampleLanguage>> {
  const picked = await vscode.window.showQuickPick(
    SampleLanguage.options.map((language) => ({ label: LABELS[language], language })),
    { title: vscode.l10n.t('Language of the sample') },
  );
  if (!picked) throw new vscode.CancellationError();
  return picked.language;
}
