// Latencies, and how late this process itself is.
import { performance } from 'node:perf_hooks'

export const now = () => performance.now()
export const sleep = ms => new Promise(resolve => setTimeout(resolve, ms))

export class Samples {
  constructor () {
    this.values = new Float64Array(4096)
    this.count = 0
  }

  add (value) {
    if (this.count === this.values.length) {
      const wider = new Float64Array(this.count * 2)
      wider.set(this.values)
      this.values = wider
    }
    this.values[this.count++] = value
  }

  summary () {
    if (this.count === 0) return { count: 0 }
    const sorted = this.values.slice(0, this.count).sort()
    const at = share => round(sorted[Math.min(this.count - 1, Math.floor(share * this.count))])
    return {
      count: this.count,
      p50: at(0.5),
      p95: at(0.95),
      p99: at(0.99),
      max: round(sorted[this.count - 1])
    }
  }
}

// How late timers fire: what this process adds to every latency that it measures. A timer of
// Node's own is up to 1 ms late when nothing else runs.
export class Lag {
  constructor () {
    this.samples = new Samples()
    this.cpu = process.cpuUsage()
    this.begun = now()
    const tick = () => {
      this.samples.add(Math.max(0, now() - this.due))
      this.due = now() + 5
      this.timer = setTimeout(tick, 5)
    }
    this.due = now() + 5
    this.timer = setTimeout(tick, 5)
  }

  stop () {
    clearTimeout(this.timer)
    const used = process.cpuUsage(this.cpu)
    const share = (used.user + used.system) / 1000 / (now() - this.begun)
    return { ...this.samples.summary(), cpu: round(share) }
  }
}

export const round = value => Math.round(value * 100) / 100
