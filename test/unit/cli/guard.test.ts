import { execa } from 'execa'
import { expect, test } from 'vitest'

const run = (how: string, format = 'text') =>
  execa(process.execPath, [`${import.meta.dirname}/guarded-command.ts`, how, format], { reject: false })
const unfinished = 'internal error: the command ended without a result'

test.each([
  ['says nothing', 1, unfinished],
  ['sets 0 and says nothing', 1, unfinished],
  ['sets 3 and says nothing', 1, unfinished],
  ['exits early', 1, ''],
  ['is done', 0, ''],
  ['is done with 3', 3, ''],
])('a command that %s exits with %d', async (how, exitCode, message) => {
  const ended = await run(how)
  expect(ended).toMatchObject({ exitCode, stdout: '' })
  expect(ended.stderr).toContain(message)
  expect(ended.stderr === '').toBe(message === '')
})

test('reports it as JSON, too', async () => {
  const { exitCode, stdout } = await run('says nothing', 'json')
  expect(exitCode).toBe(1)
  expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'internal-error', message: unfinished } })
})
