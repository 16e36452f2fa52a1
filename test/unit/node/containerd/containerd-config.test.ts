import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parseContainerdConfig } from '../../../../src/node/containerd/containerd-config.ts'

// 1.6.20 and 1.7.24: `containerd config dump` on Debian 12 and 13. 2: modeled on containerd's docs/cri/config.md.
const dump = (version: string): string =>
  readFileSync(`test/fixtures/containerd-config/${version}.toml`, 'utf8')

const usual = {
  root: '/var/lib/containerd',
  disabledPlugins: [],
  systemdCgroup: false,
  cni: { configs: '/etc/cni/net.d', plugins: ['/usr/lib/cni'] },
}

const opt = { configs: '/etc/cni/net.d', plugins: ['/opt/cni/bin'] }

test.each([
  ['1.6.20', { ...usual, sandboxImage: 'registry.k8s.io/pause:3.6' }],
  ['1.7.24', { ...usual, sandboxImage: 'registry.k8s.io/pause:3.8' }],
  ['2', { ...usual, cni: opt, sandboxImage: 'registry.k8s.io/pause:3.10', systemdCgroup: true }],
])('parses the containerd %s configuration', (version, expected) => {
  expect(parseContainerdConfig(dump(version))).toEqual(expected)
})

test.each([
  ['SystemdCgroup of the default runtime', 'SystemdCgroup = false', 'SystemdCgroup = true'],
  ['the old option for all runtimes', 'systemd_cgroup = false', 'systemd_cgroup = true'],
])('reads that systemd creates the control groups: %s', (_, before, after) => {
  expect(parseContainerdConfig(dump('1.6.20').replace(before, after)).systemdCgroup).toBe(true)
})

test('reads the list of plugin directories of containerd 2.1', () => {
  const text = dump('2').replace("bin_dir = '/opt/cni/bin'", "bin_dirs = ['/srv/cni', '/opt/cni/bin']")
  expect(parseContainerdConfig(text).cni.plugins).toEqual(['/srv/cni', '/opt/cni/bin'])
})

test('fills in defaults', () => {
  expect(parseContainerdConfig('disabled_plugins = ["cri"]\n')).toEqual({
    ...usual,
    cni: opt,
    disabledPlugins: ['cri'],
    sandboxImage: '',
  })
})

test('throws for a text that is not TOML', () => {
  expect(() => parseContainerdConfig('disabled_plugins = [')).toThrow()
})
