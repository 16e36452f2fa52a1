import { expect, onTestFinished, test, vi } from 'vitest'
import { stepRunner } from '../../../src/ui/steps.ts'

/** What is written to a stream, with every time as 0.0. */
function written(name: 'stdout' | 'stderr'): () => string {
  const write = vi.spyOn(process[name], 'write').mockReturnValue(true)
  onTestFinished(() => write.mockRestore())
  return () =>
    write.mock.calls
      .map(([text]) => String(text))
      .join('')
      .replaceAll(/\d+\.\d s/g, '0.0 s')
}
const printed = () => written('stderr')

function setTerminal(isTTY: boolean, term = 'xterm-256color'): void {
  const before = Object.getOwnPropertyDescriptor(process.stderr, 'isTTY')
  Object.defineProperty(process.stderr, 'isTTY', { value: isTTY, configurable: true })
  vi.stubEnv('TERM', term)
  onTestFinished(() => {
    if (before) Object.defineProperty(process.stderr, 'isTTY', before)
    else Reflect.deleteProperty(process.stderr, 'isTTY')
    vi.unstubAllEnvs()
  })
}

test('prints a line for each step when it is done, with its last note, and nothing on stdout', async () => {
  setTerminal(false)
  const [output, results] = [printed(), written('stdout')]
  const runStep = stepRunner({ silent: false })
  await runStep('One', async () => expect(output()).toBe(''))
  await runStep('Two', async note => {
    note('50 %')
    note('done')
  })
  expect(output()).toBe('One (0.0 s)\nTwo: done (0.0 s)\n')
  expect(results()).toBe('')
})

test('prints the progress of a long step every 15 s', async () => {
  setTerminal(false)
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
  setTerminal(true)
  const output = printed()
  await stepRunner({ silent: true })('One', async note => note('x'))
  expect(output()).toBe('')
})

/** Without colors; other control sequences are shown. */
const colorless = (text: string): string => text.replaceAll('\u001b', 'ESC').replaceAll(/ESC\[\d+m/g, '')

const fail = () => Promise.reject(new Error('broken'))

test.each<[what: string, silent: boolean, isTTY: boolean, term: string, shown: string]>([
  ['in a pipe', false, false, 'xterm', 'One: 1 (0.0 s)\nTwo: failed (0.0 s)\n'],
  ['in a dumb terminal', false, true, 'dumb', 'One: 1 (0.0 s)\nTwo: failed (0.0 s)\n'],
  ['silent', true, true, 'xterm', ''],
  ['in a terminal', false, true, 'xterm', '\rESC[K✔ One: 1\n\rESC[K✖ Two\n'],
])(
  '%s: returns the result of a step, and names the one that failed',
  async (_, silent, isTTY, term, shown) => {
    setTerminal(isTTY, term)
    const output = printed()
    const runStep = stepRunner({ silent })
    const one = runStep('One', async note => {
      note('1')
      return 1
    })
    expect(await one).toBe(1)
    await expect(runStep('Two', fail)).rejects.toThrow('broken')
    expect(colorless(output())).toBe(shown)
  },
)

test('a terminal shows what runs in one line, with its place, that does not wrap', async () => {
  setTerminal(true)
  const output = printed()
  const count = { number: 12, of: 33 }
  const work = async (): Promise<void> => {
    await vi.waitFor(() => expect(output()).toContain('12/33 Import image x'), { interval: 20 })
  }
  await stepRunner({ silent: false })('Import image x', work, count)
  const shown = colorless(output())
  expect(shown).toMatch(/^\rESC\[\?7l. 12\/33 Import image xESC\[KESC\[\?7h/)
  expect(shown).toMatch(/✔ Import image x\n$/)
})
