// npm run demo: everything on one machine: build a bundle, boot an edge node, install, run the doctor.
import { labBundle } from './bundles/bundle.ts'
import { prepareHost } from './host.ts'
import { bundleOnNode, install, startKeptNodeWithBundle } from './machine/installed.ts'
import { removeNode } from './machine/remove.ts'
import { sh } from './shell.ts'

const name = 'demo'

const say = (text: string): unknown => process.stdout.write(`${text}\n`)
const heading = (text: string): unknown => say(`\n# ${text}`)

await prepareHost()

heading('Build the bundle from a registry on this machine (edgekit bundle edge --arch amd64)')
const bundle = await labBundle()
say(await sh`ls -l -h ${bundle}`.text())

heading(`Boot an edge node without network, "${name}", and unpack the bundle on it`)
await removeNode(name)
const node = await startKeptNodeWithBundle({ release: 'bookworm', name, certificates: true })
say(await node.sh(`cat ${bundleOnNode}/meta/version.txt`))

for (const command of [install, 'edgekit doctor']) {
  heading(command)
  const { exitCode, stdout, stderr } = await node.run(command, { timeoutMs: 120_000 })
  say(stdout + stderr)
  if (exitCode !== 0) throw new Error(`${command}: exit code ${exitCode}`)
}

heading('The node stays up')
say(`Look around in it:  npm run lab -- sh ${name}`)
say(`Remove it:          npm run lab -- down ${name}`)
