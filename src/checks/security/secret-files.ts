import { requireFact } from '../../facts/fact.ts'
import type { FileAccess } from '../../facts/file-access.ts'
import type { SecretFile } from '../../facts/secret-files.ts'
import { plural } from '../../lib/format.ts'
import { mosquitto } from '../../node/paths.ts'
import type { Check } from '../check.ts'

export const secretFiles: Check = {
  id: 'secret-files',
  title: 'Secret files are not world-readable',
  tags: ['doctor', 'security'],
  needs: ['running-as-root'],
  run(facts) {
    const ofBroker = (requireFact(facts.brokerConfig)?.files ?? [])
      .filter(({ option }) => /^(password_file|keyfile|psk_file)$/.test(option))
      .flatMap(({ path, access }) => (access ? [{ path, ...access }] : []))
    const ofEdgecore = requireFact(facts.secretFiles)
    const all = [...ofEdgecore, ...ofBroker]
    const readable = all.filter(isReadable)
    // The broker does not run as root: who owns its files is for the user to decide.
    const fixable = ofEdgecore.filter(isReadable).map(({ path }) => path)
    if (readable.length === 0) return { status: 'pass', observed: plural(all.length, 'file') }
    return {
      status: 'warn',
      observed: `world-readable: ${readable.map(({ path }) => path).join(', ')}`,
      expected: 'readable by the owner and group at most (mode 0640)',
      evidence: readable.map(
        ({ path, mode, uid, gid }) => `${path}: mode ${mode.toString(8)}, user ${uid}, group ${gid}`,
      ),
      remedy: {
        text: 'Remove read access for others.',
        commands: [
          ...ofEdgecore.filter(isReadable).map(({ path }) => `chmod o= ${path}`),
          ...ofBroker.filter(isReadable).map(forBrokerAlone),
        ],
        ...(fixable.length > 0 && { fix: { kind: 'make-private', paths: fixable } }),
      },
    }
  },
}

/** The broker runs as a user of its own, who must still be able to read the file. */
function forBrokerAlone({ path, mode, uid, gid }: SecretFile): string {
  const canRead =
    (uid === mosquitto.uid && (mode & 0o400) !== 0) || (gid === mosquitto.gid && (mode & 0o040) !== 0)
  return canRead ? `chmod o= ${path}` : `chgrp ${mosquitto.gid} ${path} && chmod g+r,o= ${path}`
}

const isReadable = ({ mode }: FileAccess): boolean => (mode & 0o007) !== 0
