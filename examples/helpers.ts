// %% Loops show how far they are
for (const number of progress(Array.from({ length: 20 }, (_, i) => i), { label: 'Counting' })) {
  await new Promise((done) => setTimeout(done, 50))
}

// %% Files: written whole, or not at all
await writeFile('holdfast-example.csv', 'a,1\nb,2\n')

await listFiles('.', 'holdfast-*.csv')

;(await readFile('holdfast-example.csv')).split('\n')

// %% Commands: what they write is shown as it comes
const result = await shell(['sort', '-r', 'holdfast-example.csv'])

result.stdout

// %% What programs of this workspace remember
await store.set('runs', (await store.get('runs', 0)) + 1)

await store.has('runs')

// %% Tidy up
import { rm } from 'node:fs/promises'

await rm('holdfast-example.csv')
