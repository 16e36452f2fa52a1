// What it costs to carry all of edgekit and to run none of it.
if (process.argv.length > 2) void import('../../src/main.ts')
