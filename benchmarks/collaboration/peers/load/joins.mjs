// Coming in, and coming back.
import { Watch, gather } from './crowd.mjs'
import { flood } from './moves.mjs'
import { Lag, Samples, now, round, sleep } from './measuring.mjs'

// W4: one into a server that has just started, some one after another, many at once.
export async function joins (wire, config, { report, told }) {
  await told('go')
  const first = await one(wire, 0)
  if (first.nodes < config.nodes) throw new Error(`${first.nodes} of ${config.nodes} nodes came`)
  const received = new Samples()
  const ready = new Samples()
  report('begin', { name: 'warm' })
  for (let number = 1; number <= config.warm; number++) {
    const again = await one(wire, number)
    received.add(again.received)
    ready.add(again.ready)
  }
  report('end', { name: 'warm' })
  await told('next')
  const crowd = Array.from({ length: config.crowd }, (_, i) => wire.client(i))
  const together = new Samples()
  const lag = new Lag()
  report('begin', { name: 'together' })
  await Promise.all(crowd.map(async client => together.add((await client.join()).received)))
  report('end', { name: 'together' })
  const late = lag.stop()
  for (const client of crowd) client.drop()
  report('done', {
    cold: first,
    warm: { received: received.summary(), ready: ready.summary() },
    together: together.summary(),
    lag: late,
    trouble: wire.trouble
  })
}

async function one (wire, number) {
  const client = wire.client(number)
  const { received, ready, bytes, state } = await client.join({ decode: true })
  client.drop()
  await sleep(50)
  return { received: round(received), ready: round(ready), bytes, nodes: state.nodes }
}

// W5: back after `operations` on `nodes` nodes; then many who were dropped at one moment.
export async function catchUp (wire, config, { report, told }) {
  const { operations, nodes, crowd: size } = config
  await told('join')
  const watch = new Watch()
  const movers = await gather(wire, { clients: 10, sampled: 1 }, watch)
  const away = wire.client(100)
  await away.join({ decode: true })
  const resume = away.resume()
  away.drop()
  await flood(movers, watch, { operations, nodes })
  await sleep(300)
  const back = await wire.client(100).join({ resume })
  const whole = await wire.client(101).join()

  const crowd = Array.from({ length: size }, (_, i) => wire.client(200 + i))
  for (let at = 0; at < size; at += 20) {
    await Promise.all(crowd.slice(at, at + 20).map((client, i) => client.join({ decode: at + i === 0 })))
  }
  const left = crowd[0].resume()
  for (const client of crowd) client.drop()
  await flood(movers, watch, { operations: 1000, nodes })
  await sleep(500)
  const received = new Samples()
  const lag = new Lag()
  report('begin', { name: 'return' })
  await Promise.all(crowd.map(async client => received.add((await client.join({ resume: left })).received)))
  report('end', { name: 'return' })
  const late = lag.stop()
  for (const client of [...crowd, ...movers]) client.drop()
  report('done', {
    bytes: back.bytes,
    received: round(back.received),
    whole_bytes: whole.bytes,
    crowd: received.summary(),
    lag: late,
    trouble: wire.trouble
  })
}

// W6: many rooms of a few people each, held open while a little is done here and there.
export async function held (wire, config, { report, told }) {
  const { rooms, people, rate, seconds, nodes } = config
  await told('join')
  const all = []
  const begun = now()
  for (let room = 0; room < rooms; room++) {
    for (let i = 0; i < people; i++) all.push(wire.client(room * people + i, room))
  }
  const sentAt = new Map()
  const samples = new Samples()
  let missing = 0
  for (const client of all) {
    client.sampled = true
    client.arrived = key => {
      const at = sentAt.get(key)
      if (at === undefined || Math.floor(key / 1_000_000) === client.number) return
      missing--
      samples.add(now() - at)
    }
  }
  const queue = [...all]
  await Promise.all(Array.from({ length: 20 }, async () => {
    for (let client = queue.shift(); client; client = queue.shift()) {
      await client.join({ decode: client.number % people === 0 })
    }
  }))
  const opened = (now() - begun) / 1000
  report('joined')
  await told('go')
  const lag = new Lag()
  report('begin', { name: 'trickle' })
  const until = now() + seconds * 1000
  let ops = 0
  while (now() < until) {
    const client = all[Math.floor(Math.random() * all.length)]
    const at = now()
    if (client.socket.closed === null) {
      sentAt.set(client.move(Math.floor(Math.random() * nodes), client.number, ++ops), at)
      missing += people - 1
    }
    await sleep(1000 / rate)
  }
  report('end', { name: 'trickle' })
  const late = lag.stop()
  await sleep(1000)
  const open = all.filter(client => client.socket.closed === null).length
  for (const client of all) client.drop()
  report('done', { open, opened: round(opened), ops, missing, latency: samples.summary(), lag: late, trouble: wire.trouble })
}
