import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { type LabCloud, startCloud } from '../../lab/cloud/cloud.ts'
import { otherAddress } from '../../lab/cloud/network.ts'
import { bundleOnNode, startNodeWithBundle } from '../../lab/machine/installed.ts'
import type { LabNode } from '../../lab/machine/node.ts'
import { releases } from '../../lab/machine/tree.ts'
import { table } from '../../lab/table.ts'
import { exitCodes } from '../../src/lib/exit-codes.ts'
import { paths } from '../../src/node/paths.ts'
import { jsonOutput } from '../json-output.ts'

const minutes = 60_000
const aDay = 86_400_000

/** The doctor looks this many seconds after the install, or after what happened to the node since. */
const moments = [0, 30, 90] as const
type Verdict = 'works' | 'fails'

interface Place {
  node: LabNode
  cloud: LabCloud
}

interface Situation {
  what: string
  before?: (place: Place) => Promise<unknown>
  token?: (cloud: LabCloud) => Promise<string>
  cloudcore?: string
  /** Further flags of the install. */
  flags?: string
  install: 'works' | 'fails' | 'refused'
  /** After the install. */
  after?: (place: Place) => Promise<unknown>
  /** At 0, 30 and 90 s: what must be said; both are right for a node that is just changing. Nothing if refused. */
  doctor?: readonly [Verdict | 'either', Verdict | 'either', Verdict]
  /** Words of the last doctor's report. */
  words?: RegExp
  /** Words of `edgekit edgecore explain`. */
  explained?: RegExp
}

const works = ['works', 'works', 'works'] as const
const fails = ['fails', 'fails', 'fails'] as const

/** A shell condition: the cloud has everything that EdgeCore has sent. */
const isAcknowledged =
  "ss -Htn state established dport = :10000 | awk '$2 > 0 { waits = 1 } END { exit waits }'"

const restart =
  (seconds: number) =>
  async ({ cloud }: Place) => {
    await cloud.stop()
    await sleep(seconds * 1000)
    await cloud.start()
  }

/** EdgeCore as `keadm join` leaves it: its own unit and program, joined. */
async function joinWithKeadm({ node, cloud }: Place): Promise<void> {
  const unit = `[Unit]\nDescription=edgecore.service\n\n[Service]\nType=simple\nExecStart=${paths.edgecore}\nRestart=always\nRestartSec=10\n\n[Install]\nWantedBy=multi-user.target\n`
  const [host] = cloud.cloudcore.split(':')
  const config = {
    modules: {
      edged: { hostnameOverride: node.name },
      edgeHub: {
        httpServer: `https://${host}:10002`,
        token: await cloud.token(),
        websocket: { enable: true, server: cloud.cloudcore },
      },
    },
  }
  await node.write('/etc/systemd/system/edgecore.service', unit)
  await node.write(paths.edgecoreConfig, JSON.stringify(config), 0o600)
  await node.sh(
    `cp ${bundleOnNode}/bin/edgecore ${paths.edgecore}; systemctl daemon-reload; systemctl enable --now edgecore`,
  )
  await vi.waitUntil(async () => (await cloud.nodes()).includes(node.name), { timeout: 30_000 })
}

const situations: readonly Situation[] = [
  { what: 'fresh join', install: 'works', doctor: works, explained: /connected/ },
  {
    what: 'wrong token',
    token: async cloud => `${(await cloud.token()).slice(0, -8)}AAAAAAAA`,
    install: 'fails',
    doctor: fails,
    words: /keadm gettoken/,
    explained: /keadm gettoken/,
  },
  {
    what: 'expired token',
    token: cloud => cloud.token(Date.now() - aDay),
    install: 'refused',
  },
  {
    what: 'token of another cloud',
    token: async cloud => `${'0'.repeat(64)}${(await cloud.token()).slice(64)}`,
    install: 'refused',
  },
  { what: 'port 10002', cloudcore: '203.0.113.1:10002', install: 'refused' },
  {
    what: 'port where nobody listens',
    cloudcore: '203.0.113.1:10077',
    install: 'fails',
    doctor: fails,
    words: /connection refused/,
    explained: /connection refused/,
  },
  {
    what: 'the same, installed twice',
    cloudcore: '203.0.113.1:10077',
    install: 'fails',
    after: async ({ node }) => {
      const again = await node.run(`${bundleOnNode}/edgekit install`, { timeoutMs: 3 * minutes })
      expect(again, again.stdout).toMatchObject({ exitCode: exitCodes.checklistFailed })
    },
    doctor: fails,
    words: /connection refused/,
  },
  {
    what: 'address not in the certificate',
    cloudcore: `${otherAddress}:10000`,
    install: 'fails',
    doctor: fails,
    words: /advertiseAddress/,
    explained: /advertiseAddress/,
  },
  {
    what: 'name that does not resolve',
    cloudcore: 'cloud.example:10000',
    install: 'fails',
    doctor: fails,
    words: /does not resolve|cannot be resolved|no such host|name server/,
    explained: /does not resolve|cannot be resolved|no such host|name server/,
  },
  {
    what: 'CloudCore does not run',
    before: ({ cloud }) => cloud.stop(),
    install: 'fails',
    doctor: fails,
    words: /connection refused/,
    explained: /connection refused/,
  },
  {
    what: 'the same, and it starts later',
    before: ({ cloud }) => cloud.stop(),
    install: 'fails',
    after: ({ cloud }) => cloud.start(),
    doctor: ['either', 'works', 'works'],
    explained: /connected/,
  },
  {
    what: 'packets dropped',
    before: ({ cloud }) => cloud.network.drop(true),
    install: 'fails',
    doctor: fails,
    words: /i\/o timeout|no answer|does not answer/,
  },
  {
    what: 'the same, and they pass later',
    before: ({ cloud }) => cloud.network.drop(true),
    install: 'fails',
    after: ({ cloud }) => cloud.network.drop(false),
    doctor: ['either', 'either', 'works'],
    explained: /connected/,
  },
  {
    what: 'clock a year behind the cloud',
    before: async place => {
      await place.cloud.renew(new Date(Date.now() + 365 * aDay))
      await restart(0)(place)
    },
    install: 'fails',
    doctor: fails,
    words: /clock/,
    explained: /clock/,
  },
  {
    what: 'cloud restarted in 4 s',
    install: 'works',
    after: restart(4),
    doctor: works,
    explained: /connected/,
  },
  {
    what: 'cable out',
    install: 'works',
    after: ({ cloud }) => cloud.network.cables('out'),
    doctor: works,
    words: /"edgecore-cloud"[^}]*"status":"(skip|warn)"/,
  },
  {
    what: 'cable out for 45 s, then in',
    install: 'works',
    after: async ({ node, cloud }) => {
      await cloud.network.cables('out')
      await sleep(45_000)
      await cloud.network.cables('in')
      // TCP sends again what was not acknowledged, up to a minute later.
      await node.sh(`until ${isAcknowledged}; do sleep 0.5; done`, { timeoutMs: 2 * minutes })
    },
    doctor: works,
    words: /"edgecore-cloud"[^}]*"status":"pass"/,
    explained: /connected/,
  },
  {
    what: 'power cut, and no cloud at boot',
    install: 'works',
    after: async ({ node, cloud }) => {
      await cloud.stop()
      await node.powerCut()
      await node.boot()
      await node.sh('until systemctl is-active --quiet edgecore; do sleep 0.2; done; sleep 2')
    },
    doctor: works,
    words: /"edgecore-cloud"[^}]*"status":"skip"/,
  },
  {
    what: 'the cloud has a new CA',
    install: 'works',
    after: async place => {
      await place.cloud.renew()
      await restart(0)(place)
    },
    doctor: works,
    words: /unknown authority|another CA|new CA|different CA/,
    explained: /unknown authority|another CA|new CA|different CA/,
  },
  {
    what: 'a name that the cloud has already',
    flags: '--node-name edge-taken',
    before: async ({ node, cloud }) => {
      await using first = await startNodeWithBundle({ release: node.release })
      await cloud.network.plugIn(first)
      await install(first, cloud, { flags: '--node-name edge-taken' })
    },
    install: 'refused',
  },
  {
    what: 'registration refused',
    before: ({ cloud }) => cloud.set({ refuseNodes: true }),
    install: 'fails',
    doctor: fails,
    words: /refuses to register/,
    explained: /refuses to register/,
  },
  {
    what: 'apiserver away, back later',
    before: ({ cloud }) => cloud.set({ apiserverAway: true }),
    install: 'fails',
    after: ({ cloud }) => cloud.set({}),
    doctor: fails,
    words: /systemctl restart edgecore/,
    explained: /systemctl restart edgecore/,
  },
  {
    what: 'the same, after --fix',
    before: ({ cloud }) => cloud.set({ apiserverAway: true }),
    install: 'fails',
    after: async ({ node, cloud }) => {
      await cloud.set({})
      const fixed = await node.run('edgekit doctor --fix --yes', { timeoutMs: 2 * minutes })
      expect(fixed, fixed.stdout).toMatchObject({ exitCode: exitCodes.ok })
    },
    doctor: works,
    explained: /connected/,
  },
  {
    what: 'staged, then joined',
    before: ({ node }) => node.sh(`${bundleOnNode}/edgekit install --stage`, { timeoutMs: 2 * minutes }),
    flags: '--no-stage',
    install: 'works',
    doctor: works,
    explained: /connected/,
  },
  { what: 'keadm first', before: joinWithKeadm, flags: 'none', install: 'works', doctor: works },
]

async function install(
  node: LabNode,
  cloud: LabCloud,
  { token, cloudcore = cloud.cloudcore, flags = '' }: Pick<Situation, 'token' | 'cloudcore' | 'flags'>,
) {
  await node.write('/root/token', await (token?.(cloud) ?? cloud.token()), 0o600)
  const joining = flags === 'none' ? '' : `--cloudcore ${cloudcore} --token-file /root/token ${flags}`
  return node.run(`${bundleOnNode}/edgekit install ${joining}`, { timeoutMs: 4 * minutes })
}

/** Exit code and words to a verdict. Whoever says "works" must end with 0, and the reverse. */
function verdictOf({ exitCode, stdout, stderr }: { exitCode: number; stdout: string; stderr: string }) {
  const said = /This node works/.test(stdout)
  if (exitCode === exitCodes.ok && said) return 'works'
  if (said) return `WORKS ${exitCode}`
  if (exitCode === exitCodes.usage || exitCode === exitCodes.refused) return 'refused'
  return exitCode === exitCodes.checklistFailed ? 'fails' : `${exitCode} ${stderr}`
}

/** What each command said, by situation and release. */
const seen = new Map<string, string[]>()

async function look(node: LabNode): Promise<{ verdict: string; cell: string; report: string }> {
  const { exitCode, stdout } = await node.run('edgekit doctor --json', { timeoutMs: minutes })
  const report = jsonOutput('report', stdout)
  const cloud = report.checks.find(({ id }) => id === 'edgecore-cloud')?.status ?? '-'
  const verdict = exitCode === exitCodes.ok ? 'works' : 'fails'
  return {
    verdict,
    cell: verdict === 'works' ? `works, cloud ${cloud}` : `fails: ${report.causes.join(' ')}`,
    report: JSON.stringify(
      report.checks.filter(({ status, id }) => status !== 'pass' || id === 'edgecore-cloud'),
    ),
  }
}

describe.concurrent.each(releases)('%s', release => {
  test.each(situations)('$what', { timeout: 12 * minutes }, async situation => {
    const cells: string[] = []
    seen.set(`${release} ${situation.what}`, cells)
    await using node = await startNodeWithBundle({ release })
    await using cloud = await startCloud(node)
    await situation.before?.({ node, cloud })
    const installed = await install(node, cloud, situation)
    const verdict = verdictOf(installed)
    cells.push(`${verdict} (${installed.exitCode})`)
    expect(verdict, installed.stdout + installed.stderr).toBe(situation.install)
    if (situation.doctor === undefined) return

    await situation.after?.({ node, cloud })
    const start = Date.now()
    let report = ''
    for (const [index, seconds] of moments.entries()) {
      await sleep(start + seconds * 1000 - Date.now())
      const found = await look(node)
      cells.push(found.cell)
      report = found.report
      const expected = situation.doctor[index]
      if (expected !== 'either') expect(found.verdict, `at ${seconds} s: ${report}`).toBe(expected)
    }
    const { exitCode, stdout } = await node.run('edgekit edgecore explain')
    const said = stdout.replaceAll(/\s+/g, ' ')
    cells.push(`${exitCode} ${said.slice(0, 60)}`)
    expect(report).toMatch(situation.words ?? /./)
    expect(said).toMatch(situation.explained ?? /./)
  })

  afterAll(() => {
    const head = ['', 'install', ...moments.map(seconds => `doctor +${seconds} s`), 'explain']
    const rows = situations.map(({ what }) => [what, ...(seen.get(`${release} ${what}`) ?? [])])
    process.stdout.write(`\n${release}: a node and its cloud\n${table([head, ...rows])}\n`)
  })
})
