import { edgecoreConfigPath } from '../../edgecore/config/edgecore-config-path.ts'
import type { Node } from '../../node/node.ts'
import { containerdNamespace } from '../../node/paths.ts'

/** One file of a support archive, before redaction. */
export interface Piece {
  /** Its path in the archive. */
  file: string
  /** Which end to keep when it is too long: `tail` for logs. */
  keep: 'head' | 'tail'
  /** Throws when there is nothing to collect; the archive then records the reason. */
  collect(node: Node, timeoutMs: number): Promise<string>
}

/** The output of a program, with the exit code if it fails. */
export function output(file: string, program: string, ...args: readonly string[]): Piece {
  return {
    file,
    keep: 'head',
    async collect({ processes }, timeoutMs) {
      const { exitCode, stdout, stderr } = await processes.attempt(program, args, { timeoutMs })
      const failure = exitCode === 0 ? '' : `exit code ${exitCode}`
      return [stdout, stderr, failure].filter(Boolean).join('\n')
    },
  }
}

/** The last lines of a journal, across boots. */
export const journal = (file: string, lines: number, ...match: readonly string[]): Piece => ({
  ...output(
    file,
    'journalctl',
    '--no-pager',
    '--quiet',
    '--output=short-iso-precise',
    `--lines=${lines}`,
    ...match,
  ),
  keep: 'tail',
})

/** The output of `ctr` for the containerd the node uses. Fails early when containerd does not respond. */
export const ctr = (file: string, ...args: readonly string[]): Piece => ({
  file,
  keep: 'head',
  async collect(node, timeoutMs) {
    const address = ['--address', await node.containerd.socket()]
    const all = ['--connect-timeout', '2s', ...address, '--namespace', containerdNamespace, ...args]
    return output(file, 'ctr', ...all).collect(node, timeoutMs)
  },
})

/** A text file of the node. */
export const copy = (file: string, path: string): Piece => ({
  file,
  keep: 'head',
  async collect({ files }) {
    const text = await files.read(path)
    if (text === undefined) throw new Error(`${path} does not exist`)
    return text
  },
})

/** The configuration file EdgeCore's unit names. */
export const edgecoreConfig: Piece = {
  file: 'config/edgecore.yaml',
  keep: 'head',
  async collect(node, timeoutMs) {
    const { execStart } = await node.systemd.unit('edgecore.service')
    const path = edgecoreConfigPath(execStart)
    return copy('config/edgecore.yaml', path).collect(node, timeoutMs)
  },
}
