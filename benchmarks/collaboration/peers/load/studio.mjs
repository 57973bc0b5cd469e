// Our own wire: JSON events, sync frames and large broadcasts deflated.
import zlib from 'node:zlib'
import { Client, Wire, idOf, indexOf, keyOf } from './client.mjs'

const FULL = '{"event":"server:full_sync"'
const MISSED = '{"event":"server:catch_up"'

export class StudioWire extends Wire {
  address (client) {
    const { port, projects, tokens, compression = true } = this.config
    const path = `/ws/${projects[client.room]}${compression ? '?compression=deflate' : ''}`
    return { port, path, headers: { Authorization: `Bearer ${tokens[client.number % tokens.length]}` } }
  }

  client (number, room) { return new StudioClient(this, number, room) }
}

class StudioClient extends Client {
  name = `c${this.number}-${this.wire.config.run}`
  version = 0
  epoch = 0
  carets = new Map()

  greeting (resume) {
    return [event('client:hello', { client_id: this.name, next_seq: this.count + 1, ...resume })]
  }

  stateIn (payload, opcode) {
    if (opcode === 1) {
      const begin = payload.toString('latin1', 0, 30)
      if (begin.startsWith('{"event":"server:error"')) this.wire.note(payload.toString())
      return begin.startsWith(FULL) || begin.startsWith(MISSED) ? payload : null
    }
    const part = zlib.inflateSync(payload.subarray(0, 256), { finishFlush: zlib.constants.Z_SYNC_FLUSH })
    const begin = part.toString('latin1', 0, 30)
    return begin.startsWith(FULL) || begin.startsWith(MISSED) ? zipped(payload) : null
  }

  decode (payload) {
    const { event: name, payload: told } = JSON.parse(payload.zipped ? zlib.inflateSync(payload) : payload)
    if (name === 'server:catch_up') {
      this.version = told.version
      this.epoch = told.epoch
      return told
    }
    const graph = told.graph
    this.version = graph.version
    this.epoch = graph.epoch
    const positions = []
    const prompts = []
    for (const node of graph.nodes) {
      positions[indexOf(node.id)] = node.pos
      prompts[indexOf(node.id)] = node.text?.prompt ?? ''
    }
    return { version: graph.version, epoch: graph.epoch, positions, prompts, nodes: graph.nodes.length }
  }

  read (payload, opcode) {
    const text = opcode === 2 ? zlib.inflateSync(payload) : payload
    const { event: name, payload: told } = JSON.parse(text)
    if (name === 'server:ops' || (name === 'server:catch_up' && told.transactions)) {
      for (const done of told.transactions) {
        this.version = done.version
        const sender = parseInt(done.client_id.slice(1))
        this.applied?.(done, sender)
        this.arrived?.(keyOf(sender, done.seq))
      }
      this.epoch = told.epoch
    } else if (name === 'server:presence') {
      for (const person of told.people ?? []) {
        if (person.cursor) this.cursorArrived?.(keyOf(person.cursor[1], person.cursor[0]))
      }
    } else if (name === 'server:rejected') {
      this.wire.note(`rejected ${told.reason}`)
      this.refused?.(keyOf(this.number, told.seq))
    } else if (name === 'server:error') {
      this.wire.note(`error ${told.code}`)
    } else if (name === 'server:gap' || name === 'server:bye' || name === 'server:catch_up') {
      this.wire.note(name)
    }
  }

  submit (ops, more) {
    const seq = ++this.count
    this.socket.send(event('client:ops', { seq, ops, ...more }))
    return keyOf(this.number, seq)
  }

  move (n, x, y) {
    return this.submit([{ op: 'node.set', id: idOf(n), values: { pos: [x, y] } }])
  }

  property (n, value) {
    return this.submit([{ op: 'node.set', id: idOf(n), values: { 'data.audio_requirements': value } }])
  }

  add (n) {
    const node = { id: idOf(n), type: 'film.shot', order: 'a0', pos: [0, 0], data: { code: String(n) } }
    return this.submit([{ op: 'node.add', ...node, text: { prompt: 'A new shot.' } }])
  }

  remove (n) {
    return this.submit([{ op: 'node.remove', ids: [idOf(n)] }])
  }

  // A letter at the end of a text that nobody else writes in.
  type (n, letter, length) {
    const base = this.wire.seenVersion
    return this.edit(n, base, [length, letter])
  }

  edit (n, base, delta) {
    return this.submit([{ op: 'text.edit', id: idOf(n), field: 'prompt', base, delta }])
  }

  cursor (count) {
    this.socket.send(event('client:presence', { cursor: [count, this.number] }))
    return keyOf(this.number, count)
  }

  resume () { return { since: this.version, epoch: this.epoch } }
}

const event = (name, payload) => JSON.stringify({ event: name, payload })

function zipped (payload) {
  payload.zipped = true
  return payload
}
