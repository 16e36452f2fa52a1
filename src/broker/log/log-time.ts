/** Any `log_timestamp_format` of numbers and English names; without one, or before it is read, seconds since 1970. */
const time = /^(?:[A-Z][a-z]{2} ){0,2}\d[\d\s.,:T/+-]*: /

/** A line of the broker's log without its time. */
export const withoutTime = (line: string): string => line.replace(time, '')
