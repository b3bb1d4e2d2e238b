// %% Programs may ask
// Escape leaves the question open;
// "Holdfast: Answer Pending Prompt" shows it again.

const name: string = await input('What is your name? ')

'Hello, ' + name

// %% A loop that asks until it is content
let guess = 0

while (guess !== 7) guess = Number(await input('Which number from 1 to 9? '))

'It is ' + guess
