import { paths } from '../../node/paths.ts'
import type { KnownProblem } from './known-problem.ts'

const showUnit = 'systemctl cat mosquitto'
const editUnit = 'systemctl edit mosquitto'
const clean = '/opt/edgekit/bin/clean-broker'
const reinstallContainerd = 'apt-get install --reinstall containerd'
const reinstallRunc = 'apt-get install --reinstall runc'
const freeSpace = [
  'df -h /run /var/lib/containerd /var/lib/edgekit',
  'df -i /run /var/lib/containerd /var/lib/edgekit',
  'journalctl --vacuum-size=100M',
]

/**
 * Why `ctr run` cannot start the container: lines of ctr and containerd 1.6 to 2.1 (cmd/ctr/commands/run, runtime/v2,
 * snapshots), and of runc 1.1 to 1.3 (libcontainer), which containerd passes on.
 */
export const containerProblems: readonly KnownProblem[] = [
  {
    // systemd 252 and 257 log this when they start the unit.
    code: 'ctr-missing',
    pattern: /^\S+: (?:Unable to locate|Failed to locate) executable '?ctr'?/,
    text: 'ctr is missing: mosquitto.service starts the broker with it',
    remedy: 'Reinstall the containerd package.',
    commands: [reinstallContainerd, 'type -a ctr'],
  },
  {
    code: 'ctr',
    pattern: /^\S+: Failed (?:to execute|at step EXEC spawning) \S*ctr: /,
    text: 'ctr does not start: it is damaged, or of another processor',
    remedy: 'Reinstall the containerd package.',
    commands: [reinstallContainerd, 'type -a ctr; ctr --version'],
  },
  {
    code: 'ctr-flags',
    pattern:
      /^ctr: (?:flag provided but not defined: (.+)|.*capabilities must be specified|joining a Linux namespace)/,
    text: 'this ctr does not support an option that mosquitto.service or a drop-in of it uses',
    remedy: 'Remove the option from the drop-in, or upgrade containerd.',
    commands: [showUnit, 'ctr --version', editUnit],
  },
  {
    code: 'containerd-silent',
    pattern:
      /^ctr: (?:failed to dial|cannot access containerd socket|connection error|.*connect: (?:no such file or directory|connection refused|permission denied))/,
    text: 'containerd did not respond when the broker was started',
    remedy: 'Check why in the containerd journal, then start the broker again.',
    commands: ['journalctl -u containerd -n 50 --no-pager'],
  },
  {
    code: 'image-missing',
    pattern: /^ctr: image ".+": not found/,
    text: 'the broker image is not in containerd, and its archive on this node could not be imported',
    remedy: 'Install the bundle again: it imports the image.',
    commands: ['./edgekit install', `ls -l ${paths.images}`],
  },
  {
    code: 'image-damaged',
    pattern:
      /^ctr: .*(?:content (?:digest )?sha256:[0-9a-f]+: not found|failed to extract layer|parent snapshot \S+ does not exist|snapshot \S+ does not exist|failed to get reader from content store|unexpected EOF|no match for platform)/,
    text: 'parts of the broker image are missing or damaged in containerd',
    remedy: 'Install the bundle again: it imports the image again.',
    commands: ['./edgekit install', 'dmesg | tail -n 50'],
  },
  {
    code: 'snapshotter',
    pattern:
      /^ctr: .*(?:snapshotter not loaded: (\S+?):|failed to mount .*fstype: overlay|mount callback failed .*no such device)/,
    text: 'containerd cannot use its snapshotter: it is disabled, or the kernel has no overlay file system',
    remedy: 'Load the kernel module, and enable the snapshotter in config.toml.',
    commands: ['modprobe overlay', 'ctr plugins ls', 'grep -n disabled_plugins /etc/containerd/config.toml'],
  },
  {
    code: 'container-exists',
    pattern: /^ctr: .*(?:"mosquitto"|mosquitto): already exists/,
    text: 'a container or snapshot of an earlier broker was left behind',
    remedy: 'Remove it.',
    commands: [clean],
  },
  {
    code: 'container-exists-in-runc',
    pattern: /^ctr: .*container with (?:given )?(?:id|ID) (?:already )?exists/i,
    text: 'runc still has an earlier broker container',
    remedy: 'Remove it.',
    commands: ['runc --root /run/containerd/runc/k8s.io delete --force mosquitto', clean],
  },
  {
    code: 'processes',
    pattern:
      /(?:^ctr: .*resource temporarily unavailable|^runtime: failed to create new OS thread|pthread_create failed)/,
    text: 'this node has reached its limit of processes or threads',
    remedy: 'Find what started so many processes.',
    commands: [
      'ps -eLf | wc -l',
      'cat /proc/sys/kernel/threads-max /proc/sys/kernel/pid_max',
      'systemd-cgtop -n 1',
    ],
  },
  {
    code: 'namespaces',
    pattern:
      /^ctr: .*(?:namespaces aren't enabled|namespace \S+ is not supported|(?:unshare|unable to start init|fork\/exec \/proc\/self\/exe|clone).*(?:invalid argument|operation not permitted|no space left on device))/,
    text: 'the kernel does not allow new namespaces, without which no container starts',
    remedy:
      'Use a kernel with namespaces, and raise the limits in /proc/sys/user if they are 0. In a virtual container such as LXC, allow nesting.',
    commands: ['ls -l /proc/self/ns', 'grep . /proc/sys/user/max_*_namespaces', 'systemd-detect-virt'],
  },
  {
    code: 'memory-limit',
    pattern: /^ctr: .*(?:container init was OOM-killed|unable to set memory limit|memory limit too low)/,
    text: 'the memory limit of the broker container is too low to start it',
    remedy: 'Remove --memory-limit from the drop-in, or increase it.',
    commands: [showUnit, editUnit],
  },
  {
    code: 'cgroup',
    pattern:
      /^ctr: .*(?:unable to apply cgroup configuration|error setting cgroup config|\/sys\/fs\/cgroup|no cgroup mount found|cgroup: subsystem does not exist|cannot enter cgroupv2|container's cgroup)/,
    text: 'runc cannot create the control group of the broker: a controller is missing, or systemd does not delegate it',
    remedy:
      'Enable the missing controller on the kernel command line. On a Raspberry Pi, add cgroup_enable=memory to cmdline.txt and reboot.',
    commands: [
      'cat /proc/cgroups /sys/fs/cgroup/cgroup.controllers',
      'cat /proc/cmdline',
      'mount | grep cgroup',
    ],
  },
  {
    code: 'no-space',
    pattern: /^ctr: .*(?:no space left on device|disk quota exceeded)/,
    text: 'the broker container cannot be created: a disk is full or out of inodes',
    remedy: 'Free space or inodes on the disk that is full.',
    commands: freeSpace,
  },
  {
    code: 'read-only',
    pattern: /^ctr: .*read-only file system/,
    text: 'the broker container cannot be created: a file system of this node is read-only',
    remedy: 'Find out why it is read-only, then mount it writable.',
    commands: ['grep -E " ro[, ]" /proc/mounts', 'dmesg | tail -n 50'],
  },
  {
    code: 'input-output',
    pattern: /^ctr: .*(?:input\/output error|structure needs cleaning)/,
    text: 'the broker container cannot be created: the disk has errors',
    remedy: 'Check the disk, and replace it if it is failing.',
    commands: ['dmesg | grep -iE "i/o error|mmc|nvme|ext4" | tail -n 20', 'df -h /var/lib/containerd'],
  },
  {
    code: 'shim-missing',
    pattern: /^ctr: failed to start shim: .*(?:binary not installed|containerd-shim-\S+: no such file)/,
    text: 'containerd-shim-runc-v2 is missing: containerd starts every container with it',
    remedy: 'Reinstall the containerd package.',
    commands: [reinstallContainerd, 'type -a containerd containerd-shim-runc-v2'],
  },
  {
    code: 'shim',
    pattern: /^ctr: failed to start shim/,
    text: 'containerd-shim-runc-v2 does not start: it is damaged, or of another version or processor',
    remedy: 'Reinstall the containerd package.',
    commands: [reinstallContainerd, 'containerd-shim-runc-v2 -v'],
  },
  {
    code: 'runc-missing',
    pattern: /^ctr: .*exec: "runc": executable file not found/,
    text: 'runc is missing: containerd starts every container with it',
    remedy: 'Install the runc package.',
    commands: ['apt-get install runc', 'type -a runc'],
  },
  {
    code: 'runc',
    pattern:
      /^ctr: .*(?:fork\/exec \S*runc: |runc did not terminate successfully|\S*runc: exec format error)/,
    text: 'runc does not start: it is damaged, of another processor, or a library is missing',
    remedy: 'Reinstall the runc package.',
    commands: [reinstallRunc, 'runc --version'],
  },
  {
    code: 'apparmor',
    pattern: /^ctr: .*apparmor/i,
    text: 'the AppArmor profile that a drop-in of mosquitto.service names is not loaded',
    remedy: 'Load the profile, or remove --apparmor-profile from the drop-in.',
    commands: [showUnit, 'aa-status', editUnit],
  },
  {
    code: 'seccomp-profile',
    pattern: /^ctr: (?:cannot load seccomp profile|decoding seccomp profile failed)/,
    text: 'a drop-in of mosquitto.service names a seccomp profile that cannot be read',
    remedy: 'Correct or remove --seccomp-profile.',
    commands: [showUnit, editUnit],
  },
  {
    code: 'seccomp',
    pattern: /^ctr: .*(?:seccomp|error loading BPF|bpf_prog)/i,
    text: 'the kernel or libseccomp of this node does not support the seccomp filter of the broker container',
    remedy: 'Upgrade runc and libseccomp, or use a kernel with CONFIG_SECCOMP_FILTER.',
    commands: ['apt-get install --only-upgrade runc libseccomp2', 'grep Seccomp /proc/self/status'],
  },
  {
    code: 'mount-source',
    pattern: /^ctr: .*error mounting "(.+?)" to rootfs.*no such file or directory/,
    text: '$1, which mosquitto.service mounts into the broker container, does not exist',
    remedy: 'Restore it with the edgekit of the bundle, or correct the drop-in that mounts it.',
    commands: ['./edgekit install', showUnit],
  },
  {
    code: 'mount',
    pattern: /^ctr: .*error (?:mounting|during container init: mount)/,
    text: 'runc cannot mount a directory into the broker container',
    remedy: 'Correct the --mount options of mosquitto.service and its drop-ins.',
    commands: [showUnit, editUnit],
  },
  {
    code: 'other-processor',
    pattern: /^exec \/usr\/sbin\/mosquitto: exec format error/,
    text: 'the broker in the image is for another processor, or damaged',
    remedy: 'Install the bundle for the processor of this node.',
    commands: ['./edgekit install', 'uname -m'],
  },
  {
    code: 'program-missing',
    pattern: /^ctr: .*exec: "(.+?)": .*(?:no such file or directory|executable file not found)/,
    text: 'the broker image has no $1',
    remedy:
      'Remove the drop-in that changes the command, or install the bundle again if the image is damaged.',
    commands: [showUnit, './edgekit install'],
  },
  {
    code: 'program-not-executable',
    pattern: /^ctr: .*exec: "(.+?)": permission denied/,
    text: '$1 in the broker image must not be executed: its mode is wrong, or its disk is mounted noexec',
    remedy: 'Remove what mounts or changes it, or install the bundle again if the image is damaged.',
    commands: [showUnit, 'grep noexec /proc/mounts', './edgekit install'],
  },
  {
    code: 'container-user',
    pattern: /^ctr: .*(?:no users found|no groups found|unable to find user)/,
    text: 'a drop-in of mosquitto.service names a user that does not exist in the broker image',
    remedy: 'Correct or remove --user.',
    commands: [showUnit, editUnit],
  },
]
