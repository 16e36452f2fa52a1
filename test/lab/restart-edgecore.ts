/** Start EdgeCore anew, and wait until it says that it has reached the broker, with the second of its two clients. */
export const restartEdgecore = `started=$(date +%s.%N); systemctl restart edgecore
  until journalctl --unit=edgecore --output=cat --since="@$started" | grep --quiet "finish hub-client pub"; do sleep 0.2; done`
