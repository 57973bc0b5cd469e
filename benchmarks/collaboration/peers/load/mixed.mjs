// W2: what people do on a canvas beside moving things. Cursors travel as presence and are
// measured apart: they are never stored, and thinned out where a server thinks it right.
import { Watch, bytesOf, gather, pace, Lag } from './crowd.mjs'
import { senderOf } from './client.mjs'
import { Samples, now, round, sleep } from './measuring.mjs'

const CURSORS = 10
const MOVES = 2
const PROPERTIES = 1
const LETTERS = 5
const STRUCTURE = 0.2

export async function mixed (wire, config, { report, told }) {
  const watch = new Watch()
  const cursors = new Samples()
  const pointed = new Map()
  await told('join')
  const crowd = await gather(wire, config, watch)
  for (const client of crowd.filter(one => one.sampled)) {
    client.cursorArrived = key => {
      const at = pointed.get(key)
      if (at !== undefined && at >= watch.begun && senderOf(key) !== client.number) cursors.add(now() - at)
    }
  }
  const first = crowd[0].arrived
  crowd[0].arrived = key => {
    wire.seenVersion = crowd[0].version
    first(key)
  }
  report('joined')
  await told('go')
  const lag = new Lag()
  const { nodes } = config
  const prompts = Array.from({ length: nodes }, (_, n) => promptLength(n))
  let made = nodes
  let shown = 0
  const halts = []
  const often = (rate, client, act) => halts.push(pace(rate, lag, at => {
    if (client.socket.closed !== null || watch.flying(client.number) >= 8) return
    const key = act(at)
    if (key !== null && key !== undefined) watch.note(key, at, client.sampled)
  }))
  for (const client of crowd) {
    let count = 0
    halts.push(pace(CURSORS, lag, at => {
      const key = client.cursor(++count)
      pointed.set(key, at)
      if (at >= watch.begun) shown++
    }))
    const anyone = () => Math.floor(Math.random() * nodes)
    often(MOVES, client, () => client.move(anyone(), client.number, ++client.moved || (client.moved = 1)))
    often(PROPERTIES, client, () => client.property(anyone(), `Shot of ${client.number}`))
    if (client.number % 4 === 0) {
      const n = client.number
      often(LETTERS, client, () => {
        const key = client.type(n, 'e', prompts[n])
        prompts[n]++
        return key
      })
    }
    const mine = []
    often(STRUCTURE, client, () => {
      if (mine.length > 1) return client.remove(mine.shift())
      mine.push(made)
      return client.add(made++)
    })
  }
  await sleep((config.warm ?? 1) * 1000)
  const bytes = bytesOf(crowd)
  watch.begin()
  report('begin', { name: 'mixed' })
  await sleep(config.seconds * 1000)
  report('end', { name: 'mixed' })
  const late = lag.stop()
  const received = bytesOf(crowd) - bytes
  for (const halt of halts) halt()
  const result = await watch.end()
  await sleep(300)
  const { state } = await wire.client(901).join({ decode: true })
  const differs = crowd.filter(({ number: n }) => n % 4 === 0 && (state.prompts[n]?.length ?? 0) !== prompts[n]).length
  for (const client of crowd) client.drop()
  report('done', {
    ...result,
    cursors: { sent: shown, ...cursors.summary() },
    bytes: round(received / (result.ops + shown) / crowd.length),
    differs,
    lag: late,
    trouble: wire.trouble
  })
}

const promptLength = n => `The keeper climbs the stairs of the lighthouse, step ${n}.`.length

