/** Restart EdgeCore, and wait until it has logged that its second client is connected to the broker. */
export const restartEdgecore = (logged = 'finish hub-client pub'): string =>
  `started=$(date +%s.%N); systemctl restart edgecore
  until journalctl --unit=edgecore --output=cat --since="@$started" | grep --quiet "${logged}"; do sleep 0.2; done`
