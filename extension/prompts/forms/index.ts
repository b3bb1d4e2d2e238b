import type { Prompt } from '../../../backend/protocol/client/index.ts';
import type { PromptForm } from '../../../backend/protocol/prompt-form.ts';
import type { PromptDocuments } from '../prompt-documents.ts';
import { showApprove } from './approve.ts';
import { showChoose } from './choose.ts';
import type { FormListener, ShowForm, ShownForm } from './form.ts';
import { showPermission } from './permission.ts';
import { showPickFile } from './pick-file.ts';
import { showReview } from './review.ts';
import { showText } from './text.ts';

/** THE list of forms that questions take. */
const forms: { readonly [Kind in PromptForm['kind']]: ShowForm<Kind> } = {
  text: showText,
  approve: showApprove,
  choose: showChoose,
  pick_file: showPickFile,
  review: showReview,
  permission: showPermission,
};

/** Shows the question in its own form. */
export function showForm(prompt: Prompt, listener: FormListener, documents: PromptDocuments): ShownForm {
  const show = forms[prompt.form.kind] as ShowForm<PromptForm['kind']>;
  return show(prompt, prompt.form, listener, documents);
}
