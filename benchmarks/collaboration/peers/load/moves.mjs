// People who move nodes: at a steady pace, each node of everybody (W1, W8) or each their own (W7),
// or as fast as the server takes it (W5, W9).
import { Watch, bytesOf, gather, pace, Lag } from './crowd.mjs'
import { now, round, sleep } from './measuring.mjs'

export async function moves (wire, config, { report, told }) {
  const { nodes, rate = 10, own = false, window = 8, warm = 1, phases } = config
  const watch = new Watch()
  await told('join')
  const crowd = await gather(wire, config, watch)
  const spare = wire.client(900)
  report('joined', {
    address: wire.address(spare),
    greeting: spare.greeting(null).map(message => [
      typeof message === 'string' ? 1 : 2, Buffer.from(message).toString('base64')
    ])
  })
  await told('go')
  let withheld = 0
  const seen = new Map()
  const counts = new Map()
  let lag = new Lag()
  const halts = crowd.map(client => pace(rate, { get samples () { return lag.samples } }, at => {
    if (client.socket.closed !== null) return
    if (watch.flying(client.number) >= window) {
      withheld++
      return
    }
    const n = own ? client.number : Math.floor(Math.random() * nodes)
    const count = (counts.get(client.number) ?? 0) + 1
    counts.set(client.number, count)
    const key = client.move(n, client.number, count)
    watch.note(key, at, client.sampled)
    seen.set(key, { number: client.number, count, at, n })
  }))
  if (config.bulk) {
    // Long texts besides, so that whoever does not read is behind within seconds.
    const { letters, rate: often } = config.bulk
    const writer = crowd[crowd.length - 1]
    halts.push(pace(often, { get samples () { return lag.samples } }, at => {
      if (writer.socket.closed !== null || watch.flying(writer.number) >= window) return
      const text = Array.from({ length: letters / 13 }, () => Math.random().toString(36).slice(2, 15)).join('')
      watch.note(writer.property(Math.floor(Math.random() * nodes), text), at, writer.sampled)
    }))
  }
  const results = []
  const last = new Map()
  watch.onsettled = key => {
    const one = seen.get(key)
    if (one) last.set(own ? one.number : one.n, one)
  }
  await sleep(warm * 1000)
  for (const { name, seconds } of phases) {
    lag.stop()
    lag = new Lag()
    const bytes = bytesOf(crowd)
    const before = withheld
    watch.begin()
    report('begin', { name })
    const verdict = await Promise.race([sleep(seconds * 1000), told('killed')])
    if (verdict === 'killed') return lost(wire, config, { report, told }, { halts, last })
    const late = lag.stop()
    report('end', { name })
    const received = bytesOf(crowd) - bytes
    const result = await watch.end()
    results.push({
      name,
      ...result,
      withheld: withheld - before,
      rate: round(result.ops / result.seconds),
      bytes: round(received / result.ops / crowd.length),
      lag: late
    })
    await told('next')
  }
  for (const halt of halts) halt()
  await sleep(config.settle ?? 300)
  const differs = await compare(wire, last)
  for (const client of crowd) client.drop()
  report('done', { phases: results, differs, trouble: wire.trouble })
}

// A stranger who joins now must find what the others saw last.
async function compare (wire, last) {
  if (wire.config.system === 'bare') return 0
  const { state } = await wire.client(901).join({ decode: true })
  let differs = 0
  for (const [n, one] of last) {
    const [number, count] = state.positions[n] ?? []
    if (number !== one.number || count !== one.count) differs++
  }
  return differs
}

// What others had seen of each person when the server died, and what of it is there afterwards.
async function lost (wire, config, { report, told }, { halts, last }) {
  const killed = now()
  await sleep(300)
  for (const halt of halts) halt()
  await told('back')
  const begun = now()
  const first = wire.client(901)
  for (let joined = null; joined === null;) {
    try {
      joined = await first.join({ wait: 5000 })
    } catch (error) {
      if (now() - begun > 30_000) throw error
      await sleep(50)
    }
  }
  const back = now() - killed
  // y-websocket answers before it has read its database; a second stranger sees what was in it.
  await sleep(1500)
  const joined = await wire.client(902).join({ decode: true })
  let ops = 0
  let milliseconds = 0
  let shown = 0
  for (const [number, one] of last) {
    const stored = joined.state.positions[number]
    const count = stored?.[0] === number ? stored[1] : 0
    shown += one.count
    if (count >= one.count) continue
    ops += one.count - count
    milliseconds = Math.max(milliseconds, (one.count - count) * 1000 / (config.rate ?? 10))
  }
  report('done', { shown, lost: ops, lost_ms: round(milliseconds), back_ms: round(back) })
}

// As fast as it goes: each client has `window` operations under way. Resolves with the seconds.
export async function flood (crowd, watch, { operations, nodes, window = 8 }) {
  const begun = now()
  let sent = 0
  let settled = 0
  let heard = now()
  await new Promise((resolve, reject) => {
    const give = client => {
      if (sent >= operations || client.socket.closed !== null) return
      sent++
      watch.note(client.move(Math.floor(Math.random() * nodes), client.number, sent), now(), client.sampled)
    }
    watch.onsettled = key => {
      heard = now()
      if (++settled >= operations) resolve()
      else give(crowd[Math.floor(key / 1_000_000)])
    }
    const guard = setInterval(() => {
      if (now() - heard < 10_000) return
      clearInterval(guard)
      reject(new Error(`the server fell silent after ${settled} of ${operations} operations`))
    }, 500)
    guard.unref()
    for (let i = 0; i < window; i++) crowd.forEach(give)
  })
  watch.onsettled = null
  return (now() - begun) / 1000
}

export async function growth (wire, config, { report, told }) {
  const watch = new Watch()
  await told('join')
  const crowd = await gather(wire, { ...config, sampled: 1 }, watch)
  report('joined')
  await told('go')
  report('begin', { name: 'growth' })
  const seconds = await flood(crowd, watch, config)
  report('end', { name: 'growth' })
  // Time for what is written behind: Hocuspocus waits 2 to 10 s.
  await sleep(config.settle ?? 3000)
  report('settled')
  await told('next')
  for (const client of crowd) client.drop()
  await sleep(config.settle ?? 3000)
  report('done', { seconds: round(seconds), rate: round(config.operations / seconds), trouble: wire.trouble })
}
