import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startInstalledNode } from '../../lab/machine/installed.ts'
import type { LabNode } from '../../lab/machine/node.ts'
import { paths } from '../../src/node/paths.ts'

const database = `${paths.brokerData}/mosquitto.db`
const client = (id: string, command: string) =>
  `ctr -n k8s.io tasks exec --exec-id ${id} mosquitto mosquitto_${command}`

/** What the broker keeps: a retained message, and one for a session that is offline. */
const publish = `${client('a', "sub -V 311 -c -i keeper -q 1 -t 'queued/#' -E")}
  ${client('b', 'pub -V 311 -q 1 -t queued/one -m queued')}
  ${client('c', 'pub -V 311 -q 1 -r -t retained/one -m retained')}`
const receive = `${client('d', "sub -V 311 -t 'retained/#' -C 1 -W 5")}
  ${client('e', "sub -V 311 -c -i keeper -q 1 -t 'queued/#' -C 1 -W 5")}`

const journalOfStart = (node: LabNode) =>
  node.sh(
    'journalctl --unit mosquitto --output cat _SYSTEMD_INVOCATION_ID=$(systemctl show --property InvocationID --value mosquitto)',
  )

describe('on one node', () => {
  let node: LabNode
  beforeAll(async () => {
    node = await startInstalledNode('bookworm')
  })
  afterAll(() => node.remove())

  // None of them is damaged. A file that user 1883 cannot read would be overwritten: the broker takes it for absent.
  test.each([
    ['a clean stop', 'systemctl stop mosquitto'],
    ['a killed broker', 'systemctl kill --signal=USR1 mosquitto; sleep 0.5; kill -KILL $(pidof mosquitto)'],
    ['a restored backup', `systemctl stop mosquitto; chown root:root ${database}; chmod 600 ${database}`],
    ['a save that was cut off', `systemctl stop mosquitto; head -c 40 ${database} >${database}.new`],
  ])('messages survive: %s', async (_, harm) => {
    await node.sh(`${publish}\n${harm}\nsystemctl restart mosquitto`)
    expect(await node.sh(receive)).toBe('retained\nqueued')
    expect(await node.sh(`ls ${paths.brokerData} | grep damaged || true`)).toBe('')
  })

  test('the newest five damaged databases are kept, byte for byte, and named in the journal', async () => {
    await node.sh(
      `for day in 1 2 3 4 5; do echo $day >${database}.damaged-2026-01-0\${day}T00-00-00Z; done
       systemctl stop mosquitto; echo nonsense >${database}; systemctl start mosquitto`,
    )
    const kept = (await node.sh(`cd ${paths.brokerData}; ls *.damaged-* | tail -n 1`)).trim()
    expect(kept).toMatch(/^mosquitto\.db\.damaged-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ$/)
    expect(await node.sh(`cd ${paths.brokerData}; cat *.damaged-*`)).toBe('2\n3\n4\n5\nnonsense')
    const journal = await journalOfStart(node)
    expect(journal).toContain(
      `${database} is damaged (it does not begin like a database). It is now ${paths.brokerData}/${kept}`,
    )
    expect(journal).toContain(
      `${database}.damaged-2026-01-01T00-00-00Z is removed: only the newest are kept.`,
    )
    await node.sh(`rm ${database}.damaged-*`)
  })

  test('without perl, what the broker refuses is set aside at the next start', async () => {
    const { stdout } = await node.run(
      `systemctl stop mosquitto; mv /usr/bin/perl /usr/bin/perl.away; echo nonsense >${database}
       systemctl start mosquitto; until systemctl is-active --quiet mosquitto; do sleep 0.2; done
       mv /usr/bin/perl.away /usr/bin/perl; ls ${paths.brokerData} | grep -c damaged; rm ${database}.damaged-*`,
    )
    expect(stdout.trim()).toBe('1')
    expect(await journalOfStart(node)).toContain('is damaged (the broker cannot open it)')
  })

  test('right after a restart the doctor finds no failure', async () => {
    const { exitCode, stdout } = await node.run('systemctl restart mosquitto; edgekit doctor')
    expect({ exitCode, stdout }).toMatchObject({ exitCode: 0 })
    expect(stdout).toMatch(/EdgeCore is reconnecting: the broker started \d s ago|This node works/)
  })

  test('nothing on the way up is edgekit itself', async () => {
    await node.sh(
      `cp --archive ${paths.program} /var/edgekit
       printf '#!/bin/sh\\necho edgekit "$@" >>/var/started\\nexec /var/edgekit "$@"\\n' >/var/wrapper; chmod 755 /var/wrapper
       mount --bind /var/wrapper ${paths.program}; systemctl restart mosquitto; umount ${paths.program}`,
    )
    expect(await node.run('cat /var/started')).toMatchObject({ exitCode: 1 })
  })
})
