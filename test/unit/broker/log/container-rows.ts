import type { ProblemRows } from './problem-rows.ts'

const create = 'ctr: failed to create shim task: OCI runtime create failed'
const start = `${create}: runc create failed: unable to start container process`
const init = `${start}: error during container init`
const noLog = `${create}: unable to retrieve OCI runtime error (open /run/containerd/io.containerd.runtime.v2.task/k8s.io/mosquitto/log.json: no such file or directory)`

/**
 * The first line of each was recorded from containerd 1.7.24 with runc 1.1.15 on a node, except where a comment has the
 * place in the source.
 */
export const containerRows: ProblemRows = {
  'ctr-missing': {
    text: 'ctr is missing: mosquitto.service starts the broker with it',
    lines: [
      "mosquitto.service: Unable to locate executable 'ctr': No such file or directory",
      'mosquitto.service: Failed to locate executable ctr: No such file or directory',
    ],
  },
  ctr: {
    text: 'ctr does not start: it is damaged, or of another processor',
    lines: [
      'mosquitto.service: Failed at step EXEC spawning ctr: Exec format error',
      'mosquitto.service: Failed to execute /usr/bin/ctr: Exec format error',
    ],
  },
  'ctr-flags': {
    text: 'this ctr does not support an option that mosquitto.service or a drop-in of it uses',
    lines: ['ctr: flag provided but not defined: -nope'],
  },
  'containerd-silent': {
    text: 'containerd did not respond when the broker was started',
    lines: [
      'ctr: failed to dial "/run/containerd/containerd.sock": context deadline exceeded: connection error: desc = "transport: error while dialing: dial unix:///run/containerd/containerd.sock: timeout"',
      'ctr: failed to dial "/run/containerd/containerd.sock": connection error: desc = "transport: error while dialing: dial unix /run/containerd/containerd.sock: connect: connection refused"',
    ],
  },
  'image-missing': {
    text: 'the broker image is not in containerd, and its archive on this node could not be imported',
    lines: ['ctr: image "docker.io/library/eclipse-mosquitto:2.0": not found'],
  },
  'image-damaged': {
    text: 'parts of the broker image are missing or damaged in containerd',
    // content/local/store.go, rootfs/apply.go, metadata/snapshot.go, snapshots/storage/bolt.go, images/image.go
    lines: [
      'ctr: content digest sha256:0123456789abcdef: not found',
      'ctr: failed to extract layer sha256:0123: unexpected EOF: unknown',
      'ctr: parent snapshot sha256:0123 does not exist: not found',
      'ctr: snapshot sha256:0123 does not exist: not found',
      'ctr: no match for platform in manifest sha256:0123: not found',
    ],
  },
  snapshotter: {
    text: 'containerd cannot use its snapshotter: it is disabled, or the kernel has no overlay file system',
    lines: [
      'ctr: snapshotter not loaded: overlayfs: invalid argument',
      // mount/mount_linux.go
      'ctr: mount callback failed on /tmp/containerd-mount1: failed to mount /tmp/containerd-mount1: no such device',
    ],
  },
  'container-exists': {
    text: 'a container or snapshot of an earlier broker was left behind',
    lines: [
      'ctr: snapshot "mosquitto": already exists',
      // metadata/containers.go, runtime/v2/manager.go
      'ctr: container "mosquitto": already exists',
      'ctr: task mosquitto: already exists',
    ],
  },
  'container-exists-in-runc': {
    text: 'runc still has an earlier broker container',
    // libcontainer/error.go
    lines: [`${create}: runc create failed: container with given ID already exists: unknown`],
  },
  processes: {
    text: 'this node has reached its limit of processes or threads',
    lines: [
      'ctr: failed to start shim: start failed: : fork/exec /usr/bin/containerd-shim-runc-v2: resource temporarily unavailable: unknown',
      'runtime: failed to create new OS thread (have 5 already; errno=11)',
      'runtime/cgo: pthread_create failed: Resource temporarily unavailable',
    ],
  },
  namespaces: {
    text: 'the kernel does not allow new namespaces, without which no container starts',
    // libcontainer/process_linux.go, nsenter/nsexec.c, configs/validate/validator.go
    lines: [
      `${start}: unable to start init: fork/exec /proc/self/exe: no space left on device: unknown`,
      `${start}: unable to start init: fork/exec /proc/self/exe: operation not permitted: unknown`,
      `${init}: nsexec-1[9]: failed to unshare remaining namespaces (except cgroupns): Invalid argument: invalid argument: unknown`,
      `${create}: runc create failed: cgroup namespaces aren't enabled in the kernel: unknown`,
    ],
  },
  'memory-limit': {
    text: 'the memory limit of the broker container is too low to start it',
    lines: [
      `${init}: error setting cgroup config for procHooks process: unable to set memory limit to 1000000 (current usage: 2228224, peak usage: 2535424): unknown`,
      // libcontainer/process_linux.go
      `${start}: container init was OOM-killed (memory limit too low?): unknown`,
    ],
  },
  cgroup: {
    text: 'runc cannot create the control group of the broker: a controller is missing, or systemd does not delegate it',
    lines: [
      `${start}: unable to apply cgroup configuration: mkdir /sys/fs/cgroup/cpuset/k8s.io/mosquitto: read-only file system: unknown`,
      // libcontainer/cgroups/fs2 and fs/paths.go
      `${init}: error setting cgroup config for procHooks process: openat2 /sys/fs/cgroup/k8s.io/mosquitto/memory.max: no such file or directory: unknown`,
      `${create}: runc create failed: no cgroup mount found in mountinfo: unknown`,
      `${start}: unable to apply cgroup configuration: cannot enter cgroupv2 "/sys/fs/cgroup/k8s.io" with domain controllers -- it is in threaded mode: unknown`,
    ],
  },
  'no-space': {
    text: 'the broker container cannot be created: a disk is full or out of inodes',
    lines: [
      `${create}: runc create failed: mkdir /run/containerd/runc/k8s.io: no space left on device: unknown`,
      'ctr: failed to start shim: mkdir /run/containerd/io.containerd.runtime.v2.task/k8s.io: no space left on device: unknown',
      'ctr: failed to create prepare snapshot dir: failed to create temp dir: mkdir /var/lib/containerd/io.containerd.snapshotter.v1.overlayfs/snapshots/new-4294349536: no space left on device: unknown',
    ],
  },
  'read-only': {
    text: 'the broker container cannot be created: a file system of this node is read-only',
    lines: [
      `${create}: runc create failed: mkdir /run/containerd/runc/k8s.io: read-only file system: unknown`,
    ],
  },
  'input-output': {
    text: 'the broker container cannot be created: the disk has errors',
    lines: ['ctr: failed to stat parent: stat /var/lib/containerd/x: input/output error: unknown'],
  },
  'shim-missing': {
    text: 'containerd-shim-runc-v2 is missing: containerd starts every container with it',
    lines: [
      'ctr: failed to start shim: start failed: : fork/exec /usr/bin/containerd-shim-runc-v2: no such file or directory: unknown',
      'ctr: failed to start shim: failed to resolve runtime path: runtime "io.containerd.runc.v2" binary not installed "containerd-shim-runc-v2": file does not exist: unknown',
    ],
  },
  shim: {
    text: 'containerd-shim-runc-v2 does not start: it is damaged, or of another version or processor',
    lines: [
      'ctr: failed to start shim: start failed: : fork/exec /usr/bin/containerd-shim-runc-v2: exec format error: unknown',
    ],
  },
  'runc-missing': {
    text: 'runc is missing: containerd starts every container with it',
    lines: [`${noLog}: exec: "runc": executable file not found in $PATH: unknown`],
  },
  runc: {
    text: 'runc does not start: it is damaged, of another processor, or a library is missing',
    lines: [
      `${noLog}: fork/exec /usr/sbin/runc: exec format error: unknown`,
      `${noLog}: runc did not terminate successfully: exit status 127: unknown`,
    ],
  },
  apparmor: {
    text: 'the AppArmor profile that a drop-in of mosquitto.service names is not loaded',
    lines: [
      `${init}: unable to apply apparmor profile: apparmor failed to apply profile: write /proc/self/attr/exec: invalid argument: unknown`,
      // libcontainer/apparmor/apparmor.go
      `${init}: unable to apply apparmor profile: apparmor: config provided but apparmor not supported: unknown`,
    ],
  },
  'seccomp-profile': {
    text: 'a drop-in of mosquitto.service names a seccomp profile that cannot be read',
    lines: [
      'ctr: cannot load seccomp profile "/var/nope.json": open /var/nope.json: no such file or directory',
    ],
  },
  seccomp: {
    text: 'the kernel or libseccomp of this node does not support the seccomp filter of the broker container',
    // libcontainer/standard_init_linux.go, seccomp
    lines: [
      `${init}: unable to init seccomp: error loading seccomp filter into kernel: error loading seccomp filter: invalid argument: unknown`,
      `${init}: unable to init seccomp: seccomp: config provided but seccomp not supported: unknown`,
    ],
  },
  'mount-source': {
    text: '/var/lib/edgekit/mosquitto, which mosquitto.service mounts into the broker container, does not exist',
    lines: [
      `${init}: error mounting "/var/lib/edgekit/mosquitto" to rootfs at "/mosquitto/data": create mount destination for /mosquitto/data mount: bind mount source stat: stat /var/lib/edgekit/mosquitto: no such file or directory: unknown`,
    ],
  },
  mount: {
    text: 'runc cannot mount a directory into the broker container',
    lines: [
      `${init}: error mounting "/etc/hostname" to rootfs at "/mosquitto/data": mount /etc/hostname:/mosquitto/data (via /proc/self/fd/6), flags: 0x5001: not a directory: unknown`,
      `${init}: error mounting "/var" to rootfs at "": mount /var: (via /proc/self/fd/6): no such device: unknown`,
    ],
  },
  'other-processor': {
    text: 'the broker in the image is for another processor, or damaged',
    lines: ['exec /usr/sbin/mosquitto: exec format error'],
  },
  'program-missing': {
    text: 'the broker image has no /usr/sbin/nope',
    lines: [`${start}: exec: "/usr/sbin/nope": stat /usr/sbin/nope: no such file or directory: unknown`],
  },
  'program-not-executable': {
    text: '/usr/sbin/mosquitto in the broker image must not be executed: its mode is wrong, or its disk is mounted noexec',
    lines: [`${start}: exec: "/usr/sbin/mosquitto": permission denied: unknown`],
  },
  'container-user': {
    text: 'a drop-in of mosquitto.service names a user that does not exist in the broker image',
    lines: ['ctr: mount callback failed on /tmp/containerd-mount473511243: no users found'],
  },
}
