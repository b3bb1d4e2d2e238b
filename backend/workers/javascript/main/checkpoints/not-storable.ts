/** What v8 cannot write, or would give back as something else. Its message is for a person. */
export class NotStorable extends Error {}
