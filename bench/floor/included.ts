// Includes all of edgekit and runs none of it.
if (process.argv.length > 2) void import('../../src/main.ts')
