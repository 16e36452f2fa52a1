import { once } from 'node:events'
import { connect } from 'node:net'
import { createInterface } from 'node:readline'

/** The virtio port on which a machine reports a checkpoint, and waits for an empty line. */
export const checkpointPort = 'lab.checkpoints'
/** Only while this file exists: nobody else reads the port. In memory, so a power cut removes it. */
export const checkpointsOn = '/run/lab-checkpoints'
/** A program on the machine that reports its arguments as a checkpoint. */
export const checkpoint = '/usr/local/bin/lab-checkpoint'

/** The programs with which edgekit changes a node outside its own files. Each call that changes something is a checkpoint. */
const programs = { ctr: '/usr/bin/ctr', systemctl: '/usr/bin/systemctl', sync: '/usr/bin/sync' }

const wrapper = (name: string, path: string): string => `#!/bin/sh
${path} "$@"
code=$?
case "${name} $*" in
  *' --help'*) ;;
  *' images import '*|*' images label '*|*' images rm '*|*' leases '*|*' snapshots rm '*|*' content rm '*|\\
  'systemctl start '*|'systemctl restart '*|'systemctl stop '*|'systemctl --no-reload '*|\\
  'systemctl daemon-reload'*|'sync '*) ${checkpoint} ${name} "$@" ;;
esac
exit $code
`

/** Files of a machine by path. */
export const checkpointPrograms: Record<string, string> = {
  ...Object.fromEntries(
    Object.entries(programs).map(([name, path]) => [`/usr/local/bin/${name}`, wrapper(name, path)]),
  ),
  [checkpoint]: `#!/bin/sh
[ -e ${checkpointsOn} ] || exit 0
# Programs run beside one another, and the port is open once.
exec 9>>/run/lab-lock
flock 9
exec 3<>/dev/virtio-ports/${checkpointPort}
echo "$*" >&3
read -r go <&3
`,
}

/** Call `keep` with each checkpoint that a machine reports on a socket; it waits meanwhile. Resolves at the signal. */
export async function eachCheckpoint(
  path: string,
  signal: AbortSignal,
  keep: (what: string) => Promise<void>,
): Promise<void> {
  const socket = connect(path)
  await once(socket, 'connect', { signal })
  // A machine that ends may reset the connection.
  socket.on('error', () => {})
  for await (const line of createInterface({ input: socket, signal })) {
    await keep(line)
    socket.write('\n')
  }
  socket.destroy()
}
