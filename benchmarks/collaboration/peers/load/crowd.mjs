// Many clients of one room, and the watch over what they send and what arrives.
import { Lag, Samples, now, sleep } from './measuring.mjs'
import { senderOf } from './client.mjs'

export class Watch {
  constructor () {
    this.sentAt = new Map()
    this.begun = Infinity
    this.ended = Infinity
    this.samples = new Samples()
    this.watchers = 0
    this.sent = 0
    this.due = 0
    this.inFlight = new Map()
    this.onsettled = null
  }

  // Count what `client` gets from others. The first one also knows what the server has taken.
  watch (client) {
    const first = this.watchers++ === 0
    client.sampled = true
    client.arrived = key => {
      // What made the nodes comes along with the first flush of some servers.
      if (!this.sentAt.has(key)) return
      const sender = senderOf(key)
      if (first) {
        this.inFlight.set(sender, (this.inFlight.get(sender) ?? 0) - 1)
        this.onsettled?.(key)
      }
      if (sender === client.number) return
      const at = this.sentAt.get(key)
      if (at < this.begun || at >= this.ended) return
      this.due--
      this.samples.add(now() - at)
    }
  }

  // `at` is the moment before the send: building the operation is part of its way.
  note (key, at, watched) {
    this.sentAt.set(key, at)
    const sender = senderOf(key)
    this.inFlight.set(sender, (this.inFlight.get(sender) ?? 0) + 1)
    if (at < this.begun || at >= this.ended) return
    this.sent++
    this.due += this.watchers - (watched ? 1 : 0)
  }

  flying (number) { return this.inFlight.get(number) ?? 0 }

  begin () {
    this.samples = new Samples()
    this.sent = this.due = 0
    this.ended = Infinity
    this.begun = now()
  }

  // After what is still under way has had time to arrive; what is missing then is told.
  async end (patience = 3000) {
    this.ended = now()
    const seconds = (this.ended - this.begun) / 1000
    const until = now() + patience
    while (this.due > 0 && now() < until) await sleep(10)
    return { seconds, ops: this.sent, missing: Math.max(0, this.due), latency: this.samples.summary() }
  }
}

// Clients that have joined, the first `sampled` of them watched.
export async function gather (wire, { clients, sampled = 5 }, watch) {
  const crowd = Array.from({ length: clients }, (_, number) => wire.client(number))
  for (const client of crowd.slice(0, sampled)) watch.watch(client)
  for (let at = 0; at < crowd.length; at += 10) {
    const group = crowd.slice(at, at + 10)
    const joined = await Promise.all(group.map(client => client.join({ decode: client.sampled })))
    if (at === 0 && wire.config.system.startsWith('studio')) wire.seenVersion = joined[0].state.version
  }
  return crowd
}

// Calls `act` `rate` times a second, each time a little earlier or later; notes how late it is.
export function pace (rate, lag, act) {
  let due = now() + Math.random() * 1000 / rate
  let timer
  const step = () => {
    const at = now()
    lag.samples.add(Math.max(0, at - due))
    act(at)
    due = Math.max(due + 1000 / rate * (0.5 + Math.random()), at)
    timer = setTimeout(step, due - at)
  }
  timer = setTimeout(step, due - now())
  return () => clearTimeout(timer)
}

export const bytesOf = crowd => crowd.reduce((sum, client) => sum + client.bytesRead, 0)

export { Lag }
