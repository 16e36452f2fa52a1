import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import {
  type BrokerChange,
  reloadTable,
  requiresRestart,
} from '../../../../src/broker/profile/reload-table.ts'

test('docs/broker.md has the reload table', async () => {
  const page = await readFile('docs/broker.md', 'utf8')
  const section = page.split('### What a reload reads\n')[1]?.split('\n### ')[0] ?? ''
  const rows = [...section.matchAll(/^\| (.+) \| (reload|restart) \|$/gm)].map(([, what, effect]) => [
    what,
    effect,
  ])
  expect(rows).toEqual(Object.values(reloadTable).map(({ what, effect }) => [what, effect]))
})

test.each<[BrokerChange[], boolean]>([
  [['passwords', 'acl'], false],
  [['certificate'], false],
  [['certificate', 'certificateKind'], true],
  [['certificate', 'webSocketCertificate'], true],
])('%j: restart %s', (changes, restart) => {
  expect(requiresRestart(changes)).toBe(restart)
})
