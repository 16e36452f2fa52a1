import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { everyCommand } from './every-command.ts'

/** The pages of docs that describe a command. mosquitto.service runs `broker image` and `broker wait`. */
const pages: Record<string, readonly string[]> = {
  'broker:configure': ['broker'],
  'broker:bench': ['broker-bench'],
  'broker:acl:add': ['broker'],
  'broker:acl:check': ['broker'],
  'broker:acl:list': ['broker'],
  'broker:acl:remove': ['broker'],
  'broker:image': ['how-install-works'],
  'broker:test': ['broker-test'],
  'broker:tls:device': ['broker'],
  'broker:tls:import': ['broker'],
  'broker:tls:init': ['broker'],
  'broker:tls:renew': ['broker'],
  'broker:tls:status': ['broker'],
  'broker:user:add': ['broker'],
  'broker:user:list': ['broker'],
  'broker:user:passwd': ['broker'],
  'broker:user:remove': ['broker'],
  'broker:wait': ['how-install-works'],
  bundle: ['definition', 'registries', 'lock', 'bundle-format'],
  'cache:ls': ['registries'],
  'cache:prune': ['registries'],
  'devices:add': ['devices'],
  'devices:install': ['devices'],
  'devices:list': ['devices'],
  'devices:openapi': ['devices'],
  'devices:remove': ['devices'],
  'devices:send': ['devices'],
  'devices:serve': ['devices'],
  'devices:show': ['devices'],
  'devices:status': ['devices'],
  'devices:uninstall': ['devices'],
  'devices:watch': ['devices'],
  doctor: ['doctor'],
  'edgecore:explain': ['doctor'],
  'edgecore:patch': ['edgecore-config'],
  inspect: ['bundle-format'],
  install: ['install', 'broker'],
  licenses: ['bundle-format'],
  lock: ['lock', 'registries'],
  logs: ['doctor'],
  pub: ['broker'],
  restart: ['doctor'],
  rollback: ['how-install-works'],
  schema: ['definition'],
  sign: ['bundle-format'],
  status: ['how-install-works'],
  sub: ['broker'],
  uninstall: ['how-install-works'],
  upgrade: ['install', 'broker'],
  verify: ['bundle-format'],
}

describe.each(everyCommand.map(({ id, flags }) => [id, flags] as const))('edgekit %s', (id, flags) => {
  const text = (pages[id] ?? []).map(page => readFileSync(`docs/${page}.md`, 'utf8')).join('\n')

  test('is in its pages', () => {
    expect(text).toMatch(new RegExp(`edgekit ${id.replaceAll(':', ' ')}\\b`))
  })

  // docs/errors.md has --json, which every command takes.
  const shown = Object.entries(flags).filter(([name, { hidden }]) => !hidden && name !== 'json')
  if (shown.length > 0)
    test.each(shown.map(([name, { char }]) => [name, char] as const))('--%s is there', (name, char) => {
      const forms = [`--(?:no-)?${name}`, ...(char ? [`-${char}`] : [])].join('|')
      expect(text).toMatch(new RegExp(`(?<![\\w-])(?:${forms})(?![\\w-])`))
    })
})
