// ShareDB's wire: JSON messages, a document for each node, all of them subscribed.
import { Client, Wire, idOf, indexOf, keyOf, seedNodes } from './client.mjs'

const PLACES = 'people'

export class ShareDbWire extends Wire {
  constructor (config) {
    super(config)
    this.nodes = 0
    // The newest version that clients have seen of each document, room by room.
    this.rooms = new Map()
  }

  versions (room) {
    if (!this.rooms.has(room)) this.rooms.set(room, new Map())
    return this.rooms.get(room)
  }

  address () { return { port: this.config.port } }

  collection (room) { return `${this.config.run}-${room}` }

  client (number, room) { return new ShareDbClient(this, number, room) }

  async seed (count, rooms = 1) {
    for (let room = 0; room < rooms; room++) {
      const seeder = this.client(999_999, room)
      this.nodes = 0
      await seeder.join()
      let left = count
      await new Promise(resolve => {
        seeder.socket.onframe = payload => {
          if (JSON.parse(payload).a === 'op' && --left === 0) resolve()
        }
        for (const { id, n, ...data } of seedNodes(count)) {
          seeder.send({ a: 'op', d: id, v: 0, seq: ++seeder.count, x: {}, create: { type: JSON0, data } })
        }
      })
      seeder.drop()
    }
    this.nodes = count
  }
}

const JSON0 = 'http://sharejs.org/types/JSONv0'

class ShareDbClient extends Client {
  places = 0
  versions = this.wire.versions(this.room)
  heard = new Map()

  send (message) {
    const c = this.wire.collection(this.room)
    this.socket.send(JSON.stringify('ch' in message ? message : { ...message, c }))
  }

  greeting (resume) {
    const c = this.wire.collection(this.room)
    const wanted = resume ?? Array.from({ length: this.wire.nodes }, (_, n) => idOf(n))
    return [
      { a: 'hs', id: `c${this.number}-${this.wire.config.run}-${this.room}`, protocol: 1, protocolMinor: 2 },
      ...(this.wire.config.presence ? [{ a: 'ps', ch: PLACES, seq: 1 }] : []),
      { a: 'bs', c, b: wanted }
    ].map(message => JSON.stringify(message))
  }

  stateIn (payload) {
    return payload.toString('latin1', 0, 9) === '{"a":"bs"' || payload.includes('"a":"bs"') ? payload : null
  }

  decode (payload) {
    const { data = {} } = JSON.parse(payload)
    const positions = []
    const prompts = []
    const versions = {}
    for (const [id, document] of Object.entries(data)) {
      positions[indexOf(id)] = document.data?.pos
      prompts[indexOf(id)] = document.data?.prompt
      versions[id] = document.v
      if (!this.versions.has(id)) this.versions.set(id, document.v)
    }
    return { positions, prompts, versions, nodes: positions.length }
  }

  read (payload) {
    const message = JSON.parse(payload)
    if (message.error) return this.wire.note(`error ${message.error.code}`)
    if (message.a === 'p' && message.p) return this.cursorArrived?.(keyOf(message.p[1], message.p[0]))
    if (message.a !== 'op') return
    const { d, v, src, seq } = message
    // An operation may come twice: with the acknowledgement that it preceded, and by subscription.
    if (this.heard.get(d) > v) return
    this.heard.set(d, v + 1)
    if (!(this.versions.get(d) > v)) this.versions.set(d, v + 1)
    const sender = parseInt(src.slice(1))
    this.applied?.(message, sender)
    this.arrived?.(keyOf(sender, seq))
  }

  submit (n, change) {
    const d = idOf(n)
    const seq = ++this.count
    this.send({ a: 'op', d, v: this.versions.get(d) ?? 1, seq, x: {}, ...change })
    return keyOf(this.number, seq)
  }

  move (n, x, y) { return this.submit(n, { op: [{ p: ['pos'], oi: [x, y] }] }) }

  property (n, value) { return this.submit(n, { op: [{ p: ['name'], oi: value }] }) }

  // Others hear of it only if they subscribe to a query over the collection; here they do not.
  add (n) {
    this.versions.set(idOf(n), 0)
    const data = { type: 'film.shot', pos: [0, 0], code: String(n) }
    this.submit(n, { create: { type: JSON0, data } })
    this.versions.set(idOf(n), 1)
    return null
  }

  remove (n) {
    this.submit(n, { del: true })
    return null
  }

  type (n, letter, length) { return this.submit(n, { op: [{ p: ['prompt', length], si: letter }] }) }

  cursor (count) {
    const p = [count, this.number]
    this.send({ a: 'p', ch: PLACES, id: `c${this.number}`, p, pv: ++this.places })
    return keyOf(this.number, count)
  }

  resume () { return Object.fromEntries(this.versions) }
}
