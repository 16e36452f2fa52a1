import { expect, test } from 'vitest'
import { bundleOnNode, startNodeWithBundle } from '../../lab/machine/installed.ts'
import type { LabNode } from '../../lab/machine/node.ts'
import { snapshot } from '../../lab/machine/snapshot.ts'
import { exitCodes } from '../../src/lib/exit-codes.ts'

const timeout = 300_000
const install = `${bundleOnNode}/edgekit install`

/** Escape sequences of keys. */
const keys = { enter: '\\r', ctrlC: '\\003', ctrlD: '\\004' }

/**
 * Runs a command in a terminal without a size, such as a serial console, and sends keys or a signal when the terminal
 * shows `when`.
 */
async function inTerminal(node: LabNode, command: string, { keys = '', signal = '', when = 'y/N' }) {
  const { exitCode, stdout } = await node.run(
    `rm -f /tmp/keys /tmp/screen; mkfifo /tmp/keys
     script --quiet --return --command '${command}' /dev/null </tmp/keys >/tmp/screen & terminal=$!
     exec 3>/tmp/keys
     until grep -q '${when}' /tmp/screen; do kill -0 $terminal || break; sleep 0.05; done 2>/dev/null
     if [ '${signal}' ]; then kill -${signal} $(grep -o '"pid":[0-9]*' /run/edgekit.lock | cut -d : -f 2)
     else printf '${keys}' >&3; fi
     wait $terminal; code=$?; cat /tmp/screen; exit $code`,
    { timeoutMs: 120_000 },
  )
  return { exitCode, screen: stdout.replaceAll('\r', '') }
}

test('in a terminal it asks once before the first change and accepts only yes', { timeout }, async () => {
  await using node = await startNodeWithBundle({ release: 'trixie', certificates: true })
  const untouched = await snapshot(node)
  for (const [input, code, said] of [
    [{ keys: `n${keys.enter}` }, exitCodes.refused, 'nothing was changed: the install was not confirmed'],
    [{ keys: keys.enter }, exitCodes.refused, 'nothing was changed: the install was not confirmed'],
    [{ keys: keys.ctrlD }, exitCodes.refused, 'nothing was changed: the install was not confirmed'],
    [{ keys: keys.ctrlC }, exitCodes.interrupted, 'stopped by SIGINT; nothing is left behind'],
    [{ signal: 'TERM' }, exitCodes.terminated, 'stopped by SIGTERM; nothing is left behind'],
  ] as const) {
    const { exitCode, screen } = await inTerminal(node, install, input)
    expect(screen).toMatch(/Make \d+ changes on this node\?/)
    expect(screen).toContain('Plan changes')
    expect(screen).toContain(said)
    expect(exitCode, screen).toBe(code)
    expect(await snapshot(node)).toEqual(untouched)
  }

  // Quick changes are never shown in progress; an import is.
  const middle = '[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] [0-9]*/[0-9]* Import'
  const cut = await inTerminal(node, `${install} --yes`, { keys: keys.ctrlC, when: middle })
  expect(cut.screen).not.toContain('y/N')
  expect(cut.screen).toContain('the changes made so far are kept')
  expect(cut.screen).toMatch(/ Import image docker\S*\nedgekit: stopped/)
  expect(cut.exitCode).toBe(exitCodes.interrupted)
  expect((await node.run(`${bundleOnNode}/edgekit rollback`)).exitCode).toBe(exitCodes.ok)
  expect(await snapshot(node)).toEqual(untouched)

  // A reader that leaves ends nothing: the install finishes, and its steps are on stderr.
  const left = await node.run(`bash -c '${install} 2>/tmp/steps | true; exit \${PIPESTATUS[0]}'`, {
    timeoutMs: 120_000,
  })
  expect(left.exitCode).toBe(exitCodes.ok)
  expect(await node.sh('tail -n 1 /tmp/steps')).toMatch(/^Wait for EdgeCore to connect to the broker \(/)
  expect((await node.run('edgekit doctor')).exitCode).toBe(exitCodes.ok)
  const first = await node.run(
    `bash -c 'edgekit uninstall --yes --purge 2>&1 | head -n 1; exit \${PIPESTATUS[0]}'`,
    { timeoutMs: 120_000 },
  )
  expect(first.stdout.split('\n')).toHaveLength(1)
  expect(first.exitCode).toBe(exitCodes.ok)
  await node.sh('rm /tmp/steps')
  expect(await snapshot(node)).toEqual(untouched)

  const answered = await inTerminal(node, install, { keys: `y${keys.enter}` })
  expect(answered.screen).toContain('This node works.')
  expect(answered.exitCode).toBe(exitCodes.ok)
  const converged = await inTerminal(node, install, {})
  expect(converged.screen).toContain('Nothing to do')
  expect(converged.screen).not.toContain('y/N')

  const stopped = await inTerminal(node, 'edgekit uninstall', { keys: keys.ctrlC })
  expect(stopped.screen).toContain('stopped by SIGINT; nothing was changed')
  expect(stopped.exitCode).toBe(exitCodes.interrupted)
  expect((await node.run('edgekit doctor')).exitCode).toBe(exitCodes.ok)
  const nobody = await node.run('edgekit uninstall')
  expect(nobody.stderr).toContain('not running in a terminal')
  expect(nobody.exitCode).toBe(exitCodes.usage)
  const gone = await inTerminal(node, 'edgekit uninstall', { keys: `yes${keys.enter}` })
  expect(gone.screen).toContain('was uninstalled.')
  expect(gone.exitCode).toBe(exitCodes.ok)
})
