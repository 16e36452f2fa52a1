import { requireFact } from '../../facts/fact.ts'
import type { SecretFile } from '../../facts/secret-files.ts'
import { plural } from '../../lib/format.ts'
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
    const all = [...requireFact(facts.secretFiles), ...ofBroker]
    const readable = all.filter(({ mode }) => (mode & 0o007) !== 0)
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
        commands: readable.map((file: SecretFile) => `chmod o= ${file.path}`),
      },
    }
  },
}
