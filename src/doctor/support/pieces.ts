import { brokerContainer, paths, units } from '../../node/paths.ts'
import { copy, ctr, edgecoreConfig, journal, output, type Piece } from './piece.ts'

const { broker, edgecore, containerd } = units

const mqttLines: Piece = {
  file: 'first-look/edgecore-mqtt.log',
  keep: 'tail',
  async collect(node, timeoutMs) {
    const all = await journal('', 5000, `--unit=${edgecore}`).collect(node, timeoutMs)
    return all
      .split('\n')
      .filter(line => /mqtt|hub-client|connect|eventbus/i.test(line))
      .slice(-500)
      .join('\n')
  },
}

/** Exists only during an install or uninstall. */
const interrupted: Piece = {
  file: 'edgekit/journal.jsonl',
  keep: 'tail',
  collect: async ({ files }) => (await files.read(paths.journal)) ?? '',
}

/** Everything in a support archive except facts and report. */
export const pieces: readonly Piece[] = [
  output(
    'first-look/status.txt',
    'systemctl',
    'status',
    '--no-pager',
    '--full',
    '--lines=20',
    broker,
    edgecore,
    containerd,
  ),
  journal('first-look/mosquitto.log', 100, `--unit=${broker}`),
  mqttLines,

  output('units/mosquitto.txt', 'systemctl', 'cat', '--no-pager', broker),
  output('units/edgecore.txt', 'systemctl', 'cat', '--no-pager', edgecore),
  output('units/containerd.txt', 'systemctl', 'cat', '--no-pager', containerd),
  output('units/properties.txt', 'systemctl', 'show', '--no-pager', broker, edgecore, containerd),
  output('units/failed.txt', 'systemctl', 'list-units', '--no-pager', '--failed'),

  edgecoreConfig,
  copy('config/mosquitto.conf', paths.brokerConfig),
  copy('config/hosts', '/etc/hosts'),
  copy('config/resolv.conf', '/etc/resolv.conf'),

  journal('journal/mosquitto.log', 2000, `--unit=${broker}`),
  journal('journal/edgecore.log', 5000, `--unit=${edgecore}`),
  journal('journal/containerd.log', 1000, `--unit=${containerd}`),
  journal('journal/kernel.log', 300, '--dmesg', '--priority=warning'),

  ctr('containerd/version.txt', 'version'),
  ctr('containerd/images.txt', 'images', 'ls'),
  ctr('containerd/images-check.txt', 'images', 'check'),
  ctr('containerd/containers.txt', 'containers', 'ls'),
  ctr('containerd/broker.json', 'containers', 'info', brokerContainer),
  ctr('containerd/tasks.txt', 'tasks', 'ls'),
  ctr('containerd/plugins.txt', 'plugins', 'ls'),
  output('containerd/config.toml', 'containerd', 'config', 'dump'),

  copy('system/os-release', '/etc/os-release'),
  copy('system/mounts', '/proc/mounts'),
  copy('system/memory', '/proc/meminfo'),
  copy('system/load', '/proc/loadavg'),
  output('system/kernel.txt', 'uname', '-a'),
  output('system/disk.txt', 'df', '-h'),
  output('system/inodes.txt', 'df', '-i'),
  output('system/time.txt', 'timedatectl', '--no-pager'),
  output('system/sockets.txt', 'ss', '-ltnp'),
  output('system/addresses.txt', 'ip', 'address'),
  output('system/routes.txt', 'ip', 'route'),
  // Without arguments, which can contain passwords.
  output('system/processes.txt', 'ps', '-eo', 'pid,ppid,stat,rss,etime,comm'),

  copy('edgekit/bundle.json', paths.installedManifest),
  copy('edgekit/receipt.json', paths.receipt),
  interrupted,
  output('edgekit/files.txt', 'ls', '-lAR', '/etc/edgekit', '/opt/edgekit', '/var/lib/edgekit'),
]
