import type { Child } from '../../../../protocol/inspection.ts';
import type { Completions, Found, Inspection, Question } from '../../shared/inspection-function.ts';
import type { EngineNames } from '../engine-names.ts';
import { completions } from './completions.ts';
import { describe } from './describe.ts';
import { type Entry, Listing } from './listing.ts';
import { arrive } from './place.ts';
import type { Property } from './property.ts';
import { variableOf } from './variable.ts';

/** Of one message: a header holds 1 MiB, and JSON may need six bytes for a character. */
const MAX_CHARACTERS = 140_000;

/** Looks at values for the control thread, at any moment: it changes nothing and runs no user code. */
export class InspectionAnswers {
  readonly #names: EngineNames;

  constructor(names: EngineNames) {
    this.#names = names;
  }

  answer(question: Question): Found<Inspection | Completions> {
    const arrival = arrive(question, this.#names);
    if (arrival.status === 'missing') return arrival;
    const { name, property } = arrival;
    if (question.kind === 'complete') {
      const value = property.kind === 'value' ? property.value : undefined;
      return { status: 'found', result: completions(value, question) };
    }
    return { status: 'found', result: inspect(name, property, question.start, question.count) };
  }
}

function inspect(name: string, property: Property, start: number, count: number): Inspection {
  // Before the summary, which takes over the keys that it has listed.
  const listing = property.kind === 'value' ? new Listing(property.value) : undefined;
  const value = variableOf(name, property);
  if (property.kind !== 'value' || !listing) return { value, text: value.preview, children: [], total: 0 };
  const children: Child[] = [];
  const entries = listing.take(start, count);
  let characters = 0;
  for (let i = 0; i < entries.length && (i === 0 || characters < MAX_CHARACTERS); i++) {
    const { name, role, accessor, property } = entries[i] as Entry;
    const variable = variableOf(name, property);
    characters += variable.name.length + variable.type.length + variable.preview.length + (accessor?.length ?? 0);
    children[i] = { variable, role, accessor };
  }
  return { value, text: describe(property.value, listing), children, total: listing.size };
}
