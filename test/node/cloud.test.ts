import { expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import {
  bundleOnNode,
  install,
  startInstalledNode,
  startNodeWithBundle,
} from '../../lab/machine/installed.ts'
import type { LabNode } from '../../lab/machine/node.ts'
import { snapshot } from '../../lab/machine/snapshot.ts'
import { exitCodes } from '../../src/lib/exit-codes.ts'
import { besidesProgress } from '../progress.ts'

const release = 'bookworm'
const images = [
  'docker.io/kubeedge/cloudcore:v1.22.0',
  'docker.io/kubeedge/iptables-manager:v1.22.0',
  'docker.io/kubeedge/controller-manager:v1.22.0',
  'docker.io/kubeedge/admission:v1.22.0',
  'docker.io/library/eclipse-mosquitto:2.0',
]

/** Names of pinned images, without the `sha256:` names. */
const pinned = async (node: LabNode, address = '') =>
  (await node.sh(`ctr ${address} -n k8s.io images ls | grep io.cri-containerd.pinned=pinned`))
    .split('\n')
    .map(line => line.split(' ')[0] ?? '')
    .filter(name => !name.includes('@'))
    .toSorted()

/** Fakes that record their calls and answer them by a part of the command line. */
async function standIns(node: LabNode, answers: Record<string, string> = {}): Promise<void> {
  const cases = Object.entries(answers).map(([part, answer]) => `*'${part}'*) ${answer} ;;`)
  for (const program of ['keadm', 'kubectl']) {
    const lines = ['#!/bin/sh', `echo ${program} "$@" >>/root/calls`, 'case "$*" in', ...cases, 'esac']
    await node.write(`/usr/local/sbin/${program}`, `${lines.join('\n')}\n`, 0o755)
  }
  await node.write('/etc/kubernetes/admin.conf', 'kind: Config\n')
}

const apply = `${install} --apply --advertise-address 192.0.2.10,192.0.2.11`
const kubectl = 'kubectl --kubeconfig=/etc/kubernetes/admin.conf'

test('a cloud machine gets images, keadm and manifests, but no broker; a second install changes nothing', async () => {
  await using node = await startNodeWithBundle({ release }, 'cloud')
  // A foreign broker on the port, for which an edge bundle would be refused.
  await node.write('/etc/systemd/system/mosquitto.service', '[Service]\nExecStart=/bin/sleep inf\n')
  const units = await node.sh('ls /etc/systemd/system')

  const first = await node.run(install, { timeoutMs: 120_000 })
  expect(besidesProgress(first.stderr)).toBe('')
  expect(first.exitCode).toBe(exitCodes.ok)
  expect(first.stdout).toContain(
    '  keadm init --kubeedge-version=v1.22.0 --advertise-address=ADDRESS --kube-config=/root/.kube/config --set mosquitto.enable=false\n',
  )

  expect(await pinned(node)).toEqual(images.toSorted())
  expect(await node.sh('ls /usr/local/bin /opt/edgekit/manifests')).toBe(
    '/opt/edgekit/manifests:\nmosquitto-daemonset.yaml\nvalues-cloudcore.yaml\n\n/usr/local/bin:\nedgekit\nkeadm',
  )
  expect(await node.sh('ls /etc/systemd/system')).toBe(units)
  expect(
    await node.sh('ctr -n k8s.io containers ls -q; ss -Hltn "sport = :1883"; ls -d /etc/kubeedge || :'),
  ).toBe('')

  const before = await snapshot(node)
  const second = await node.run(install)
  expect(second.stdout).toContain('Nothing to do')
  expect(second.exitCode).toBe(exitCodes.ok)
  expect(await snapshot(node)).toEqual(before)

  const doctor = await node.run('edgekit doctor')
  expect(doctor.stdout).toMatch(/ok +runtime: \d+ checks/)
  expect(doctor.stdout).toMatch(/skip +broker: \d+ checks: edge nodes only/)
  expect(doctor.stdout).not.toContain('FAIL')
  expect(doctor.exitCode).toBe(exitCodes.ok)
})

test('on k3s the images go into its own containerd', async () => {
  await using node = await startNodeWithBundle({ release }, 'cloud')
  await node.sh('systemctl stop containerd && rm -f /run/containerd/containerd.sock')
  const address = '--address /run/k3s/containerd/containerd.sock'
  await node.sh(
    `mkdir -p /etc/rancher/k3s && touch /etc/rancher/k3s/k3s.yaml &&
     systemd-run --quiet --unit=k3s --property=Type=notify containerd ${address} \
       --root /var/lib/containerd/k3s --state /run/k3s/containerd`,
  )
  const { exitCode, stdout } = await node.run(install, { timeoutMs: 120_000 })
  const doctor = await node.sh('edgekit doctor containerd-answers')
  expect(doctor).toMatch(/containerd responds\s+containerd \S+ on \/run\/k3s\/containerd\/containerd\.sock/)
  expect(stdout).toContain('--kube-config=/etc/rancher/k3s/k3s.yaml')
  expect(exitCode).toBe(exitCodes.ok)
  expect(await pinned(node, address)).toEqual(images.toSorted())
})

test('--apply checks the cluster, runs keadm init and waits for CloudCore', async () => {
  await using node = await startInstalledNode(release, 'cloud')
  await standIns(node)
  const { exitCode, stdout, stderr } = await node.run(apply)
  expect(besidesProgress(stderr)).toBe('')
  expect(exitCode).toBe(exitCodes.ok)
  expect(stdout).not.toContain('Next, ')
  expect((await node.read('/root/calls')).trim().split('\n')).toEqual([
    `${kubectl} get --raw=/readyz`,
    `${kubectl} --namespace=kubeedge get deployment cloudcore --ignore-not-found --output=jsonpath={.spec.template.spec.containers[0].image}`,
    'keadm init --kubeedge-version=v1.22.0 --advertise-address=192.0.2.10,192.0.2.11 --kube-config=/etc/kubernetes/admin.conf --set mosquitto.enable=false',
    `${kubectl} --namespace=kubeedge rollout status deployment/cloudcore --timeout=300s`,
    `${kubectl} --namespace=kubeedge get daemonset edge-eclipse-mosquitto --ignore-not-found --output=name`,
  ])
})

test.each([
  [
    'a CloudCore of this version is kept',
    { 'deployment cloudcore': 'echo kubeedge/cloudcore:v1.22.0' },
    exitCodes.ok,
    '',
  ],
  [
    'a CloudCore of another version is not upgraded',
    { 'deployment cloudcore': 'echo kubeedge/cloudcore:v1.21.0' },
    exitCodes.checklistFailed,
    'cannot install CloudCore v1.22.0: another version is installed, kubeedge/cloudcore:v1.21.0',
  ],
  [
    'an unreachable cluster is the reported cause',
    { readyz: "echo 'The connection to the server was refused' >&2; exit 1" },
    exitCodes.checklistFailed,
    'The connection to the server was refused',
  ],
  [
    "the chart's own broker is detected",
    {
      'deployment cloudcore': 'echo kubeedge/cloudcore:v1.22.0',
      'daemonset edge': 'echo daemonset.apps/edge-eclipse-mosquitto',
    },
    exitCodes.checklistFailed,
    'delete daemonset edge-eclipse-mosquitto',
  ],
])('--apply: %s', async (_, answers, code, message) => {
  await using node = await startInstalledNode(release, 'cloud')
  await standIns(node, answers)
  const { exitCode, stderr } = await node.run(apply)
  expect(stderr.replaceAll(/\s+/g, ' ')).toContain(message)
  expect(exitCode).toBe(code)
  expect(await node.read('/root/calls')).not.toMatch(/^keadm/m)
})

test('refuses invalid flags before changing anything', async () => {
  await using node = await startNodeWithBundle({ release }, 'cloud')
  const before = await snapshot(node)
  for (const [flags, message] of [
    ['--apply', '--apply requires --advertise-address'],
    ['--apply --advertise-address 192.0.2.10', 'cannot find a kubeconfig: no /root/.kube/config'],
    ['--advertise-address cloud.example', '"cloud.example" is not an IP address'],
    ['--kubeconfig /root/absent', 'cannot read --kubeconfig /root/absent: no such file'],
  ] as const) {
    const { exitCode, stderr } = await node.run(`${install} ${flags}`)
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain(message)
    expect(exitCode).toBe(exitCodes.usage)
  }
  expect(await snapshot(node)).toEqual(before)
})

test('an edge node refuses a cloud bundle', async () => {
  await using node = await startInstalledNode(release)
  await using other = await startNodeWithBundle({ release }, 'cloud')
  await node.copyIn(`${other.root}${bundleOnNode}`, '/root/cloud')
  const before = await snapshot(node)
  const { exitCode, stderr } = await node.run('cd /root/cloud && ./edgekit install')
  expect(stderr.replaceAll(/\s+/g, ' ')).toContain(
    'cannot install kubeedge-cloud: kubeedge-edge is installed on this machine',
  )
  expect(exitCode).toBe(exitCodes.refused)
  expect(await snapshot(node)).toEqual(before)
})

test("the DaemonSet's broker runs with its limited rights, and its probe detects a frozen one", async () => {
  // `ctr run --user` is new in containerd 1.7.
  await using node = await startInstalledNode('trixie', 'cloud')
  const text = await node.read('/opt/edgekit/manifests/mosquitto-daemonset.yaml')
  const [configMap, daemonSet] = parseAllDocuments(text, { version: '1.1' }).map(document => document.toJS())
  const {
    initContainers: [owner],
    containers: [container],
    volumes,
  } = daemonSet.spec.template.spec
  const data = volumes.find(({ name }: { name: string }) => name === 'data').hostPath.path
  await node.write('/root/config/mosquitto.conf', configMap.data['mosquitto.conf'])
  await node.sh(`mkdir -p ${data}`)
  const quoted = (words: string[]) => words.map(word => `'${word}'`).join(' ')
  const run = (name: string, image: string, flags: string, command: string[]) =>
    node.sh(
      `ctr -n k8s.io run --read-only --seccomp --net-host ${flags} \
         --mount type=bind,src=/root/config,dst=/mosquitto/config,options=rbind:ro \
         --mount type=bind,src=${data},dst=/mosquitto/data,options=rbind:rw ${image} ${name} ${quoted(command)}`,
    )
  // Capabilities `ctr run` grants and a pod with `drop: [ALL]` does not have.
  const given =
    'AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE NET_RAW SETFCAP SETGID SETPCAP SETUID SYS_CHROOT'
  const without = (kept: string[]) =>
    given
      .split(' ')
      .filter(name => !kept.includes(name))
      .map(name => `--cap-drop CAP_${name}`)
      .join(' ')

  const { capabilities } = owner.securityContext
  await run('owner', owner.image, `--rm ${without(capabilities.add)}`, owner.command)
  await run('mosquitto', container.image, `--detach --user 1883:1883 ${without([])}`, container.command)

  const probe = (id: string) =>
    node.run(
      `ctr -n k8s.io tasks exec --exec-id ${id} mosquitto ${quoted(container.readinessProbe.exec.command)}`,
    )
  await expect.poll(async () => (await probe(`p${Math.random()}`)).exitCode, { timeout: 60_000 }).toBe(0)
  expect(await node.sh("ss -Hltn 'sport = :1883' | awk '{print $4}'")).toBe('127.0.0.1:1883')
  expect(await node.sh('grep -E "^(CapEff|NoNewPrivs)" /proc/$(pidof mosquitto)/status | head -1')).toMatch(
    /0000000000000000$/,
  )

  await node.sh('kill -STOP $(pidof mosquitto)')
  // It ends by itself before its time limit.
  expect((await probe('frozen')).exitCode).not.toBe(0)
  const seconds = Number(/-W (\d+)/.exec(container.readinessProbe.exec.command.join(' '))?.[1])
  expect(seconds).toBeLessThan(container.readinessProbe.timeoutSeconds)

  // It saves messages when it stops, so it owns the directory by now.
  await node.sh('kill -CONT $(pidof mosquitto); ctr -n k8s.io tasks kill mosquitto')
  await expect
    .poll(() => node.sh(`stat -c %u ${data}/mosquitto.db || echo none`), { timeout: 60_000 })
    .toBe('1883')
})
