import { type Fault, seenAfter } from './fault.ts'

export const noMemoryController: Fault = {
  what: 'control groups have no memory controller, as on a Raspberry Pi that was not told',
  occasion: 'doctor',
  fails: 'cgroup-mode',
  says: /without memory/,
  release: 'bookworm',
  ...seenAfter(
    `if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
       echo "cpu io pids" >/run/controllers; mount --bind /run/controllers /sys/fs/cgroup/cgroup.controllers
     else umount -l /sys/fs/cgroup/memory; fi`,
  ),
}
