import { expect, onTestFinished, test, vi } from 'vitest'
import type { Step } from '../../../src/lib/step.ts'
import { runSteps } from '../../../src/ui/steps.ts'

/** The output, with every time as 0.0. */
function printed(): () => string {
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
  return () =>
    write.mock.calls
      .map(([text]) => String(text))
      .join('')
      .replaceAll(/\d+\.\d s/g, '0.0 s')
}

const step = (title: string, run: Step['run'] = async () => {}): Step => ({ title, run })

test('a line for each step when it is done, with its last note', async () => {
  const output = printed()
  const seen: string[] = []
  const look = async () => void seen.push(output())
  await runSteps(
    [
      step('One', look),
      step('Two', async note => {
        await look()
        note('50 %')
        note('done')
      }),
      step('Three', look),
    ],
    { silent: false },
  )
  expect(seen).toEqual(['', 'One (0.0 s)\n', 'One (0.0 s)\nTwo: done (0.0 s)\n'])
  expect(output()).toBe('One (0.0 s)\nTwo: done (0.0 s)\nThree (0.0 s)\n')
})

test('a long step prints its last note every 15 s', async () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const output = printed()
  const pull = step('Pull', async note => {
    note('50 %')
    await vi.advanceTimersByTimeAsync(31_000)
    note('done')
  })
  await runSteps([pull, step('Next')], { silent: false })
  expect(output()).toBe(
    'Pull: 50 % (so far 0.0 s)\nPull: 50 % (so far 0.0 s)\nPull: done (0.0 s)\nNext (0.0 s)\n',
  )
  expect(vi.getTimerCount()).toBe(0)
})

test('nothing when silent, and everything is done', async () => {
  const output = printed()
  const done: string[] = []
  const run = (title: string) =>
    step(title, async note => {
      note('x')
      done.push(title)
    })
  await runSteps([run('One'), run('Two')], { silent: true })
  expect(done).toEqual(['One', 'Two'])
  expect(output()).toBe('')
})

test.each([
  ['plain', false, false],
  ['silent', true, false],
  ['in a terminal', false, true],
])('%s: the first error is thrown as it is, and no later step runs', async (_, silent, isTTY) => {
  const output = printed()
  const before = Object.getOwnPropertyDescriptor(process.stdout, 'isTTY')
  Object.defineProperty(process.stdout, 'isTTY', { value: isTTY, configurable: true })
  const error = new Error('broken')
  const done: string[] = []
  const failing = async () => {
    done.push('Two')
    throw error
  }
  try {
    const run = runSteps(
      [step('One', async () => void done.push('One')), step('Two', failing), step('Three', failing)],
      { silent },
    )
    expect(await run.catch(thrown => thrown)).toBe(error)
  } finally {
    if (before) Object.defineProperty(process.stdout, 'isTTY', before)
    else Reflect.deleteProperty(process.stdout, 'isTTY')
  }
  expect(done).toEqual(['One', 'Two'])
  if (!isTTY) expect(output()).toBe(silent ? '' : 'One (0.0 s)\n')
})

test('no steps', async () => {
  const output = printed()
  await expect(runSteps([], { silent: false })).resolves.toBeUndefined()
  expect(output()).toBe('')
})
