// The load generator: one process for one turn of one system. It is told what to do in one line of
// JSON as its argument, waits for words on its standard input ("join", "go", "next", …) and
// reports on its standard output, a line of JSON each. Nothing else is written there.
import readline from 'node:readline'
import { BareWire } from './bare.mjs'
import { catchUp, held, joins } from './joins.mjs'
import { mixed } from './mixed.mjs'
import { growth, moves } from './moves.mjs'
import { ShareDbWire } from './sharedb.mjs'
import { StudioWire } from './studio.mjs'
import { typing } from './typing.mjs'
import { YjsWire } from './yjs.mjs'

const WIRES = {
  studio: StudioWire, hocuspocus: YjsWire, ywebsocket: YjsWire, sharedb: ShareDbWire, bare: BareWire
}
const WORK = { moves, growth, joins, catchUp, held, mixed, typing }

const config = JSON.parse(process.argv[2])
const wire = new WIRES[config.system.split('-')[0]](config)
const report = (at, more) => process.stdout.write(`${JSON.stringify({ at, ...more })}\n`)

const heard = []
const waiting = []
readline.createInterface({ input: process.stdin }).on('line', line => {
  const place = waiting.findIndex(one => one.word === line)
  if (place >= 0) waiting.splice(place, 1)[0].resolve(line)
  else heard.push(line)
}).on('close', () => process.exit(0))

const told = word => new Promise(resolve => {
  const place = heard.indexOf(word)
  if (place >= 0) resolve(heard.splice(place, 1)[0])
  else waiting.push({ word, resolve })
})

try {
  if (config.seed) await wire.seed(config.seed, config.rooms)
  else wire.remember?.(config.nodes)
  if (wire.nodes !== undefined) wire.nodes = config.nodes
  report('seeded')
  if (config.work) await WORK[config.work](wire, config, { report, told })
} catch (error) {
  report('failed', { error: String(error.stack ?? error), trouble: wire.trouble })
}
process.exit(0)
