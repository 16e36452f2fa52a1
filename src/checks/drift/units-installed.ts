import { paths } from '../../node/paths.ts'
import type { Check } from '../check.ts'
import { changedIn, inWords } from '../shared/drift.ts'

export const unitsInstalled: Check = {
  id: 'units-installed',
  title: 'The units are as edgekit wrote them',
  tags: ['doctor'],
  needs: ['systemd-is-init', 'masked-units', 'install-finished'],
  run(facts) {
    const found = changedIn('unit', facts)
    if ('status' in found) return found
    // What its absence means, edgecore-order says.
    const changed = found.filter(({ path, gone }) => !(gone && path === paths.edgecoreDropIn))
    const [missing] = changed.filter(({ gone }) => gone)
    if (changed.length === 0) return { status: 'pass', observed: 'as installed' }
    if (missing) {
      return {
        status: 'fail',
        observed: inWords(changed),
        expected: 'the unit that edgekit wrote: without it nothing starts after the next boot',
        remedy: {
          text: 'Run the edgekit of the same bundle again: it writes the unit.',
          commands: ['./edgekit install'],
          fix: { kind: 'restore-own-file', path: missing.path },
        },
      }
    }
    return {
      status: 'warn',
      observed: inWords(changed),
      expected: 'as edgekit wrote it; what is to be different here belongs into a drop-in (systemctl edit)',
      remedy: {
        text: 'If you have changed it on purpose, move that into a drop-in: an upgrade refuses to replace the unit. Then put the unit back; a copy of yours is kept.',
        commands: changed.map(({ path }) => `./edgekit install --force=${path}`),
      },
    }
  },
}
