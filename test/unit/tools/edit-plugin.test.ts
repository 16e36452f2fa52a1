import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { expect, test } from 'vitest'
import { editPlugin } from '../../../tools/esbuild-plugins.ts'

const built = async (code: string) =>
  await build({
    entryPoints: [fileURLToPath(new URL('../../fixtures/tools/answer.js', import.meta.url))],
    plugins: [editPlugin(/answer\.js$/, code, 'answer = 43')],
    write: false,
    logLevel: 'silent',
  })

test('what was asked for is put in its place', async () => {
  const { outputFiles } = await built('answer = 42')
  expect(outputFiles[0]?.text).toContain('const answer = 43')
})

test('a file that has changed since fails the build', async () => {
  await expect(built('answer = 7')).rejects.toThrow('answer.js has no answer = 7 any more')
})
