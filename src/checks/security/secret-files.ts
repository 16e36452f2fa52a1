import { requireFact } from '../../facts/fact.ts'
import type { SecretFile } from '../../facts/secret-files.ts'
import type { Check } from '../check.ts'

export const secretFiles: Check = {
  id: 'secret-files',
  title: 'Nobody else can read passwords, tokens and keys',
  tags: ['doctor', 'security'],
  needs: ['running-as-root'],
  run(facts) {
    const ofBroker = (requireFact(facts.brokerConfig)?.files ?? [])
      .filter(({ option }) => /^(password_file|keyfile|psk_file)$/.test(option))
      .flatMap(({ path, access }) => (access ? [{ path, ...access }] : []))
    const all = [...requireFact(facts.secretFiles), ...ofBroker]
    const loose = all.filter(({ mode }) => (mode & 0o007) !== 0)
    if (loose.length === 0)
      return { status: 'pass', observed: `${all.length} file${all.length === 1 ? '' : 's'}` }
    return {
      status: 'warn',
      observed: `every user of this machine can read ${loose.map(({ path }) => path).join(', ')}`,
      expected: 'at most the owner and a group (mode 0640)',
      evidence: loose.map(
        ({ path, mode, uid, gid }) => `${path}: mode ${mode.toString(8)}, user ${uid}, group ${gid}`,
      ),
      remedy: {
        text: 'Take the right away.',
        commands: loose.map((file: SecretFile) => `chmod o= ${file.path}`),
      },
    }
  },
}
