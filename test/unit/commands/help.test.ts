import { readFileSync } from 'node:fs'
import { Config } from '@oclif/core'
import { expect, test, vi } from 'vitest'
import { EdgekitHelp } from '../../../src/cli/help.ts'
import { everyCommand } from './every-command.ts'

const pjson = JSON.parse(readFileSync('package.json', 'utf8'))
const config = await Config.load({ root: process.cwd(), pjson, ignoreManifest: true, userPlugins: false })

async function helpOf(id: string, width: number): Promise<string[]> {
  vi.stubEnv('COLUMNS', String(width))
  let shown = ''
  const log = vi.spyOn(console, 'log').mockImplementation(text => {
    shown += `${text}\n`
  })
  try {
    await new EdgekitHelp(config, { maxWidth: width }).showHelp(id === '' ? [] : [id])
    return shown.split('\n')
  } finally {
    log.mockRestore()
    vi.unstubAllEnvs()
  }
}

const topics = config.topics.map(({ name }) => name)
const ids = ['', ...topics, ...everyCommand.map(({ id }) => id)]
const rows = ids.flatMap(id => [80, 40].map(width => ({ id, width })))

test.each(rows)('the help of "$id" fits into $width columns', async ({ id, width }) => {
  const lines = await helpOf(id, width)
  const tooLong = lines.filter(line => line.length > width && line.trim().includes(' '))
  // A command is not broken, so that it can be copied.
  expect(tooLong.filter(line => !line.startsWith('  $ '))).toEqual([])
})

test.each(everyCommand)('the help of $id names the values of its flags', async ({ id, flags }) => {
  const text = (await helpOf(id, 80)).join('\n')
  expect(text).not.toMatch(/<value>|<option|<options/)
  for (const [name, { hidden }] of Object.entries(flags))
    if (!hidden) expect(text).toMatch(new RegExp(`--(?:\\[no-\\])?${name}\\b`))
})

test.each(everyCommand)(
  'each example of $id is a command line',
  async ({ id, Command: { examples = [] } }) => {
    const lines = await helpOf(id, 80)
    for (const example of examples) {
      const line = `  $ ${typeof example === 'string' ? example : example.command}`
      expect(lines).toContain(line)
      expect(line.length).toBeLessThanOrEqual(80)
    }
  },
)
