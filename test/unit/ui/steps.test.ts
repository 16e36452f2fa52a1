import { expect, onTestFinished, test, vi } from 'vitest'
import { stepRunner } from '../../../src/ui/steps.ts'

/** The output, with every time as 0.0. */
function printed(): () => string {
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
  return () =>
    write.mock.calls
      .map(([text]) => String(text))
      .join('')
      .replaceAll(/\d+\.\d s/g, '0.0 s')
}

test('prints a line for each step when it is done, with its last note', async () => {
  const output = printed()
  const runStep = stepRunner({ silent: false })
  await runStep('One', async () => expect(output()).toBe(''))
  await runStep('Two', async note => {
    note('50 %')
    note('done')
  })
  expect(output()).toBe('One (0.0 s)\nTwo: done (0.0 s)\n')
})

test('prints the progress of a long step every 15 s', async () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const output = printed()
  await stepRunner({ silent: false })('Pull', async note => {
    note('50 %')
    await vi.advanceTimersByTimeAsync(31_000)
    note('done')
  })
  expect(output()).toBe('Pull: 50 % (so far 0.0 s)\nPull: 50 % (so far 0.0 s)\nPull: done (0.0 s)\n')
  expect(vi.getTimerCount()).toBe(0)
})

test('prints nothing when silent', async () => {
  const output = printed()
  await stepRunner({ silent: true })('One', async note => note('x'))
  expect(output()).toBe('')
})

const modes: [what: string, silent: boolean, isTTY: boolean][] = [
  ['plain', false, false],
  ['silent', true, false],
  ['in a terminal', false, true],
]

test.each(modes)('%s: returns the result of a step and rethrows its error', async (_, silent, isTTY) => {
  const output = printed()
  const before = Object.getOwnPropertyDescriptor(process.stdout, 'isTTY')
  Object.defineProperty(process.stdout, 'isTTY', { value: isTTY, configurable: true })
  const error = new Error('broken')
  try {
    const runStep = stepRunner({ silent })
    expect(await runStep('One', async () => 1)).toBe(1)
    const failing = runStep('Two', async () => {
      throw error
    })
    expect(await failing.catch(thrown => thrown)).toBe(error)
  } finally {
    if (before) Object.defineProperty(process.stdout, 'isTTY', before)
    else Reflect.deleteProperty(process.stdout, 'isTTY')
  }
  if (!isTTY) expect(output()).toBe(silent ? '' : 'One (0.0 s)\n')
})
