/**
 * The verification checklist as a person goes through it by hand: both units, the listening socket, EdgeCore's journal,
 * publish and subscribe. The message is retained, so that the subscriber may come after it.
 */
export const checklist = `set -eu
mosquitto() { tool=$1; shift; ctr -n k8s.io tasks exec --exec-id by-hand-$tool mosquitto mosquitto_$tool -t by-hand "$@"; }
systemctl is-active mosquitto
systemctl is-active edgecore
ss -ltnH 'sport = :1883' | grep -F 127.0.0.1:1883
! journalctl -u edgecore -n 1000 -o cat --no-pager | grep -E 'client .* (connect|publish|subscribe).*(fail|error)'
mosquitto pub -r -m hello
mosquitto sub -C 1 -W 5 | grep -x hello
mosquitto pub -r -n
`
