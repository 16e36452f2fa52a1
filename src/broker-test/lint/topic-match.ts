/** Whether a topic name matches a topic filter (MQTT 5, section 4.7); of a shared subscription, the filter behind its name. */
export function topicMatches(filter: string, topic: string): boolean {
  const levels = filter.replace(/^\$share\/[^/]*\//, '').split('/')
  const names = topic.split('/')
  // A filter that begins with a wildcard does not match $-topics (section 4.7.2).
  if (topic.startsWith('$') && (levels[0] === '#' || levels[0] === '+')) return false
  for (const [index, level] of levels.entries()) {
    if (level === '#') return true
    if (names[index] === undefined || (level !== '+' && level !== names[index])) return false
  }
  return levels.length === names.length
}
