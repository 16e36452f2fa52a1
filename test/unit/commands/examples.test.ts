import { expect, test } from 'vitest'
import { everyCommand } from './every-command.ts'

const lines = everyCommand.flatMap(({ id, Command: { examples = [] } }) =>
  examples.map(example => [id, typeof example === 'string' ? example : example.command] as const),
)

test.each(lines)('edgekit %s: "%s" fits into 80 columns of help', (_, example) => {
  expect(`  $ ${example}`.length).toBeLessThanOrEqual(80)
})
