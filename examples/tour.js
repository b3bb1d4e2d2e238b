// %% Two minutes with Holdfast, in JavaScript
// Put the cursor on a line and press Ctrl+Enter (on a Mac: Cmd+Enter).
// The value appears at the end of the line.
// JavaScript and TypeScript share one session: what tour.ts made is here, too.

6 * 7

const words = 'the quick brown fox jumps over the lazy dog the end'.split(' ')

// The next statement sees what the one before has made.
// Look at the Holdfast view in the side bar, too.
const lengths = new Map(words.map((word) => [word, word.length]))

lengths.get('quick')

// %% Output appears while it is printed

for (const [word, length] of lengths) {
  console.log(word.padEnd(6), '.'.repeat(length))
}

// %% Files and await
import { readdir } from 'node:fs/promises'

// Paths and imports start from this file's own folder.
(await readdir(import.meta.dirname)).filter((name) => name.startsWith('tour'))

// %% Cancel always ends it
// Run the loop, then "Holdfast: Cancel Execution" from the command palette.
// `turns` is still there.
let turns = 0

for (const end = Date.now() + 3000; Date.now() < end; turns++);
