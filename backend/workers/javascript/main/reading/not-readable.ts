/** A value cannot be shown as it was asked for. The message is for a person. */
export class NotReadable extends Error {}
