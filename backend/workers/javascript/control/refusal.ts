/** Why an edit is not done, for the person who asked for it. */
export class Refused extends Error {}
