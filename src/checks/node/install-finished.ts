import type { Check } from '../check.ts'

export const installFinished: Check = {
  id: 'install-finished',
  title: 'No interrupted install or uninstall',
  tags: ['doctor'],
  appliesTo: { roles: ['edge', 'cloud'] },
  needs: ['node-installed'],
  run(facts) {
    // Other checks need this one, and an unreadable receipt is no reason to skip them.
    if ('unknown' in facts.drift) return { status: 'skip', observed: `unknown: ${facts.drift.unknown}` }
    const drift = facts.drift.value
    if (drift?.unreadable)
      return { status: 'skip', observed: `unknown: ${drift.unreadable.path} cannot be read` }
    if (!drift) return { status: 'skip', observed: 'nothing installed by edgekit' }
    if (!drift.interrupted) return { status: 'pass', observed: 'none' }
    const { command, since, runningAs } = drift.interrupted
    if (runningAs !== undefined) {
      return {
        status: 'error',
        observed: `edgekit ${command} is running (process ${runningAs}, since ${since})`,
        expected: 'finished: until then, this node is in an intermediate state',
        remedy: { text: 'Check again when it has finished.' },
      }
    }
    const undo = command === 'uninstall' ? [] : ['edgekit rollback']
    return {
      status: 'fail',
      observed: `edgekit ${command} of ${since} was interrupted: this node is in an intermediate state`,
      expected: 'finished or rolled back',
      remedy: {
        text: `Run the same command again to finish${undo.length > 0 ? ', or roll back' : ''}.`,
        ...(undo.length > 0 && { commands: undo }),
      },
    }
  },
}
