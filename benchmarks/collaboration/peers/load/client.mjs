// What the clients of all systems have in common: a socket, a join, and keys for operations.
//
// Each operation has a key, made of its sender and the sender's own count, which every one of the
// protocols carries anyway; `arrived` is called with the keys that a sampled client reads.
import { now } from './measuring.mjs'
import { Socket } from './socket.mjs'

export const KEYS = 1_000_000
export const keyOf = (number, count) => number * KEYS + count
export const senderOf = key => Math.floor(key / KEYS)

export class Client {
  constructor (wire, number, room = 0) {
    this.wire = wire
    this.number = number
    this.room = room
    this.sampled = false
    this.arrived = null
    this.cursorArrived = null
    this.socket = null
    this.before = 0
    this.count = 0
  }

  // Bytes of all of this client's sockets, with their handshakes.
  get bytesRead () { return this.before + (this.socket?.bytesRead ?? 0) }

  // Opens a socket and asks for the state, or for what was missed since `resume`. Resolves to how
  // long the state took to be there, and to be decoded if that is wanted.
  async join ({ resume = null, decode = false, wait = 60_000 } = {}) {
    this.before = this.bytesRead
    const begun = now()
    const socket = this.socket = new Socket(this.wire.address(this))
    let finish
    const complete = new Promise((resolve, reject) => {
      finish = { resolve, reject }
      socket.onclose = reject
    })
    const timer = setTimeout(() => finish.reject(`no state within ${wait} ms`), wait)
    let joined = 0
    socket.onframe = (payload, opcode) => {
      // The bytes of the frames, up to the one that completes the state.
      joined += payload.length
      const found = this.stateIn(payload, opcode)
      if (found === null) return
      const received = now() - begun
      socket.onframe = this.sampled ? (frame, kind) => this.read(frame, kind) : null
      const state = decode ? this.decode(found) : null
      finish.resolve({ received, ready: now() - begun, bytes: joined, state })
    }
    try {
      await socket.open
      for (const message of this.greeting(resume)) socket.send(message)
      return await complete
    } catch (error) {
      throw new Error(`client ${this.number} did not join: ${error.message ?? error}`)
    } finally {
      clearTimeout(timer)
      socket.onclose = why => this.wire.note(`closed ${why}`)
    }
  }

  drop () {
    if (this.socket) {
      this.socket.onclose = null
      this.socket.drop()
    }
  }
}

export class Wire {
  constructor (config) {
    this.config = config
    this.trouble = {}
  }

  note (what) {
    this.trouble[what] = (this.trouble[what] ?? 0) + 1
  }

  // Puts the nodes into the rooms. Ours has them in its database already.
  async seed () {}
}

// The same nodes for everybody: what a shot of a film has.
export function seedNodes (count) {
  return Array.from({ length: count }, (_, n) => ({
    n,
    id: idOf(n),
    type: 'film.shot',
    order: `a${n}`,
    pos: [n % 40 * 360, Math.floor(n / 40) * 240],
    code: String(n).padStart(4, '0'),
    name: `Shot ${n}`,
    prompt: `The keeper climbs the stairs of the lighthouse, step ${n}.`
  }))
}

export const idOf = n => `${n.toString(16).padStart(8, '0')}-0000-7000-8000-000000000000`
export const indexOf = id => parseInt(id.slice(0, 8), 16)
