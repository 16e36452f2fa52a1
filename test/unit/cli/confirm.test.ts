import { afterEach, expect, test } from 'vitest'
import { askToContinue } from '../../../src/cli/confirm.ts'

const { isTTY } = process.stdin
afterEach(() => {
  process.stdin.isTTY = isTTY
})

test('without a terminal the error names --yes', async () => {
  process.stdin.isTTY = false
  await expect(askToContinue(new AbortController().signal)).rejects.toMatchObject({
    message: 'cannot ask for confirmation: standard input is not a terminal; nothing was changed',
    code: 'confirmation-required',
    remedy: 'Add --yes, or run the command in a terminal.',
  })
})
