import { spawnSync } from 'node:child_process'
import { basename } from 'node:path'
import { describe, expect, test } from 'vitest'
import { textMembers } from '../../../../src/build/pack/text-members.ts'
import { paths } from '../../../../src/node/paths.ts'

const digest = `sha256:${'0123456789abcdef'.repeat(4)}`

const archive = 'images/eclipse-mosquitto-2.0.tar'

describe.each(['amd64', 'arm64'] as const)('text members of a bundle for %s', arch => {
  const broker = 'docker.io/library/eclipse-mosquitto:2.0'
  const inputs: Parameters<typeof textMembers>[0] = {
    definition: {
      file: 'my.yaml',
      directory: '/',
      directories: [],
      role: 'edge',
      kubeedge: 'v1.22.0',
      architectures: [arch],
      broker,
      images: [{ reference: broker }],
      binaries: {},
      runtime: {},
      files: [],
      mirrors: {},
    },
    lock: { lockVersion: 1, role: 'edge', kubeedge: 'v1.22.0', images: {}, files: {} },
    arch,
    edgekitVersion: '0.1.0',
    images: [
      {
        reference: broker,
        digest,
        archive,
        platform: `linux/${arch}`,
        manifestDigest: digest,
        configDigest: digest,
        layers: [],
        unpackedSize: 0,
      },
    ],
    executableCksum: '1 2',
    licenses: 'MIT',
  }
  const members = textMembers(inputs)
  const textOf = (path: string): string =>
    members.find(member => member.path === path)?.source.toString() ?? 'no such member'

  test.each(members.map(member => [member.path, member] as const))(
    '%s has no place left to fill',
    (_, member) => {
      expect(member.source.toString()).not.toMatch(/@[A-Z0-9_]+@/)
      expect(member.size).toBe(member.source.length)
      expect(member.size).toBeGreaterThan(0)
    },
  )

  test('contains containerd.service only if it contains containerd', () => {
    const containerd = textMembers({
      ...inputs,
      definition: { ...inputs.definition, runtime: { containerd: { source: './x' } } },
    }).find(({ path }) => path === 'systemd/containerd.service')
    expect(containerd?.source.toString()).toMatch(/^KillMode=process$/m)
    expect(textOf('systemd/containerd.service')).toBe('no such member')
  })

  test('only the launcher and the scripts of the broker are executable, and the launcher comes first', () => {
    const programs = members.filter(({ mode }) => mode === 0o755).map(({ path }) => path)
    expect(programs).toEqual([
      'edgekit',
      'bin/broker-option',
      'bin/clean-broker',
      'bin/prepare-broker',
      'bin/wait-broker',
      'bin/check-broker-port',
    ])
    expect(members[0]?.path).toBe('edgekit')
  })

  test.each([
    'edgekit',
    'bin/broker-option',
    'bin/clean-broker',
    'bin/prepare-broker',
    'bin/wait-broker',
    'bin/check-broker-port',
  ])('%s is a valid shell script', path => {
    expect(textOf(path)).toMatch(/^#!\/bin\/sh\n/)
    const { status, stderr } = spawnSync('sh', ['-n'], { input: textOf(path), encoding: 'utf8' })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  })

  test('the launcher contains the architecture and the checksum of edgekit', () => {
    expect(textOf('edgekit')).toContain(`[ "$machine" = '${arch}' ]`)
    expect(textOf('edgekit')).toContain(`[ "$sum" = '${inputs.executableCksum}' ]`)
  })

  test('the unit restores the image from the archive that install keeps', () => {
    const kept = `${paths.images}/${basename(archive)}`
    const command = `${paths.prepareBroker} ${broker} ${digest} ${kept}\n`
    expect(textOf('systemd/mosquitto.service')).toContain(command)
    expect(textOf('systemd/mosquitto.service')).toContain(` ${broker} mosquitto \\\n`)
  })

  test('the unit runs clean-broker before and after', () => {
    const lines = textOf('systemd/mosquitto.service').split('\n')
    expect(lines.filter(line => line.includes('clean-broker'))).toEqual([
      `ExecStartPre=-${paths.cleanBroker}`,
      `ExecStopPost=-${paths.cleanBroker}`,
    ])
  })

  test.each([
    ['by default', undefined, 30],
    ['as the definition sets it', 10, 10],
  ])('the broker saves %s', (_, autosaveInterval, seconds) => {
    const definition = { ...inputs.definition, ...(autosaveInterval && { autosaveInterval }) }
    const conf = textMembers({ ...inputs, definition }).find(({ path }) => path.endsWith('/mosquitto.conf'))
    expect(conf?.source.toString()).toMatch(new RegExp(`^autosave_interval ${seconds}$`, 'm'))
  })

  test('version.txt is readable', () => {
    expect(textOf('meta/version.txt')).toBe(
      `kubeedge v1.22.0\nrole edge\narch ${arch}\nedgekit 0.1.0\nimage ${broker} ${digest}\n`,
    )
  })
})
