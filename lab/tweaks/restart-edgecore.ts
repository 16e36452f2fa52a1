/** Start EdgeCore anew, and wait until it has logged this: that it has reached the broker, with the second of its two clients. */
export const restartEdgecore = (logged = 'finish hub-client pub'): string =>
  `started=$(date +%s.%N); systemctl restart edgecore
  until journalctl --unit=edgecore --output=cat --since="@$started" | grep --quiet "${logged}"; do sleep 0.2; done`
